/** SiLU, also called swish. */

import * as tf from "@tensorflow/tfjs-core";
import { customGradient } from "./custom_gradient.ts";

/**
 * x · σ(x), elementwise, any shape.
 *
 * Runs the fused kernel "Silu" that our backends register. Its derivative is
 * σ(x) + x σ(x)(1 − σ(x)) = y + σ(x)(1 − y), with y the value.
 * Source: Elfwing et al. 2017, https://arxiv.org/abs/1702.03118.
 */
export function silu(input: tf.Tensor): tf.Tensor {
  return customGradient([input], {
    forward([x]) {
      const y = runSilu(x!);
      return { value: y, saved: [x!, y] };
    },
    backward(dy, [x, y]) {
      return [tf.mul(dy, tf.add(y!, tf.mul(tf.sigmoid(x!), tf.sub(1, y!))))];
    },
  });
}

function runSilu(x: tf.Tensor): tf.Tensor {
  // The declared result is a tensor or a list of them; this kernel gives one.
  const y: tf.Tensor | tf.Tensor[] = tf.engine().runKernel("Silu", { x });
  if (Array.isArray(y)) throw new Error(`Internal error: kernel "Silu" gave ${y.length} tensors`);
  return y;
}
