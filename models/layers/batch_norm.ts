/** Batch normalisation. */

import * as tf from "@tensorflow/tfjs-core";
import { parameter, type Parameters, type ParameterSpecs } from "../parameters.ts";
import { customGradient } from "./custom_gradient.ts";

const EPSILON = 1e-5;
/** Share of the batch in the new running statistics. */
const MOMENTUM = 0.1;

/**
 * - train: by the statistics of the batch, which also move the running ones.
 * - eval: by the running statistics.
 * - batch_statistics: by those of the batch, and the running ones stay. What becomes of an image then depends on
 *   its batch: it is what a network does in PyTorch that samples without a call of `eval()`.
 */
export type BatchNormMode = "train" | "eval" | "batch_statistics";

/** Declares `scale [channels]` of ones and `shift [channels]` of zeros; a norm without them needs no declaration. */
export function batchNormParameters(channels: number): ParameterSpecs {
  return {
    scale: { shape: [channels], init: { kind: "ones" } },
    shift: { shape: [channels], init: { kind: "zeros" } },
  };
}

/** Declares the running statistics: `mean [channels]` of zeros and `variance [channels]` of ones. */
export function batchNormBuffers(channels: number): ParameterSpecs {
  return {
    mean: { shape: [channels], init: { kind: "zeros" } },
    variance: { shape: [channels], init: { kind: "ones" } },
  };
}

/**
 * (x − μ) / √(σ² + 1e-5) · scale + shift, with μ and σ² of each channel.
 *
 * As in PyTorch the batch is normalised by its biased variance, and the running variance follows the unbiased one,
 * both by a tenth of the way. The variance is E[x²] − E[x]², kept from falling below 0; its relative error is about
 * 1e-7 (1 + μ²/σ²).
 * Source: Ioffe & Szegedy 2015, https://arxiv.org/abs/1502.03167.
 * @param parameters Those of `batchNormBuffers` and, unless the norm is without scale and shift
 * (`affine=False` in PyTorch), those of `batchNormParameters`.
 * @param input `[batch, (time,) height, width, channel]` or `[batch, channel]`, also the shape of the output.
 * @returns The output, and in mode "train" the new running statistics, otherwise none.
 * @throws {RangeError} When mode is "train" and there is one value per channel, which has no unbiased variance.
 */
export function batchNorm(
  parameters: Parameters,
  input: tf.Tensor,
  mode: BatchNormMode,
): { readonly output: tf.Tensor; readonly buffers: Parameters } {
  if (input.rank !== 4) {
    const { output, buffers } = batchNorm(parameters, asImages(input), mode);
    return { output: tf.reshape(output, input.shape), buffers };
  }
  const { scale, shift } = affineOf(parameters, input);
  if (mode === "eval") {
    const inverse = tf.rsqrt(tf.add(parameter(parameters, "variance"), EPSILON));
    const factor = tf.mul(scale, inverse);
    const offset = tf.sub(shift, tf.mul(parameter(parameters, "mean"), factor));
    return { output: tf.add(tf.mul(input, factor), offset), buffers: {} };
  }
  const output = normaliseByBatch(input, scale, shift);
  return { output, buffers: mode === "train" ? moveStatistics(parameters, input) : {} };
}

/** `[batch, channel] -> [batch, 1, 1, channel]`, `[clip, time, height, width, channel] -> [frame, height, ...]`. */
function asImages(input: tf.Tensor): tf.Tensor {
  if (input.rank === 2) return tf.reshape(input, [-1, 1, 1, input.shape[1]!]);
  return tf.reshape(input, [-1, ...input.shape.slice(-3)]);
}

function affineOf(
  parameters: Parameters,
  input: tf.Tensor,
): Readonly<Record<"scale" | "shift", tf.Tensor>> {
  if (parameters.scale === undefined && parameters.shift === undefined) {
    const channels = input.shape.at(-1)!;
    return { scale: tf.ones([channels]), shift: tf.zeros([channels]) };
  }
  return { scale: parameter(parameters, "scale"), shift: parameter(parameters, "shift") };
}

/** New running statistics. The moments were computed before; a compiled program computes them once. */
function moveStatistics(parameters: Parameters, input: tf.Tensor): Parameters {
  const count = valuesPerChannel(input);
  if (count < 2) {
    throw new RangeError(
      `Cannot train a batch norm on one value per channel: needed are at least 2, got [${input.shape}]`,
    );
  }
  const batch = moments(input);
  const unbiased = tf.mul(batch.variance, count / (count - 1));
  const move = (running: tf.Tensor, found: tf.Tensor) =>
    tf.add(tf.mul(running, 1 - MOMENTUM), tf.mul(found, MOMENTUM));
  return {
    mean: move(parameter(parameters, "mean"), batch.mean),
    variance: move(parameter(parameters, "variance"), unbiased),
  };
}

/** Sums per channel and one affine pass, forward and backward, as in groupNorm. */
function normaliseByBatch(input: tf.Tensor, scale: tf.Tensor, shift: tf.Tensor): tf.Tensor {
  const count = valuesPerChannel(input);
  return customGradient([input, scale, shift], {
    forward([x, scale, shift]) {
      const { mean, variance } = moments(x!);
      const inverse = tf.rsqrt(tf.add(variance, EPSILON));
      const factor = tf.mul(inverse, scale!);
      const offset = tf.sub(shift!, tf.mul(mean, factor));
      const value = tf.add(tf.mul(x!, factor), offset);
      return { value, saved: [x!, mean, inverse, factor] };
    },
    // With n = (x − μ) r: dx = s r (dy − mean(dy) − n mean(dy n)), gathered as factor dy + slope x + offset.
    backward(dy, [x, mean, inverse, factor]) {
      const sumDy = overPixels(dy);
      const sumDyN = tf.mul(
        tf.sub(overPixels(tf.mul(dy, x!)), tf.mul(mean!, sumDy)),
        inverse!,
      );
      const slope = tf.neg(tf.mul(tf.mul(factor!, inverse!), tf.div(sumDyN, count)));
      const offset = tf.neg(
        tf.add(tf.mul(factor!, tf.div(sumDy, count)), tf.mul(slope, mean!)),
      );
      const dx = tf.add(tf.add(tf.mul(dy, factor!), tf.mul(x!, slope)), offset);
      return [dx, sumDyN, sumDy];
    },
  });
}

function moments(x: tf.Tensor): { readonly mean: tf.Tensor; readonly variance: tf.Tensor } {
  const count = valuesPerChannel(x);
  const mean = tf.div(overPixels(x), count);
  const meanSquare = tf.div(overPixels(tf.square(x)), count);
  return { mean, variance: tf.relu(tf.sub(meanSquare, tf.square(mean))) };
}

/** `[batch, height, width, channel] -> [channel]`; in two stages, which is several times faster than in one. */
function overPixels(x: tf.Tensor): tf.Tensor {
  return tf.sum(tf.sum(x, [1, 2]), 0);
}

function valuesPerChannel(x: tf.Tensor): number {
  const [batch, height, width] = (x as tf.Tensor4D).shape;
  return batch * height * width;
}
