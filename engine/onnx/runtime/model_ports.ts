/** Asks a session for the names and types of its inputs and outputs. */

import { type Handle, ortApi, outHandle } from "./ort_api.ts";

export interface ModelPort {
  readonly name: string;
  /** -1 for an axis without a fixed extent. */
  readonly shape: readonly number[];
  /** ONNXTensorElementDataType; 0 when the value is no tensor. */
  readonly elementType: number;
}

export function inputPorts(session: Handle): ModelPort[] {
  const api = ortApi();
  return readPorts(session, api.inputCount, api.inputName, api.inputType);
}

export function outputPorts(session: Handle): ModelPort[] {
  const api = ortApi();
  return readPorts(session, api.outputCount, api.outputName, api.outputType);
}

type Api = ReturnType<typeof ortApi>;

function readPorts(
  session: Handle,
  countPorts: Api["inputCount"],
  nameOf: Api["inputName"],
  typeOf: Api["inputType"],
): ModelPort[] {
  const api = ortApi();
  const allocator = outHandle((out) => api.defaultAllocator(out));
  const count = Number(outNumber((out) => countPorts(session, out)));
  return Array.from({ length: count }, (_, index): ModelPort => {
    const text = outHandle((out) => nameOf(session, BigInt(index), allocator, out));
    const name = text === null ? "" : Deno.UnsafePointerView.getCString(text);
    api.allocatorFree(allocator, text);
    const type = outHandle((out) => typeOf(session, BigInt(index), out));
    try {
      // Belongs to `type`; null when the value is a sequence or a map.
      const tensor = outHandle((out) => api.typeAsTensor(type, out));
      if (tensor === null) return { name, shape: [], elementType: 0 };
      return { name, ...tensorType(tensor) };
    } finally {
      api.releaseTypeInfo(type);
    }
  });
}

/** Reads an OrtTensorTypeAndShapeInfo. */
export function tensorType(info: Handle): { shape: number[]; elementType: number } {
  const api = ortApi();
  const elementType = new Int32Array(1);
  api.elementType(info, elementType);
  const rank = outNumber((out) => api.dimensionCount(info, out));
  const dims = new BigInt64Array(Number(rank));
  if (dims.length > 0) api.dimensions(info, dims, rank);
  return { shape: Array.from(dims, Number), elementType: elementType[0] ?? 0 };
}

function outNumber(call: (out: BigUint64Array<ArrayBuffer>) => void): bigint {
  const out = new BigUint64Array(1);
  call(out);
  return out[0] ?? 0n;
}
