import type * as tf from "@tensorflow/tfjs-core";

/** `[batch, height, width, channel]`. @throws {RangeError} When the tensor has another rank. */
export function imageShape(
  kernelName: string,
  { shape }: tf.TensorInfo,
): readonly [number, number, number, number] {
  const [batch, height, width, channels] = shape;
  if (
    shape.length !== 4 || batch === undefined || height === undefined || width === undefined ||
    channels === undefined
  ) {
    throw new RangeError(
      `Cannot run kernel "${kernelName}": images must be [batch, height, width, channel], found [${shape}]`,
    );
  }
  return [batch, height, width, channels];
}
