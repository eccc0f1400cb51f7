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
}

/** The factors of a step as float32 `[7]`, in the order `samplerStep` reads them. */
export function stepFactors({ clean, next }: SamplerStep): Float32Array {
  return Float32Array.of(
    clean.x,
    clean.output,
    next.x0,
    next.x,
    next.output,
    next.noise,
    next.previousX0,
  );
}

/**
 * One step; factors are data, so one compiled program serves all steps of all samplers.
 *
 * @param factors `[7]`, from `stepFactors`.
 * @param clip x̂0 is clipped to ± this; null leaves it. Residual Video Diffusion clips to 2: a difference of
 * two images in [−1, 1].
 */
export function samplerStep(
  factors: tf.Tensor1D,
  tensors: SamplerTensors,
  options: { readonly clip: number | null },
): { readonly next: tf.Tensor; readonly x0: tf.Tensor } {
  const factor = (i: number) => tf.reshape(tf.slice(factors, i, 1), []);
  const clean = weightedSum([[factor(0), tensors.x], [factor(1), tensors.output]]);
  const x0 = options.clip === null ? clean : tf.clipByValue(clean, -options.clip, options.clip);
  const next = weightedSum([
    [factor(2), x0],
    [factor(3), tensors.x],
    [factor(4), tensors.output],
    [factor(5), tensors.noise],
    [factor(6), tensors.previousX0],
  ]);
  return { next, x0 };
}

function weightedSum(
  terms: readonly (readonly [weight: tf.Tensor, value: tf.Tensor])[],
): tf.Tensor {
  return tf.addN(terms.map(([weight, value]) => tf.mul(weight, value)));
}
