/**
 * Input gradient of a convolution with stride 2 as four dense convolutions: rows and columns of
 * equal parity are fed by the same taps. The four images are interleaved by two concatenations.
 */

import type { Value } from "../../graph/graph.ts";
import type { SymbolicTensor } from "../../symbolic_tensor.ts";
import type { Trace } from "../../trace.ts";
import { backwardFilter } from "./blocked_filter.ts";
import type { ConvInfo } from "./conv_info.ts";
import { convolveBlocked } from "./convolve.ts";
import { cropForPads } from "./crop_for_pads.ts";

const parities = [0, 1];

/** Height and width of the input must be even, its channels whole blocks. */
export function phasedInputGradient(
  trace: Trace,
  dy: SymbolicTensor,
  filter: SymbolicTensor,
  info: ConvInfo,
): SymbolicTensor {
  const { batchSize, inHeight, inWidth, inChannels } = info;
  const k = trace.blockSize;
  const half = [batchSize, inChannels / k, inHeight / 2, 1, inWidth / 2, 1, k];
  const lines = parities.map((row) => {
    const images = parities.map((column) =>
      trace.reshape(phase(trace, dy, filter, info, row, column), half)
    );
    return trace.op("Concat", images, { axis: 5 });
  });
  const interleaved = trace.op("Concat", lines, { axis: 3 });
  const value = trace.reshape(interleaved, trace.blockedShape(info.inShape));
  return trace.fromBlocked5(info.inShape, "float32", value);
}

/** The gradient at inputs of one row and one column parity, blocked. */
function phase(
  trace: Trace,
  dy: SymbolicTensor,
  filter: SymbolicTensor,
  info: ConvInfo,
  row: number,
  column: number,
): Value {
  const [rows, columns] = [info.inHeight / 2, info.inWidth / 2];
  const shape = [info.batchSize, rows, columns, info.inChannels];
  const vertical = tapsOf(info.filterHeight, info.padInfo.top, row);
  const horizontal = tapsOf(info.filterWidth, info.padInfo.left, column);
  const [firstRow, firstColumn] = [vertical[0], horizontal[0]];
  const lastRow = vertical[vertical.length - 1];
  const lastColumn = horizontal[horizontal.length - 1];
  if (!firstRow || !firstColumn || !lastRow || !lastColumn) {
    return trace.blocked5(trace.splat(shape, "float32", 0));
  }
  const size = [vertical.length, horizontal.length] as const;
  const taps = vertical.flatMap((v) => horizontal.map((h) => v.tap * info.filterWidth + h.tap));
  const before = [-firstRow.offset, -firstColumn.offset] as const;
  const after = [
    rows + lastRow.offset - info.outHeight,
    columns + lastColumn.offset - info.outWidth,
  ] as const;
  const { cropped, pads } = cropForPads(trace, dy, before, after);
  const attributes = { kernel_shape: size, strides: [1, 1], dilations: [1, 1], pads };
  const blocked = backwardFilter(trace, filter, taps, size);
  return trace.blocked4(convolveBlocked(trace, cropped, blocked, shape, attributes));
}

/** Taps that reach inputs of a parity, with the distance of the output they come from. */
function tapsOf(count: number, pad: number, parity: number): { tap: number; offset: number }[] {
  return Array.from({ length: count }, (_, tap) => ({ tap, offset: (parity + pad - tap) / 2 }))
    .filter(({ offset }) => Number.isInteger(offset))
    .sort((a, b) => a.offset - b.offset);
}
