/** Gradient of a convolution with respect to its input; also the transposed convolution. */

import { sizeOf } from "../../graph/graph.ts";
import { SymbolicTensor } from "../../symbolic_tensor.ts";
import type { Trace } from "../../trace.ts";
import { insetOf, putPart } from "../inset.ts";
import { matMul } from "../mat_mul.ts";
import { slice } from "../slice.ts";
import { backwardFilter } from "./blocked_filter.ts";
import { type ConvInfo, isDense, isPointwise, withInputChannels } from "./conv_info.ts";
import { canFeed, convolveBlocked } from "./convolve.ts";
import { cropForPads } from "./crop_for_pads.ts";
import { phasedInputGradient } from "./phased_input_gradient.ts";

/**
 * Records the gradient for the input of the convolution that `info` describes.
 *
 * With more channels than a block it is deferred: the convolution may have read a concatenation,
 * and then each part's gradient is computed by itself.
 */
export function inputGradient(
  trace: Trace,
  dy: SymbolicTensor,
  filter: SymbolicTensor,
  info: ConvInfo,
): SymbolicTensor {
  if (dy.uniformValue === 0) return trace.splat(info.inShape, "float32", 0);
  const inset = insetOf(info);
  if (inset !== undefined) {
    return putPart(trace, inputGradient(trace, dy, filter, inset.info), inset, info.inShape);
  }
  if (trace.isPortable || info.inChannels <= trace.blockSize) {
    return computeNow(trace, dy, filter, info);
  }
  const [height = 0, width = 0, , outChannels = 0] = filter.shape;
  const channels = (begin: number, count: number) => {
    const part = slice(trace, filter, [0, 0, begin, 0], [height, width, count, outChannels]);
    return computeNow(trace, dy, part, withInputChannels(info, count));
  };
  const make = () => computeNow(trace, dy, filter, info);
  const as = { kind: "input_gradient", channels } as const;
  return new SymbolicTensor(info.inShape, "float32", { kind: "deferred", make, as });
}

function computeNow(
  trace: Trace,
  dy: SymbolicTensor,
  filter: SymbolicTensor,
  info: ConvInfo,
): SymbolicTensor {
  const { inChannels, outChannels, inShape } = info;
  const isBlocked = !trace.isPortable && canFeed(trace, outChannels);
  if (isPointwise(info) && (!isBlocked || !trace.prefersBlocked(dy))) {
    const rows = trace.reshape(trace.rowMajor(dy), [sizeOf(dy.shape) / outChannels, outChannels]);
    const matrix = trace.rowMajor(trace.withShape(filter, [inChannels, outChannels]));
    const value = matMul(trace, rows, matrix, { transposeB: true });
    return trace.fromRowMajor(inShape, "float32", trace.reshape(value, inShape));
  }
  if (isBlocked && isDense(info)) return denseInputGradient(trace, dy, filter, info);
  if (isBlocked && canPhase(trace, info)) return phasedInputGradient(trace, dy, filter, info);
  return portableInputGradient(trace, dy, filter, info);
}

/** With stride 1 it is a convolution with the filter turned by 180 degrees. */
function denseInputGradient(
  trace: Trace,
  dy: SymbolicTensor,
  filter: SymbolicTensor,
  info: ConvInfo,
): SymbolicTensor {
  const { filterHeight, filterWidth, padInfo, inHeight, inWidth } = info;
  const tapCount = filterHeight * filterWidth;
  const turned = Array.from({ length: tapCount }, (_, tap) => tapCount - 1 - tap);
  const size = [filterHeight, filterWidth] as const;
  const before = [filterHeight - 1 - padInfo.top, filterWidth - 1 - padInfo.left] as const;
  const after = [
    inHeight + filterHeight - 1 - info.outHeight - before[0],
    inWidth + filterWidth - 1 - info.outWidth - before[1],
  ] as const;
  const { cropped, pads } = cropForPads(trace, dy, before, after);
  return convolveBlocked(
    trace,
    cropped,
    backwardFilter(trace, filter, turned, size),
    info.inShape,
    { kernel_shape: size, strides: [1, 1], dilations: [1, 1], pads },
  );
}

function canPhase(trace: Trace, info: ConvInfo): boolean {
  return info.strideHeight === 2 && info.strideWidth === 2 && info.dilationHeight === 1 &&
    info.dilationWidth === 1 && info.inChannels % trace.blockSize === 0 &&
    info.inHeight % 2 === 0 && info.inWidth % 2 === 0;
}

function portableInputGradient(
  trace: Trace,
  dy: SymbolicTensor,
  filter: SymbolicTensor,
  info: ConvInfo,
): SymbolicTensor {
  const image = trace.op("Transpose", [trace.rowMajor(dy)], { perm: [0, 3, 1, 2] });
  const weights = trace.op("Transpose", [trace.rowMajor(filter)], { perm: [3, 2, 0, 1] });
  const value = trace.op("ConvTranspose", [image, weights], transposedAttributes(info));
  const result = trace.op("Transpose", [value], { perm: [0, 2, 3, 1] });
  return trace.fromRowMajor(info.inShape, "float32", result);
}

/** Attributes of ConvTranspose that give back exactly the input size. */
export function transposedAttributes(info: ConvInfo) {
  const { padInfo, strideHeight, strideWidth } = info;
  const { top, left, bottom, right } = padInfo;
  // Rows and columns that no window reached, because the stride stopped before them.
  const unreached = [
    info.inHeight + top + bottom - (info.outHeight - 1) * strideHeight - info.effectiveFilterHeight,
    info.inWidth + left + right - (info.outWidth - 1) * strideWidth - info.effectiveFilterWidth,
  ];
  return {
    kernel_shape: [info.filterHeight, info.filterWidth],
    strides: [strideHeight, strideWidth],
    dilations: [info.dilationHeight, info.dilationWidth],
    pads: [top, left, bottom, right],
    output_padding: unreached,
  };
}
