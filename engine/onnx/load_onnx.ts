/** Model files that users bring along. */

import type { OnnxProgram } from "../engine.ts";
import { sizeOf } from "./graph/graph.ts";
import { allocate, HostBuffer } from "./runtime/host_buffer.ts";
import { type Handle, ortApi, outHandle } from "./runtime/ort_api.ts";
import { Session } from "./runtime/session.ts";

/** ONNXTensorElementDataType: the only element type that programs take and give. */
const floatType = 1;

interface Port {
  readonly name: string;
  readonly shape: readonly number[];
}

/**
 * Compiles a model as it is.
 * @param model Bytes of an ONNX file.
 * @throws {Error} When ONNX Runtime refuses the model.
 */
export function loadOnnx(model: Uint8Array, threads: number): OnnxProgram {
  throw new Error(`${sizeOf([])}${model.length}${threads}`);
}

void [HostBuffer, allocate, Session, floatType, ortApi, outHandle];
export type { Handle, Port };
