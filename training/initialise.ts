/** First values of parameters. */

import type { NamedArray, NamedArrays } from "../artifacts/weights.ts";
import type { ParameterSpec, ParameterSpecs } from "../models/parameters.ts";
import { deriveSeed, normals, Stream, uniforms } from "../numerics/random.ts";

/**
 * Draws each parameter as its spec says.
 *
 * A parameter's numbers depend on (seed, its name) only, so adding, removing or reordering others
 * changes nothing.
 * @throws {RangeError} When a spec has a size that is not a positive integer, or parts that do not divide it.
 */
export function initialise(specs: ParameterSpecs, seed: bigint): NamedArrays {
  return Object.fromEntries(
    Object.entries(specs).map(([name, spec]) => [name, initialiseOne(name, spec, seed)]),
  );
}

function initialiseOne(name: string, { shape, init }: ParameterSpec, seed: bigint): NamedArray {
  if (!shape.every((size) => Number.isInteger(size) && size > 0)) {
    throw new RangeError(
      `Cannot initialise parameter "${name}": sizes must be positive integers, got [${shape}]`,
    );
  }
  const count = shape.reduce((product, size) => product * size, 1);
  const draw = { seed: deriveSeed(seed, `parameter ${name}`), stream: Stream.init, step: 0 };
  switch (init.kind) {
    case "zeros":
      return { shape, data: new Float32Array(count) };
    case "ones":
      return { shape, data: new Float32Array(count).fill(1) };
    case "constant":
      return { shape, data: new Float32Array(count).fill(init.value) };
    case "parts":
      return { shape, data: fillParts(name, count, init.values) };
    case "normal":
      return { shape, data: normals(draw, count).map((z) => z * init.std + (init.mean ?? 0)) };
    case "uniform":
      return { shape, data: uniforms(draw, count).map((u) => (2 * u - 1) * init.bound) };
    default:
      throw new TypeError(
        `Internal error: unknown initialiser ${JSON.stringify(init satisfies never)}`,
      );
  }
}

function fillParts(name: string, count: number, values: readonly number[]): Float32Array {
  const length = count / values.length;
  if (!Number.isInteger(length)) {
    throw new RangeError(
      `Cannot initialise parameter "${name}": its ${count} values do not divide into ${values.length} parts`,
    );
  }
  return Float32Array.from({ length: count }, (_, i) => values[Math.floor(i / length)]!);
}
