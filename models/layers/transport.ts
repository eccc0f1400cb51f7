/** Moving the content of a frame, softly and differentiably. */

import * as tf from "@tensorflow/tfjs-core";
import type { WindowSizes } from "./image_windows.ts";

/**
 * Moves each patch's surroundings into the patch: out[y, x] = Σ_dy Σ_dx v[dy] h[dx] in[y + dy, x + dx].
 *
 * v and h, the vertical and horizontal kernels of a patch, are softmaxes of logits over displacements
 * −radius..radius, so that brightness is kept. Source: separable local kernels as in Niklaus et al. 2017,
 * https://arxiv.org/abs/1708.01692, normalised as in Finn et al. 2016, https://arxiv.org/abs/1605.07157.
 * @param windows `[patches, edge, edge]`, from imageWindows.
 * @param logits `[patches, 2 (2 radius + 1)]`: vertical, then horizontal.
 * @returns `[patches, patch * patch]`.
 */
export function transport(
  windows: tf.Tensor3D,
  logits: tf.Tensor,
  { patch, radius }: WindowSizes,
): tf.Tensor {
  const [patches, edge] = windows.shape;
  const shifts = 2 * radius + 1;
  // [patch, axis, shift] -> [(patch, axis), shift]
  const kernels = tf.softmax(tf.reshape(logits, [2 * patches, shifts])) as tf.Tensor2D;
  const bands = tf.reshape(tf.matMul(kernels, bandTable(patch, radius)), [patches, 2, patch, edge]);
  const axis = (index: number) =>
    tf.reshape(tf.slice(bands, [0, index, 0, 0], [-1, 1, -1, -1]), [patches, patch, edge]);
  const moved = tf.matMul(tf.matMul(axis(0), windows), axis(1), false, true);
  return tf.reshape(moved, [patches, patch * patch]);
}

/** shift -> (row of patch, row of window): 1 where row + shift is the window's row. */
function bandTable(patch: number, radius: number): tf.Tensor2D {
  const [shifts, edge] = [2 * radius + 1, patch + 2 * radius];
  const values = new Float32Array(shifts * patch * edge);
  for (let shift = 0; shift < shifts; shift++) {
    for (let row = 0; row < patch; row++) values[(shift * patch + row) * edge + row + shift] = 1;
  }
  return tf.tensor2d(values, [shifts, patch * edge]);
}
