/** What an extractor says about a set of images: one row of numbers for each. */

import { permutation, Stream } from "../numerics/random.ts";
import type { Rows } from "../numerics/row_products.ts";

/** `[count, dimensions]`, row major. */
export type Features = Rows;

/** The rows of these indices, in their order. */
export function takeRows({ data, dimensions }: Features, indices: ArrayLike<number>): Features {
  const own = new Float64Array(indices.length * dimensions);
  for (let i = 0; i < indices.length; i++) {
    const start = indices[i]! * dimensions;
    own.set(data.subarray(start, start + dimensions), i * dimensions);
  }
  return { data: own, count: indices.length, dimensions };
}

/** `size` different rows of `count`, ascending: the `draw`-th random choice of a purpose's seed. */
export function drawRows(
  count: number,
  size: number,
  { seed, draw, lane = 0 }: {
    readonly seed: bigint;
    readonly draw: number;
    readonly lane?: number;
  },
): Int32Array {
  const order = permutation({ seed, stream: Stream.evaluation, step: draw, lane }, count);
  return order.slice(0, size).sort();
}

/** @throws {RangeError} When the dimensions differ, or the data do not fill them. */
export function requireComparable(what: string, x: Features, y: Features): void {
  if (x.dimensions !== y.dimensions) {
    throw new RangeError(
      `Cannot compute ${what}: features have ${x.dimensions} and ${y.dimensions} dimensions`,
    );
  }
  for (const { data, count, dimensions } of [x, y]) {
    if (data.length === count * dimensions) continue;
    throw new RangeError(
      `Cannot compute ${what}: [${count}, ${dimensions}] holds ${count * dimensions} numbers, ` +
        `but there are ${data.length}`,
    );
  }
}
