/** ONNX has no negative padding; the tensor is cropped instead. */

import type { SymbolicTensor } from "../../symbolic_tensor.ts";
import type { Trace } from "../../trace.ts";
import { slice } from "../slice.ts";

/**
 * Crops where padding would be negative.
 * @param before Rows and columns to pad in front.
 * @param after Rows and columns to pad behind.
 * @returns The cropped tensor and `[top, left, bottom, right]`, none of them negative.
 */
export function cropForPads(
  trace: Trace,
  x: SymbolicTensor,
  before: readonly [number, number],
  after: readonly [number, number],
) {
  const [batch = 0, height = 0, width = 0, channels = 0] = x.shape;
  const crop = (pad: number) => Math.max(0, -pad);
  const [top, left] = [crop(before[0]), crop(before[1])];
  const rows = height - top - crop(after[0]);
  const columns = width - left - crop(after[1]);
  const cropped = slice(trace, x, [0, top, left, 0], [batch, rows, columns, channels]);
  const pads = [...before, ...after].map((pad) => Math.max(0, pad));
  return { cropped, pads };
}
