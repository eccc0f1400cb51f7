/** Noising, and what a network should then answer. */

import * as tf from "@tensorflow/tfjs-core";
import { entry, type NoiseSchedule } from "./noise_schedule.ts";
import { type Objective, targetFactors } from "./objective.ts";

/**
 * The factors of each sample of a batch as float32 `[batch, 4]`: signal and noise of x_n, then x0 and ε of
 * the target.
 * @param timesteps Diffusion step of each sample.
 */
export function forwardFactors(
  schedule: NoiseSchedule,
  objective: Objective,
  timesteps: Int32Array,
): Float32Array {
  const factors = new Float32Array(timesteps.length * 4);
  for (const [i, timestep] of timesteps.entries()) {
    const level = {
      signal: entry(schedule.signal, timestep),
      noise: entry(schedule.noise, timestep),
    };
    const target = targetFactors(objective, level);
    factors.set([level.signal, level.noise, target.x0, target.noise], i * 4);
  }
  return factors;
}

/**
 * x_n = √ᾱ x0 + √(1−ᾱ) ε and the target of the objective.
 *
 * @param factors `[batch, 4]`, from `forwardFactors`.
 * @param x0 `[batch, height, width, channel]`.
 * @param noise ε, standard normal, of the same shape.
 */
export function diffuse(
  factors: tf.Tensor,
  x0: tf.Tensor,
  noise: tf.Tensor,
): { readonly x: tf.Tensor; readonly target: tf.Tensor } {
  const batch = factors.shape[0] ?? 0;
  const factor = (i: number) => tf.reshape(tf.slice(factors, [0, i], [batch, 1]), [batch, 1, 1, 1]);
  const combine = (a: number, b: number) => tf.add(tf.mul(factor(a), x0), tf.mul(factor(b), noise));
  return { x: combine(0, 1), target: combine(2, 3) };
}
