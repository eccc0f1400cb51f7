/** The whole generator of MoCoGAN: noise to clips. */

import * as tf from "@tensorflow/tfjs-core";
import type { BatchNormMode } from "../layers/batch_norm.ts";
import { nest, parameter, type Parameters, type ParameterSpecs, under } from "../parameters.ts";
import { codeSize, type MocoganConfig } from "./config.ts";
import { generator, generatorBuffers, generatorParameters } from "./generator.ts";
import { motionBuffers, motionCodes, type MotionNoise, motionParameters } from "./motion_codes.ts";

/** What clips are made from. */
export interface ClipNoise extends MotionNoise {
  /** `[clip, content]`, standard normal. */
  readonly content: tf.Tensor;
  /** `[clip, categories]`, one-hot; unread where there are none. */
  readonly category?: tf.Tensor;
}

/** The noise among tensors by the names of its parts. @throws {Error} When content or noise is missing. */
export function clipNoise(tensors: Parameters): ClipNoise {
  const { start, category } = tensors;
  return {
    content: parameter(tensors, "content"),
    noise: parameter(tensors, "noise"),
    ...(start ? { start } : {}),
    ...(category ? { category } : {}),
  };
}

/** Declares `motion` and `image`. */
export function videoGeneratorParameters(config: MocoganConfig): ParameterSpecs {
  return {
    ...nest("motion", motionParameters(config.motion)),
    ...nest("image", generatorParameters(config)),
  };
}

/** Declares the running statistics of both. */
export function videoGeneratorBuffers(config: MocoganConfig): ParameterSpecs {
  return {
    ...nest("motion", motionBuffers(config.motion)),
    ...nest("image", generatorBuffers(config)),
  };
}

/** Frames of clips, and in mode "train" the new running statistics. */
export interface Generated {
  readonly output: tf.Tensor;
  readonly buffers: Parameters;
}

/**
 * Clips in [−1, 1]; a clip's content and category are the same at all of its frames.
 * @returns `[clip, frame, size, size, channels]`.
 */
export function generateClips(
  parameters: Parameters,
  config: MocoganConfig,
  noise: ClipNoise,
  options: { readonly frames: number; readonly mode: BatchNormMode },
): Generated {
  const { codes, buffers } = clipCodes(parameters, config, noise, options);
  // [clip, frame, code] -> [clip * frame, code]
  const rows = tf.reshape(codes, [-1, codeSize(config)]);
  const drawn = drawFrames(parameters, config, rows, options.mode);
  const { size, channels } = config;
  return {
    output: tf.reshape(drawn.output, [-1, options.frames, size, size, channels]),
    buffers: { ...buffers, ...drawn.buffers },
  };
}

/**
 * One frame of each clip.
 * @param chosen `[clip, frame]`, one-hot: which.
 * @returns `[clip, size, size, channels]`.
 */
export function generateFrames(
  parameters: Parameters,
  config: MocoganConfig,
  { chosen, ...noise }: ClipNoise & { readonly chosen: tf.Tensor },
  options: { readonly frames: number; readonly mode: BatchNormMode },
): Generated {
  const { codes, buffers } = clipCodes(parameters, config, noise, options);
  // [clip, frame, code] * [clip, frame, 1] -> [clip, code]
  const rows = tf.sum(tf.mul(codes, tf.expandDims(chosen, 2)), 1);
  const drawn = drawFrames(parameters, config, rows, options.mode);
  return { output: drawn.output, buffers: { ...buffers, ...drawn.buffers } };
}

/** `[clip, frame, code]`: content, category, motion, in the order of the original. */
function clipCodes(
  parameters: Parameters,
  config: MocoganConfig,
  { content, category, ...noise }: ClipNoise,
  options: { readonly frames: number; readonly mode: BatchNormMode },
): { readonly codes: tf.Tensor; readonly buffers: Parameters } {
  if (config.categories > 0 && category === undefined) {
    throw new RangeError(
      `Cannot generate clips: the network knows ${config.categories} categories and needs one for each clip`,
    );
  }
  const held = config.categories > 0 ? [content, category!] : [content];
  const own = under(parameters, "motion");
  const { codes, buffers } = motionCodes(own, config.motion, noise, options);
  return {
    codes: tf.stack(codes.map((motion) => tf.concat([...held, motion], 1)), 1),
    buffers: nestTensors("motion", buffers),
  };
}

function drawFrames(
  parameters: Parameters,
  config: MocoganConfig,
  codes: tf.Tensor,
  mode: BatchNormMode,
): Generated {
  const { output, buffers } = generator(under(parameters, "image"), config, codes, mode);
  return { output, buffers: nestTensors("image", buffers) };
}

function nestTensors(prefix: string, tensors: Parameters): Parameters {
  return Object.fromEntries(
    Object.entries(tensors).map(([name, tensor]) => [`${prefix}.${name}`, tensor]),
  );
}
