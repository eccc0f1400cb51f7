/** Labels hidden at random, so that one network learns with and without them. */

import { Stream, uniforms } from "../numerics/random.ts";

export interface LabelDropout {
  /** Probability that a label is hidden, in [0, 1]. */
  readonly rate: number;
  /** Number of classes; the label `classes` says "no class". */
  readonly classes: number;
  readonly seed: bigint;
  /** Step of training, or of its micro-batch where gradients are accumulated. */
  readonly step: number;
}

/**
 * Each label as it is, or `classes` in its place with probability `rate`, independently of the others.
 *
 * Source: Ho & Salimans 2022, https://arxiv.org/abs/2207.12598, algorithm 1. Some published code hides
 * the labels of whole batches instead: the same on average, with noisier gradients.
 * @param labels `[batch]`, from 0 to `classes` (already hidden); left as they are.
 * @throws {RangeError} When the rate or a label is out of range.
 */
export function dropLabels(
  labels: Int32Array,
  { rate, classes, seed, step }: LabelDropout,
): Int32Array {
  if (!(rate >= 0 && rate <= 1)) {
    throw new RangeError(`Cannot drop labels: the rate must be in [0, 1], but it is ${rate}`);
  }
  const foreign = labels.find((label) => label < 0 || label > classes);
  if (foreign !== undefined) {
    throw new RangeError(
      `Cannot drop labels: labels must be from 0 to ${classes}, but there is ${foreign}`,
    );
  }
  const draws = uniforms({ seed, stream: Stream.labelDropout, step }, labels.length);
  return labels.map((label, i) => draws[i]! < rate ? classes : label);
}
