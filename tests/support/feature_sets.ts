/** Feature sets for tests, without a network. */

import type { Features } from "../../metrics/features.ts";
import { normals, Stream } from "../../numerics/random.ts";
import { hashUniform } from "./hash_uniform.ts";

/** `[count, dimensions]`, each element by a rule. */
export function features(
  count: number,
  dimensions: number,
  value: (i: number, j: number) => number,
) {
  const data = Float64Array.from(
    { length: count * dimensions },
    (_, index) => value(Math.floor(index / dimensions), index % dimensions),
  );
  return { data, count, dimensions };
}

/** Rows that are written out. */
export function rowsOf(values: readonly (readonly number[])[]): Features {
  return features(values.length, values[0]!.length, (i, j) => values[i]![j]!);
}

/** Noise in (0, 1), times `scale`: the rule of the reference vectors. */
export function hashFeatures(count: number, dimensions: number, seed: number, scale = 1): Features {
  return features(count, dimensions, (i, j) => scale * hashUniform(i, j, seed));
}

/** Draws of a standard normal distribution. */
export function normalFeatures(count: number, dimensions: number, seed: number): Features {
  const draw = { seed: BigInt(seed), stream: Stream.noise, step: 0 };
  return { data: normals(draw, count * dimensions), count, dimensions };
}
