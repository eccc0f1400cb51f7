/**
 * Parameters of networks: declared as data, initialised from a seed, passed as flat records.
 *
 * A layer is two functions in one file: `xParameters(sizes)` declares, `x(parameters, input)` computes.
 */

import type * as tf from "@tensorflow/tfjs-core";

export type Initializer =
  | { readonly kind: "zeros" }
  | { readonly kind: "ones" }
  | { readonly kind: "constant"; readonly value: number }
  /** Equal consecutive parts, each of one value: the gates of a recurrent cell. */
  | { readonly kind: "parts"; readonly values: readonly number[] }
  /** Normal with this standard deviation, around 0 unless a mean is given. */
  | { readonly kind: "normal"; readonly std: number; readonly mean?: number }
  /** Uniform in [-bound, bound]; PyTorch's default for convolutions is bound = 1 / sqrt(fan in). */
  | { readonly kind: "uniform"; readonly bound: number };

export interface ParameterSpec {
  readonly shape: readonly number[];
  readonly init: Initializer;
}

export type ParameterSpecs = Readonly<Record<string, ParameterSpec>>;

/** Tensors by dotted name: "down.0.conv.kernel". */
export type Parameters = Readonly<Record<string, tf.Tensor>>;

/** Puts specs under a prefix: `nest("down.0", { kernel })` declares "down.0.kernel". */
export function nest(prefix: string, specs: ParameterSpecs): ParameterSpecs {
  return Object.fromEntries(
    Object.entries(specs).map(([name, spec]) => [`${prefix}.${name}`, spec]),
  );
}

/** The parameters under a prefix, without it; the inverse of `nest`. */
export function under(parameters: Parameters, prefix: string): Parameters {
  const start = `${prefix}.`;
  return Object.fromEntries(
    Object.entries(parameters)
      .filter(([name]) => name.startsWith(start))
      .map(([name, tensor]) => [name.slice(start.length), tensor]),
  );
}

/** One parameter by name. @throws {Error} Naming those there are, when it is missing. */
export function parameter(parameters: Parameters, name: string): tf.Tensor {
  const tensor = parameters[name];
  if (tensor === undefined) {
    const known = Object.keys(parameters).join(", ");
    throw new Error(`Cannot find parameter "${name}": the network has ${known || "none"}`);
  }
  return tensor;
}

/** Number of scalars that specs declare. */
export function countParameters(specs: ParameterSpecs): number {
  return Object.values(specs).reduce(
    (sum, { shape }) => sum + shape.reduce((product, size) => product * size, 1),
    0,
  );
}
