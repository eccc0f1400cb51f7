/** Model files that users bring along, run as they are. */

import type { OnnxProgram } from "../engine.ts";
import { sizeOf } from "./graph/graph.ts";
import { HostBuffer } from "./runtime/host_buffer.ts";
import { floatElement } from "./runtime/read_value.ts";
import { Session } from "./runtime/session.ts";

/**
 * Compiles a model.
 * @param model Bytes of an ONNX file with one float32 input.
 * @throws {Error} When ONNX Runtime refuses the model, or its input is another.
 */
export function loadOnnx(model: Uint8Array, threads: number): OnnxProgram {
  const session = Session.createSync({ bytes: new Uint8Array(model), threads });
  const { inputs, outputs } = session.describe();
  const [input] = inputs;
  if (input === undefined || inputs.length > 1 || input.elementType !== floatElement) {
    session.release();
    const found = inputs.map((port) => `"${port.name}" of ONNX type ${port.elementType}`);
    throw new Error(
      `Cannot load an ONNX model: one float32 input is required, but it has ${
        found.join(", ") || "none"
      }`,
    );
  }
  return {
    inputs,
    outputs,
    async run({ data, shape }) {
      if (data.length !== sizeOf(shape)) {
        throw new RangeError(
          `Cannot run an ONNX model: shape [${shape}] requires ${
            sizeOf(shape)
          } numbers, but there ` +
            `are ${data.length}`,
        );
      }
      const buffer = new HostBuffer(data, "float32", false);
      try {
        return await session.runFirstOutput([{ buffer, shape }]);
      } finally {
        buffer.drop();
      }
    },
    dispose: () => session.release(),
  };
}
