/** How images become the network's input of 299x299: three conventions, whose scores do not compare. */

import * as tf from "@tensorflow/tfjs-core";
import { bilinearWeights } from "../../numerics/bilinear_weights.ts";
import { resampleWeights, type WeightRow } from "../../numerics/resample_weights.ts";

/**
 * - `pytorch`: pytorch-fid. Bilinear at half-pixel positions, then 2x − 1.
 * - `tensorflow`: the original (TTUR) and torch-fidelity. TensorFlow 1's bilinear, then (255x − 128) / 128.
 * - `clean`: clean-fid, https://arxiv.org/abs/2104.11222. Pillow's bicubic with antialiasing in float,
 *   clipped to [0, 255], then (255x − 128) / 128.
 */
export const inceptionResizes = ["pytorch", "tensorflow", "clean"] as const;

export type InceptionResize = (typeof inceptionResizes)[number];

const SIZE = 299;

/**
 * The network's input.
 * @param images `[batch, height, width, 1 or 3]` in [0, 1]; grey ones are repeated.
 * @returns `[batch, 299, 299, 3]`.
 */
export function inceptionInput(images: tf.Tensor, resize: InceptionResize): tf.Tensor4D {
  const [, , , channels = 0] = images.shape;
  if (images.rank !== 4 || (channels !== 1 && channels !== 3)) {
    throw new Error(
      "Cannot compute Inception features: images must be [batch, height, width, 1 or 3], " +
        `but are [${images.shape}]`,
    );
  }
  const scaled = scale(resizeImages(images as tf.Tensor4D, resize), resize);
  return channels === 3 ? scaled : tf.tile(scaled, [1, 1, 1, 3]);
}

function scale(images: tf.Tensor4D, resize: InceptionResize): tf.Tensor4D {
  if (resize === "pytorch") return tf.sub(tf.mul(images, 2), 1);
  const bounded = resize === "clean" ? tf.clipByValue(images, 0, 1) : images;
  return tf.sub(tf.mul(bounded, 255 / 128), 1);
}

/** Filters columns, then rows, as products with dense matrices: tfjs has no filter with antialiasing. */
function resizeImages(images: tf.Tensor4D, resize: InceptionResize): tf.Tensor4D {
  const [batch, height, width, channels] = images.shape;
  if (height === SIZE && width === SIZE) return images;
  const columns = matrixOf(weightsOf(width, resize), width);
  const rows = matrixOf(weightsOf(height, resize), height);
  // [batch, height, width, channel] -> [batch, channel, height, width] -> [batch * channel * height, width]
  const lines = tf.reshape(tf.transpose(images, [0, 3, 1, 2]), [-1, width]);
  const wide = tf.reshape(tf.matMul(lines, columns, false, true), [-1, height, SIZE]);
  // [batch * channel, height, 299] -> [batch * channel, 299, 299]
  const planes = tf.matMul(tf.reshape(rows, [1, SIZE, height]), wide);
  const nchw = tf.reshape<tf.Rank.R4>(planes, [batch, channels, SIZE, SIZE]);
  return tf.transpose(nchw, [0, 2, 3, 1]);
}

function weightsOf(from: number, resize: InceptionResize): readonly WeightRow[] {
  switch (resize) {
    case "pytorch":
      return bilinearWeights({ from, to: SIZE, positions: "half_pixel" });
    case "tensorflow":
      return bilinearWeights({ from, to: SIZE, positions: "legacy" });
    case "clean":
      return resampleWeights({ from, to: SIZE, filter: "bicubic" });
  }
}

/** `[to, from]`. */
function matrixOf(rows: readonly WeightRow[], from: number): tf.Tensor2D {
  const matrix = new Float32Array(rows.length * from);
  rows.forEach(({ first, weights }, row) => matrix.set(weights, row * from + first));
  return tf.tensor2d(matrix, [rows.length, from]);
}
