/** What a kind of trained network offers to others: functions of tensors by the name of the part. */

import * as tf from "@tensorflow/tfjs-core";
import type { Json } from "../../artifacts/weights.ts";
import type { ForwardFunction, ForwardInput } from "../../engine/engine.ts";
import type { Parameters } from "../../models/parameters.ts";

/** Extents that the config of a network may leave open. */
export interface OpenSizes {
  /** Of frames or images, in pixels. */
  readonly size?: { readonly height: number; readonly width: number };
  /** Of a clip. */
  readonly frames?: number;
}

/**
 * The parts of a network, each a function of its weights and inputs.
 *
 * A tfjs backend must be set: states are made to see their shapes.
 * @param config As its stage wrote it into the artifact.
 * @throws {Error} When the config leaves something open that `sizes` does not give.
 */
export type Exportable = (
  config: Json,
  sizes: OpenSizes,
) => Readonly<Record<string, ForwardFunction>>;

/** @throws {Error} When no size is given. */
export function requireSize(model: string, { size }: OpenSizes): NonNullable<OpenSizes["size"]> {
  if (size) return size;
  throw new Error(
    `Cannot export "${model}": it takes frames of many sizes; choose one with --size <height>x<width>`,
  );
}

/** @throws {Error} When no number of frames is given. */
export function requireFrames(model: string, { frames }: OpenSizes): number {
  if (frames !== undefined) return frames;
  throw new Error(
    `Cannot export "${model}": it takes clips of any length; choose one with --frames <count>`,
  );
}

/**
 * Inputs for tensors that a model makes itself, such as its first state.
 * @param make Gives them for a batch of one.
 * @param prefix Goes before each name.
 */
export function inputsLike(
  make: () => Parameters,
  prefix: string,
  doc: (name: string) => string,
): Record<string, ForwardInput> {
  const shapes = tf.tidy(() =>
    Object.entries(make()).map(([name, { shape }]) => [name, shape] as const)
  );
  return Object.fromEntries(
    shapes.map(([name, [, ...rest]]) => [
      `${prefix}${name}`,
      { shape: ["batch", ...rest] as const, doc: doc(name) },
    ]),
  );
}

/** Tensors under a prefix: `{ level0 }` becomes `{ "next.level0" }`. */
export function named(prefix: string, tensors: Parameters): Record<string, tf.Tensor> {
  return Object.fromEntries(
    Object.entries(tensors).map(([name, tensor]) => [`${prefix}${name}`, tensor]),
  );
}

/** Docs of outputs with the names of inputs under another prefix. */
export function outputsLike(
  inputs: Readonly<Record<string, ForwardInput>>,
  [from, to]: readonly [string, string],
  doc: string,
): Record<string, string> {
  return Object.fromEntries(
    Object.keys(inputs).map((name) => [`${to}${name.slice(from.length)}`, doc]),
  );
}
