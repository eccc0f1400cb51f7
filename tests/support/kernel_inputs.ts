import * as tf from "@tensorflow/tfjs-core";
import { type HostTensor, scattered } from "./host_tensor.ts";

/** Float32 inputs of these shapes in [-1, 1), each different. */
export function inputs(...shapes: readonly (readonly number[])[]): HostTensor[] {
  return shapes.map((shape, salt) => scattered(shape, { salt }));
}

/** Float32 inputs of these shapes in [low, high), each different. */
export function inputsIn(
  [low, high]: readonly [number, number],
  ...shapes: readonly (readonly number[])[]
): HostTensor[] {
  return shapes.map((shape, salt) => scattered(shape, { low, high, salt }));
}

/** Shape of the images that `convolved` takes; its result has the same shape. */
export const convolvedImages = [2, 3, 5, 16] as const;

/** Shape of the filter that `convolved` takes. */
export const convolvedFilter = [1, 1, 16, 16] as const;

/**
 * A convolution in front of the kernel under test. A compiling backend may hand its result on in
 * the blocked layout that convolutions prefer, and every kernel must understand that layout.
 */
export function convolved(x: tf.Tensor, filter: tf.Tensor): tf.Tensor4D {
  return tf.conv2d(x as tf.Tensor4D, filter as tf.Tensor4D, 1, "valid");
}
