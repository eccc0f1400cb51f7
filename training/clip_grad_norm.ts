/** Gradient clipping by the global norm. */

import * as tf from "@tensorflow/tfjs-core";

/**
 * The L2 norm of all gradients together, and the factor that clips it.
 *
 * factor = min(1, maxNorm / (norm + 1e-6)): `torch.nn.utils.clip_grad_norm_`, its 1e-6 included. The
 * factor is returned instead of clipped gradients, so that the optimiser can fold it into its own.
 * @param gradients Any shapes, float32.
 * @param maxNorm `null` leaves gradients as they are.
 * @returns Scalars.
 */
export function clipGradNorm(
  gradients: readonly tf.Tensor[],
  maxNorm: number | null,
): { readonly norm: tf.Scalar; readonly factor: tf.Scalar } {
  const squares = gradients.map((gradient) => tf.sum<tf.Scalar>(tf.square(gradient)));
  const norm = tf.sqrt(tf.addN(squares));
  if (maxNorm === null) return { norm, factor: tf.scalar(1) };
  return { norm, factor: tf.minimum(tf.div(maxNorm, tf.add(norm, 1e-6)), 1) };
}
