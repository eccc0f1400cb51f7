/** Frames to vectors and back: what the two pairs of encoder and decoder have in common. */

import type * as tf from "@tensorflow/tfjs-core";
import type { Parameters, ParameterSpecs } from "../parameters.ts";
import type { BatchNorms } from "./batch_norms.ts";
import { dcganBuffers, dcganDecode, dcganEncode, dcganParameters } from "./dcgan.ts";
import { bottomOf, type EncodedFrame, type FrameCodeConfig } from "./frame_code_config.ts";
import { vggBuffers, vggDecode, vggEncode, vggParameters } from "./vgg.ts";

export type { EncodedFrame, FrameCodeConfig };

/** Declares `encoder.*` and `decoder.*`. @throws {RangeError} When the levels do not divide the frames. */
export function frameCodeParameters(config: FrameCodeConfig): ParameterSpecs {
  requireDivisible(config);
  return config.kind === "vgg" ? vggParameters(config) : dcganParameters(config);
}

/** Declares the running statistics of their batch norms. */
export function frameCodeBuffers(config: FrameCodeConfig): ParameterSpecs {
  return config.kind === "vgg" ? vggBuffers(config) : dcganBuffers(config);
}

/** @param frame `[batch, height, width, channels]`. */
export function encodeFrame(
  parameters: Parameters,
  config: FrameCodeConfig,
  frame: tf.Tensor,
  norms: BatchNorms,
): EncodedFrame {
  return (config.kind === "vgg" ? vggEncode : dcganEncode)(parameters, config, frame, norms);
}

/**
 * @param encoded A code, and the maps of a frame that shows the same scene.
 * @returns `[batch, height, width, channels]` in (0, 1).
 */
export function decodeFrame(
  parameters: Parameters,
  config: FrameCodeConfig,
  encoded: EncodedFrame,
  norms: BatchNorms,
): tf.Tensor {
  return (config.kind === "vgg" ? vggDecode : dcganDecode)(parameters, config, encoded, norms);
}

function requireDivisible(config: FrameCodeConfig): void {
  const bottom = bottomOf(config);
  if (Number.isInteger(bottom.height) && Number.isInteger(bottom.width)) return;
  throw new RangeError(
    `Cannot encode frames of ${config.height}x${config.width} pixels: ${config.widths.length} levels need ` +
      `height and width to be multiples of ${2 ** config.widths.length}`,
  );
}
