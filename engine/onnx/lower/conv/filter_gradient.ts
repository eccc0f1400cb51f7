/** Gradient of a convolution with respect to its filter. */

import type { SymbolicTensor } from "../../symbolic_tensor.ts";
import type { Trace } from "../../trace.ts";
import { insetOf, takePart } from "../inset.ts";
import { matMul } from "../mat_mul.ts";
import type { ConvInfo } from "./conv_info.ts";
import { isPointwise, withInputChannels } from "./conv_info.ts";
import { correlate } from "./correlate.ts";

/** Records the gradient for the filter of the convolution that `info` describes. */
export function filterGradient(
  trace: Trace,
  x: SymbolicTensor,
  dy: SymbolicTensor,
  info: ConvInfo,
): SymbolicTensor {
  if (x.uniformValue === 0 || dy.uniformValue === 0) {
    return trace.splat(info.filterShape, "float32", 0);
  }
  const inset = insetOf(info);
  if (inset !== undefined) return filterGradient(trace, takePart(trace, x, inset), dy, inset.info);
  return gradientOfParts(trace, x, dy, info) ?? correlate(trace, x, dy, info) ??
    productOfPatches(trace, x, dy, info);
}

/** The gradient over joined channels is made of the gradients over the parts. */
function gradientOfParts(trace: Trace, x: SymbolicTensor, dy: SymbolicTensor, info: ConvInfo) {
  if (x.deferred?.kind !== "concat") return undefined;
  const gradients = x.deferred.parts.map((part) => {
    const partInfo = withInputChannels(info, part.shape[3] ?? 0);
    return part.uniformValue === 0
      ? trace.splat(partInfo.filterShape, "float32", 0)
      : correlate(trace, part, dy, partInfo);
  });
  const values = [];
  for (const gradient of gradients) {
    if (gradient === undefined) return undefined;
    values.push(trace.rowMajor(gradient));
  }
  const value = trace.op("Concat", values, { axis: 2 });
  return trace.fromRowMajor(info.filterShape, "float32", value);
}

/** General form: one Gather makes `[batch * output, tap * channel]` patches, then one product. */
function productOfPatches(
  trace: Trace,
  x: SymbolicTensor,
  dy: SymbolicTensor,
  info: ConvInfo,
): SymbolicTensor {
  const { batchSize, outHeight, outWidth, outChannels, inChannels } = info;
  const positions = batchSize * outHeight * outWidth;
  const errors = trace.reshape(trace.rowMajor(dy), [positions, outChannels]);
  const patches = isPointwise(info)
    ? trace.reshape(trace.rowMajor(x), [positions, inChannels])
    : gatherPatches(trace, x, info);
  const value = matMul(trace, patches, errors, { transposeA: true });
  return trace.fromRowMajor(info.filterShape, "float32", trace.reshape(value, info.filterShape));
}

function gatherPatches(trace: Trace, x: SymbolicTensor, info: ConvInfo) {
  const { batchSize, inChannels, outHeight, outWidth, filterHeight, filterWidth } = info;
  const { top, bottom, left, right } = info.padInfo;
  const [height, width] = [info.inHeight + top + bottom, info.inWidth + left + right];
  const image = trace.rowMajor(x);
  const padded = top + bottom + left + right === 0
    ? image
    : trace.op("Pad", [image, trace.int64([0, top, left, 0, 0, bottom, right, 0])]);
  const key = [height, width, filterHeight, filterWidth, outHeight, outWidth];
  const steps = [info.strideHeight, info.strideWidth, info.dilationHeight, info.dilationWidth];
  const table = trace.table(`patches ${key} ${steps}`, () => patchTable(info, width));
  const pixels = trace.reshape(padded, [batchSize, height * width, inChannels]);
  const patches = trace.op("Gather", [pixels, table], { axis: 1 });
  const taps = filterHeight * filterWidth * inChannels;
  return trace.reshape(patches, [batchSize * outHeight * outWidth, taps]);
}

/** Positions in the padded image, for each output and each tap. */
function patchTable(info: ConvInfo, width: number): Int32Array {
  const { outHeight, outWidth, filterHeight, filterWidth } = info;
  const table = new Int32Array(outHeight * outWidth * filterHeight * filterWidth);
  let entry = 0;
  for (let row = 0; row < outHeight; row++) {
    for (let column = 0; column < outWidth; column++) {
      for (let v = 0; v < filterHeight; v++) {
        const y = row * info.strideHeight + v * info.dilationHeight;
        const x = column * info.strideWidth;
        for (let h = 0; h < filterWidth; h++) {
          table[entry++] = y * width + x + h * info.dilationWidth;
        }
      }
    }
  }
  return table;
}
