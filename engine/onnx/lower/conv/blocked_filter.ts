/**
 * Filters in the order that blocked convolutions read them, made inside the graph.
 *
 * tfjs keeps filters as `[height, width, input, output]`. MLAS wants
 * `[output / k, input / k, tap, input in block, output in block]`, or, when there are fewer inputs
 * than a block has, `[output / k, input, tap, output in block]`. ORT's Transpose is single-threaded;
 * where whole blocks move, one Gather over rows of k numbers does the same in parallel.
 */

import type { Value } from "../../graph/graph.ts";
import type { SymbolicTensor } from "../../symbolic_tensor.ts";
import type { Trace } from "../../trace.ts";

/** Rounds a channel count up to whole blocks. */
export function wholeBlocks(trace: Trace, channels: number): number {
  return Math.ceil(channels / trace.blockSize) * trace.blockSize;
}

/** The filter of the convolution itself: input channels to output channels. */
export function forwardFilter(trace: Trace, filter: SymbolicTensor): Value {
  const k = trace.blockSize;
  const [height = 0, width = 0] = filter.shape;
  const { value, inputs, outputs } = padded(trace, filter, "forward");
  const taps = Array.from({ length: height * width }, (_, tap) => tap);
  const labels = [outputs, inputs, height, width];
  if (inputs < k) {
    const split = trace.reshape(value, [height, width, inputs, outputs / k, k]);
    return trace.reshape(trace.op("Transpose", [split], { perm: [3, 2, 0, 1, 4] }), labels);
  }
  return trace.reshape(gatherForward(trace, value, { taps, inputs, outputs }), labels);
}

/**
 * The filter of a convolution that goes back: from output channels to input channels.
 * @param taps Positions `row * width + column` of the taps to use, in the order of the new filter.
 * @param size Height and width of the new filter.
 */
export function backwardFilter(
  trace: Trace,
  filter: SymbolicTensor,
  taps: readonly number[],
  size: readonly [number, number],
): Value {
  const k = trace.blockSize;
  const [height = 0, width = 0] = filter.shape;
  const { value, inputs, outputs } = padded(trace, filter, "backward");
  const labels = [inputs, outputs, ...size];
  if (outputs < k) {
    const rows = trace.reshape(value, [height * width, inputs * outputs]);
    const table = trace.literal(taps, [taps.length], "int64");
    const chosen = trace.op("Gather", [rows, table], { axis: 0 });
    const split = trace.reshape(chosen, [taps.length, inputs / k, k, outputs]);
    return trace.reshape(trace.op("Transpose", [split], { perm: [1, 3, 0, 2] }), labels);
  }
  const sizes = { tapCount: height * width, taps, inputs, outputs };
  return trace.reshape(gatherBackward(trace, value, sizes), labels);
}

/** Fills the channels up with zeros, where the layout asks for whole blocks. */
function padded(trace: Trace, filter: SymbolicTensor, direction: "forward" | "backward") {
  const k = trace.blockSize;
  const [, , inputs = 0, outputs = 0] = filter.shape;
  const isForward = direction === "forward";
  const wholeInputs = isForward && inputs < k ? inputs : wholeBlocks(trace, inputs);
  const wholeOutputs = !isForward && outputs < k ? outputs : wholeBlocks(trace, outputs);
  const value = trace.rowMajor(filter);
  const [more, moreOut] = [wholeInputs - inputs, wholeOutputs - outputs];
  if (more === 0 && moreOut === 0) return { value, inputs, outputs };
  const pads = trace.int64([0, 0, 0, 0, 0, 0, more, moreOut]);
  return { value: trace.op("Pad", [value, pads]), inputs: wholeInputs, outputs: wholeOutputs };
}

interface FilterSize {
  readonly taps: readonly number[];
  readonly inputs: number;
  readonly outputs: number;
}

/** Rows `[tap, input, output block]` to `[output block, input block, tap, input in block]`. */
function gatherForward(trace: Trace, value: Value, { taps, inputs, outputs }: FilterSize): Value {
  const k = trace.blockSize;
  const rows = taps.length * inputs * outputs / k;
  const table = trace.table(`forward filter ${inputs} ${outputs} ${taps}`, () => {
    const table = new Int32Array(rows);
    let row = 0;
    for (let o = 0; o < outputs / k; o++) {
      for (let i = 0; i < inputs; i += k) {
        for (const tap of taps) {
          for (let j = 0; j < k; j++) table[row++] = (tap * inputs + i + j) * (outputs / k) + o;
        }
      }
    }
    return table;
  });
  return trace.op("Gather", [trace.reshape(value, [rows, k]), table], { axis: 0 });
}

/**
 * Swaps input and output within rows by reordering `[tap, input, 1, output]` as if it were an
 * image, then moves rows `[tap, input block, output]` to `[input block, output block, tap, output
 * in block]`.
 */
function gatherBackward(
  trace: Trace,
  value: Value,
  { tapCount, taps, inputs, outputs }: FilterSize & { readonly tapCount: number },
): Value {
  const k = trace.blockSize;
  const image = trace.reshape(value, [tapCount, inputs, 1, outputs]);
  const swapped = trace.blockedOp("ReorderInput", [image]);
  const table = trace.table(`backward filter ${inputs} ${outputs} ${taps}`, () => {
    const table = new Int32Array(taps.length * inputs * outputs / k);
    let row = 0;
    for (let i = 0; i < inputs / k; i++) {
      for (let o = 0; o < outputs; o += k) {
        for (const tap of taps) {
          for (let j = 0; j < k; j++) table[row++] = (tap * (inputs / k) + i) * outputs + o + j;
        }
      }
    }
    return table;
  });
  const rows = trace.reshape(swapped, [tapCount * inputs * outputs / k, k]);
  return trace.op("Gather", [rows, table], { axis: 0 });
}
