/** Applies one step of any sampler to tensors. */

import * as tf from "@tensorflow/tfjs-core";
import type { SamplerStep } from "./samplers/sampler.ts";

/** Tensors of equal shape that a step combines. */
export interface SamplerTensors {
  readonly x: tf.Tensor;
  /** What the network returned for x at this step's timestep. */
  readonly output: tf.Tensor;
  /** Standard normal. */
  readonly noise: tf.Tensor;
  /** x̂0 of the step before; anything finite in the first step. */
  readonly previousX0: tf.Tensor;
  /**
   * What a network with learned variance says of it: −1 is the small variance, 1 the large one. Absent, a step
   * with learned variance takes the small one; steps of fixed variance ignore it.
   */
  readonly varianceFraction?: tf.Tensor;
}

/** Values that x̂0 is clipped to; a number stands for ± itself. */
export type ClipRange = number | { readonly low: number; readonly high: number };

/** The factors of a step as float32 `[8]`, in the order `samplerStep` reads them. */
export function stepFactors({ clean, next }: SamplerStep): Float32Array {
  return Float32Array.of(
    clean.x,
    clean.output,
    next.x0,
    next.x,
    next.output,
    next.noise,
    next.previousX0,
    next.noiseRange,
  );
}

/**
 * One step; factors are data, so one compiled program serves all steps of all samplers.
 *
 * @param factors `[8]`, from `stepFactors`.
 * @param clip What x̂0 is clipped to; null leaves it. Residual Video Diffusion clips to ± 2: a difference of
 * two images in [−1, 1].
 */
export function samplerStep(
  factors: tf.Tensor1D,
  tensors: SamplerTensors,
  options: { readonly clip: ClipRange | null },
): { readonly next: tf.Tensor; readonly x0: tf.Tensor } {
  const factor = (i: number) => tf.reshape(tf.slice(factors, i, 1), []);
  const clean = weightedSum([[factor(0), tensors.x], [factor(1), tensors.output]]);
  const x0 = options.clip === null ? clean : clipped(clean, options.clip);
  const { varianceFraction } = tensors;
  const noise = varianceFraction === undefined
    ? tensors.noise
    : tf.mul(tensors.noise, noiseScale(varianceFraction, factor(7)));
  const next = weightedSum([
    [factor(2), x0],
    [factor(3), tensors.x],
    [factor(4), tensors.output],
    [factor(5), noise],
    [factor(6), tensors.previousX0],
  ]);
  return { next, x0 };
}

function clipped(x0: tf.Tensor, range: ClipRange): tf.Tensor {
  return typeof range === "number"
    ? tf.clipByValue(x0, -range, range)
    : tf.clipByValue(x0, range.low, range.high);
}

/** e^{f · range} with f = (v + 1) / 2, not limited to [0, 1], as in Nichol & Dhariwal 2021. */
function noiseScale(v: tf.Tensor, range: tf.Tensor): tf.Tensor {
  return tf.exp(tf.mul(tf.mul(tf.add(v, 1), 0.5), range));
}

function weightedSum(
  terms: readonly (readonly [weight: tf.Tensor, value: tf.Tensor])[],
): tf.Tensor {
  return tf.addN(terms.map(([weight, value]) => tf.mul(weight, value)));
}
