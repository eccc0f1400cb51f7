/** Sizes of the encoder and decoder of frames. */

import type * as tf from "@tensorflow/tfjs-core";
import type { Parameters } from "../parameters.ts";

/** A type alias, because interfaces are not JSON. */
export type FrameCodeConfig = {
  /**
   * - dcgan: halves the resolution by convolutions of edge 4.
   * - vgg: two or three convolutions of edge 3 at each resolution, halved by taking maxima.
   */
  readonly kind: "dcgan" | "vgg";
  readonly height: number;
  readonly width: number;
  /** Channels of a frame. */
  readonly channels: number;
  /** Channels of each level, finest first. Published: 64, 128, 256, 512, and for 128 pixels once more 512. */
  readonly widths: readonly number[];
  /** Numbers in the code of a frame, g. */
  readonly code: number;
};

/** What an encoder makes of a frame. */
export type EncodedFrame = {
  /** `[batch, code]`, in (−1, 1). */
  readonly code: tf.Tensor;
  /** Maps by level: "0" is the finest. */
  readonly skips: Parameters;
};

/** Size of the coarsest map. */
export function bottomOf(
  { height, width, widths }: FrameCodeConfig,
): { readonly height: number; readonly width: number } {
  const factor = 2 ** widths.length;
  return { height: height / factor, width: width / factor };
}
