/** Moving frames of any number of channels, each channel alike. */

import * as tf from "@tensorflow/tfjs-core";
import { imageWindows, type WindowSizes } from "./image_windows.ts";
import { transport } from "./transport.ts";

/** One set of windows per channel of `frame`, `[batch, height, width, channel]`. */
export function channelWindows(frame: tf.Tensor, sizes: WindowSizes): readonly tf.Tensor3D[] {
  const [batch, height, width, channels] = (frame as tf.Tensor4D).shape;
  return Array.from({ length: channels }, (_, c) => {
    const plane = channels === 1 ? frame : tf.slice(frame, [0, 0, 0, c], [-1, -1, -1, 1]);
    return imageWindows(tf.reshape(plane, [batch, height, width]), sizes);
  });
}

/** Moves all channels by the same kernels (see transport): `[patch, pixel * channel]`. */
export function transportChannels(
  windows: readonly tf.Tensor3D[],
  logits: tf.Tensor,
  sizes: WindowSizes,
): tf.Tensor {
  return joinChannels(windows.map((window) => transport(window, logits, sizes)));
}

/** `[patch, pixel]` of each channel -> `[patch, pixel * channel]`. */
export function joinChannels(planes: readonly tf.Tensor[]): tf.Tensor {
  const first = planes[0]!;
  if (planes.length === 1) return first;
  return tf.reshape(tf.stack([...planes], 2), [-1, (first.shape[1] ?? 0) * planes.length]);
}
