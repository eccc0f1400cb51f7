/** Finds out how ONNX Runtime blocks channels on this processor. */

import { sizeOf } from "./graph/graph.ts";
import { runPasses } from "./graph/passes.ts";
import { HostBuffer } from "./runtime/host_buffer.ts";
import { Session } from "./runtime/session.ts";
import { modelOf } from "./session_cache.ts";
import { convInfo } from "./lower/conv/conv_info.ts";
import { convolve } from "./lower/conv/convolve.ts";
import type { SymbolicTensor } from "./symbolic_tensor.ts";
import { type BlockSize, Trace } from "./trace.ts";

/** Relative to values of about 10, so far above rounding and far below a wrong layout. */
const tolerance = 1e-3;

let probed: BlockSize | undefined;

/**
 * 16 with AVX-512, 8 with older vector units; 0 when the operators of com.microsoft.nchwc, which
 * are no public interface, are missing or do not compute what the portable ones do.
 */
export function probeBlockSize(): BlockSize {
  return probed ??= probe();
}

function probe(): BlockSize {
  const claimed = claimedBlockSize();
  return claimed !== 0 && isTrustworthy(claimed) ? claimed : 0;
}

/** Reorders 32 channels of two pixels and looks where the second channel went. */
function claimedBlockSize(): BlockSize {
  const channels = 32;
  const image = Float32Array.from({ length: 2 * channels }, (_, index) => index);
  const reordered = compute(16, [image], [[1, channels, 1, 2]], (trace, [x]) => {
    const value = trace.blockedOp("ReorderInput", [x === undefined ? "" : trace.rowMajor(x)]);
    return trace.fromRowMajor([1, channels, 1, 2], "float32", value);
  });
  // Pixel 1 of channel 0 has the number 1; it comes after one block of pixel 0.
  const position = reordered?.indexOf(1);
  return position === 16 || position === 8 ? position : 0;
}

/** Compares a small blocked convolution with the portable one. */
export function isTrustworthy(blockSize: BlockSize): boolean {
  const xShape = [1, 4, 4, 32];
  const filterShape = [3, 3, 32, 16];
  const wave = (shape: readonly number[], step: number) =>
    Float32Array.from({ length: sizeOf(shape) }, (_, index) => Math.sin(index * step));
  const values = [wave(xShape, 0.7), wave(filterShape, 0.3)];
  const run = (block: BlockSize) =>
    compute(block, values, [xShape, filterShape], (trace, [x, filter]) => {
      if (x === undefined || filter === undefined) throw new Error("Internal error: no inputs");
      const info = convInfo(xShape, filterShape, { strides: 1, pad: "same" });
      return convolve(trace, x, filter, info);
    });
  const [blocked, portable] = [run(blockSize), run(0)];
  if (blocked === undefined || portable === undefined) return false;
  return blocked.every((value, index) => Math.abs(value - (portable[index] ?? NaN)) < tolerance);
}

/** Runs one small program; undefined when ONNX Runtime refuses it. */
function compute(
  blockSize: BlockSize,
  values: readonly Float32Array[],
  shapes: readonly (readonly number[])[],
  build: (trace: Trace, inputs: readonly SymbolicTensor[]) => SymbolicTensor,
): Float32Array | undefined {
  const trace = new Trace(blockSize);
  const inputs = shapes.map((shape) => trace.input(shape, "float32"));
  const output = build(trace, inputs);
  const model = modelOf(runPasses(trace.finish([output])), 1);
  const result = new Float32Array(sizeOf(output.shape));
  const buffers = [...values, result].map((data) => new HostBuffer(data, "float32", false));
  const bound = buffers.map((buffer, index) => ({ buffer, shape: shapes[index] ?? output.shape }));
  let session: Session | undefined;
  try {
    session = Session.createSync(model);
    session.runSync(bound.slice(0, -1), bound.slice(-1));
    return result;
  } catch (error) {
    // A refusal is an answer: the operators are not there.
    if (error instanceof Error && error.message.startsWith("ONNX Runtime: ")) return undefined;
    throw error;
  } finally {
    session?.release();
    for (const buffer of buffers) buffer.drop();
  }
}
