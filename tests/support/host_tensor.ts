import * as tf from "@tensorflow/tfjs-core";

/** A tensor's values copied out of whatever backend held them. */
export interface HostTensor {
  readonly shape: readonly number[];
  readonly dtype: "float32" | "int32" | "bool";
  readonly data: Float32Array | Int32Array | Uint8Array;
}

/** Copies a tensor's values out, so that they survive a switch of backends. */
export function toHost(tensor: tf.Tensor): HostTensor {
  const data = tensor.dataSync();
  const { dtype, shape } = tensor;
  if (dtype !== "float32" && dtype !== "int32" && dtype !== "bool") {
    throw new TypeError(`Cannot copy a tensor: it must be float32, int32 or bool, found ${dtype}`);
  }
  return { shape: [...shape], dtype, data: data.slice() };
}

/** A new tensor of these values on the current backend. */
export function toTensor(host: HostTensor): tf.Tensor {
  return tf.tensor(host.data.slice(), [...host.shape], host.dtype);
}

/**
 * Float32 values without pattern in [low, high), the same on every machine: a function of `salt`
 * and the index alone (the fraction of a large sine, as shaders do).
 */
export function scattered(
  shape: readonly number[],
  { low = -1, high = 1, salt = 0 }: { low?: number; high?: number; salt?: number } = {},
): HostTensor {
  const data = Float32Array.from({ length: sizeOf(shape) }, (_, i) => {
    const large = Math.sin((i + 1) * 12.9898 + (salt + 1) * 78.233) * 43758.5453;
    return low + (high - low) * (large - Math.floor(large));
  });
  return { shape, dtype: "float32", data };
}

/** Integers in [low, high), spread like `scattered`. */
export function scatteredIntegers(
  shape: readonly number[],
  { low, high, salt = 0 }: { low: number; high: number; salt?: number },
): HostTensor {
  const { data } = scattered(shape, { low, high, salt });
  return { shape, dtype: "int32", data: Int32Array.from(data, Math.floor) };
}

/** Truth values, about half of them true. */
export function scatteredBooleans(shape: readonly number[], salt = 0): HostTensor {
  const { data } = scattered(shape, { salt });
  return { shape, dtype: "bool", data: Uint8Array.from(data, (value) => value > 0 ? 1 : 0) };
}

/** Number of elements of a shape. */
export function sizeOf(shape: readonly number[]): number {
  return shape.reduce((product, length) => product * length, 1);
}
