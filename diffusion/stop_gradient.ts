/** A value that is not learned through. */

import * as tf from "@tensorflow/tfjs-core";

/** The same value; gradients end here. */
export function stopGradient(x: tf.Tensor): tf.Tensor {
  const operation = tf.customGrad((value) => {
    const input = value as tf.Tensor;
    return { value: tf.clone(input), gradFunc: (dy: tf.Tensor) => tf.zerosLike(dy) };
  });
  return operation(x);
}
