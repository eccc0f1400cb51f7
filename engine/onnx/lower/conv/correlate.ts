/**
 * Filter gradient as one dense blocked convolution, two to four times faster than patches and a
 * matrix product, and without the nine-fold buffer.
 *
 * A block of x's channels becomes an image `[row, column * k]`, batch times row-split becomes its
 * channel axis, and dy becomes a kernel of `[output row, output column]` whose dilation along the
 * width is k. What the convolution yields, `[filter row, filter column * k, output channel]`, is the
 * gradient for that block.
 */

import type { Value } from "../../graph/graph.ts";
import type { SymbolicTensor } from "../../symbolic_tensor.ts";
import type { Trace } from "../../trace.ts";
import { wholeBlocks } from "./blocked_filter.ts";
import type { ConvInfo } from "./conv_info.ts";

/** More row-splits shorten the kernel and cost copies; four were fastest. */
const preferredSplits = 4;

interface Plan {
  readonly info: ConvInfo;
  /** Parts into which the output rows are split, so that batch * splits fills blocks. */
  readonly splits: number;
  /** Output rows in a part, and the input rows that they see. */
  readonly outRows: number;
  readonly inRows: number;
  /** Channels that lie side by side in memory, and how many such runs there are. */
  readonly run: number;
  readonly runs: number;
  /** Input size with padding. */
  readonly height: number;
  readonly width: number;
}

/** The filter gradient, or undefined where sizes do not suit this form. */
export function correlate(
  trace: Trace,
  x: SymbolicTensor,
  dy: SymbolicTensor,
  info: ConvInfo,
): SymbolicTensor | undefined {
  const plan = planCorrelation(trace.blockSize, info);
  if (plan === undefined) return undefined;
  const k = trace.blockSize;
  const { runs, run, width, outRows } = plan;
  const { outChannels, outWidth, strideHeight, strideWidth, filterHeight, filterWidth } = info;
  const image = imageOf(trace, x, plan);
  const kernel = kernelOf(trace, dy, plan);
  const blocked = trace.blockedOp("Conv", [image, kernel], {
    kernel_shape: [outRows, outWidth],
    dilations: [strideHeight, strideWidth * run],
    pads: [0, 0, 0, 0],
    strides: [1, 1],
  });
  const reorder = { channels: outChannels, channels_last: 1 };
  const all = trace.blockedOp("ReorderOutput", [blocked], reorder);
  // Columns beyond the filter are there when the stride did not reach the end of the image.
  const columns = width * run - (outWidth - 1) * strideWidth * run;
  const wanted = filterWidth * run;
  const cut = columns === wanted
    ? all
    : trace.op("Slice", [all, trace.int64([0]), trace.int64([wanted]), trace.int64([2])]);
  if (runs === 1) return finish(trace, cut, info);
  const split = trace.reshape(cut, [runs, filterHeight * filterWidth, k, outChannels]);
  return finish(trace, trace.op("Transpose", [split], { perm: [1, 0, 2, 3] }), info);
}

function finish(trace: Trace, value: Value, info: ConvInfo): SymbolicTensor {
  return trace.fromRowMajor(info.filterShape, "float32", trace.reshape(value, info.filterShape));
}

function planCorrelation(k: number, info: ConvInfo): Plan | undefined {
  const { batchSize, inChannels, outChannels, outHeight, strideHeight, padInfo } = info;
  if (k === 0 || info.dilationHeight !== 1 || info.dilationWidth !== 1) return undefined;
  if (outChannels < k && info.filterHeight * info.filterWidth === 1) return undefined;
  if (outChannels > k && outChannels % k !== 0) return undefined;
  if (inChannels > k && inChannels % k !== 0) return undefined;
  const splits = chooseSplits(k, batchSize, outHeight);
  if (splits === undefined) return undefined;
  const run = inChannels % k === 0 ? k : inChannels;
  const outRows = outHeight / splits;
  return {
    info,
    splits,
    outRows,
    inRows: (outRows - 1) * strideHeight + info.filterHeight,
    run,
    runs: inChannels / run,
    height: info.inHeight + padInfo.top + padInfo.bottom,
    width: info.inWidth + padInfo.left + padInfo.right,
  };
}

function chooseSplits(k: number, batch: number, rows: number): number | undefined {
  const possible = Array.from({ length: rows }, (_, i) => i + 1)
    .filter((splits) => rows % splits === 0 && batch * splits % k === 0);
  return possible.findLast((splits) => splits <= preferredSplits) ?? possible[0];
}

/** x as `[run, split * batch, input row, column * channel]`, blocked. */
function imageOf(trace: Trace, x: SymbolicTensor, plan: Plan): Value {
  const { info, splits, outRows, inRows, run, runs, height, width } = plan;
  const { batchSize, strideHeight } = info;
  const rows = trace.reshape(padImage(trace, x, plan), [batchSize * runs * height, width * run]);
  const table = trace.table(
    `correlate image ${[batchSize, runs, height, splits, outRows, strideHeight, inRows]}`,
    () => {
      const table = new Int32Array(runs * splits * batchSize * inRows);
      let entry = 0;
      for (let c = 0; c < runs; c++) {
        for (let part = 0; part < splits; part++) {
          for (let n = 0; n < batchSize; n++) {
            const first = (n * runs + c) * height + part * outRows * strideHeight;
            for (let row = 0; row < inRows; row++) table[entry++] = first + row;
          }
        }
      }
      return table;
    },
  );
  const gathered = trace.op("Gather", [rows, table], { axis: 0 });
  const shape = [runs, splits * batchSize, inRows, width * run];
  return trace.blockedOp("ReorderInput", [trace.reshape(gathered, shape)]);
}

/** Memory `[batch * run, row, column * channel]` with the padding of the convolution. */
function padImage(trace: Trace, x: SymbolicTensor, { info, run, runs }: Plan): Value {
  const { top, left, bottom, right } = info.padInfo;
  const isBlocked = run === trace.blockSize;
  const isPadded = top + left + bottom + right > 0;
  if (isBlocked && isPadded) {
    // ORT's Pad is single-threaded; a depthwise convolution with ones is not.
    const channels = info.inChannels;
    const ones = trace.literal(new Float32Array(channels).fill(1), [channels, 1, 1, 1], "float32");
    const pads = [top, left, bottom, right];
    const attributes = { kernel_shape: [1, 1], pads, group: channels };
    return trace.blockedOp("Conv", [trace.blocked4(x), ones], attributes);
  }
  const memory = isBlocked ? trace.blocked5(x) : trace.rowMajor(x);
  if (!isPadded) return memory;
  const shape = [info.batchSize * runs, info.inHeight, info.inWidth * run];
  const pads = trace.int64([0, top, left * run, 0, bottom, right * run]);
  return trace.op("Pad", [trace.reshape(memory, shape), pads]);
}

/** dy as a filter `[output channel, split * batch, output row, output column]` in MLAS's order. */
function kernelOf(trace: Trace, dy: SymbolicTensor, plan: Plan): Value {
  const k = trace.blockSize;
  const { info, splits, outRows } = plan;
  const { batchSize, outHeight, outWidth } = info;
  const outChannels = wholeBlocks(trace, info.outChannels);
  const blocks = outChannels / k;
  const table = trace.table(
    `correlate kernel ${[batchSize, blocks, outHeight, outWidth, splits]}`,
    () => {
      const table = new Int32Array(blocks * splits * batchSize * outRows * outWidth);
      let entry = 0;
      for (let o = 0; o < blocks; o++) {
        for (let first = 0; first < splits * batchSize; first += k) {
          for (let row = 0; row < outRows; row++) {
            for (let column = 0; column < outWidth; column++) {
              for (let channel = first; channel < first + k; channel++) {
                const part = Math.floor(channel / batchSize);
                const image = (channel % batchSize) * blocks + o;
                table[entry++] = (image * outHeight + part * outRows + row) * outWidth + column;
              }
            }
          }
        }
      }
      return table;
    },
  );
  const pixels = [batchSize * blocks * outHeight * outWidth, k];
  const rows = trace.reshape(fullBlocks(trace, dy, info), pixels);
  const gathered = trace.op("Gather", [rows, table], { axis: 0 });
  return trace.reshape(gathered, [outChannels, splits * batchSize, outRows, outWidth]);
}

/** dy in whole blocks; fewer channels than a block are filled up by a product with an identity. */
function fullBlocks(trace: Trace, dy: SymbolicTensor, info: ConvInfo): Value {
  const k = trace.blockSize;
  const { batchSize, outHeight, outWidth, outChannels } = info;
  if (outChannels % k === 0) return trace.blocked5(dy);
  const identity = Float32Array.from(
    { length: outChannels * k },
    (_, position) => Math.floor(position / k) === position % k ? 1 : 0,
  );
  const rows = trace.reshape(trace.rowMajor(dy), [batchSize * outHeight * outWidth, outChannels]);
  return trace.op("MatMul", [rows, trace.literal(identity, [outChannels, k], "float32")]);
}
