/** Copies a native value into memory of ours. */

import { sizeOf } from "../graph/graph.ts";
import { tensorType } from "./model_ports.ts";
import { type Handle, ortApi, outHandle } from "./ort_api.ts";

export interface NativeResult {
  readonly data: Float32Array;
  readonly shape: readonly number[];
}

/** ONNXTensorElementDataType of float32. */
export const floatElement = 1;

/** @throws {Error} When the value is not a float32 tensor. */
export function readValue(value: Handle): NativeResult {
  const api = ortApi();
  const info = outHandle((out) => api.tensorShape(value, out));
  try {
    const { shape, elementType } = tensorType(info);
    if (elementType !== floatElement) {
      throw new Error(
        `Cannot read a model's output: it must be float32, but its ONNX type is ${elementType}`,
      );
    }
    const data = new Float32Array(sizeOf(shape));
    const address = outHandle((out) => api.tensorData(value, out));
    if (address !== null) new Deno.UnsafePointerView(address).copyInto(data);
    return { data, shape };
  } finally {
    api.releaseShapeInfo(info);
  }
}
