/** Sizes of a convolution, as tfjs computes them. */

import { backend_util } from "@tensorflow/tfjs-core";
import { exactPadding } from "../inset.ts";

export type ConvInfo = backend_util.Conv2DInfo;

/** What tfjs's convolution kernels are told. */
export interface ConvAttributes {
  readonly strides: [number, number] | number;
  readonly pad: "valid" | "same" | number | backend_util.ExplicitPadding;
  readonly dilations?: [number, number] | number;
  readonly dataFormat?: "NHWC" | "NCHW";
  readonly dimRoundingMode?: "floor" | "round" | "ceil";
}

/**
 * Sizes of a convolution of an input `[batch, height, width, channel]` with a filter
 * `[height, width, input channel, output channel]`.
 * @throws {Error} When the data are channels first.
 */
export function convInfo(
  inputShape: readonly number[],
  filterShape: readonly number[],
  attributes: ConvAttributes,
  isDepthwise = false,
): ConvInfo {
  if (attributes.dataFormat !== undefined && attributes.dataFormat !== "NHWC") {
    throw new Error(
      `Cannot compile a convolution: its data format must be NHWC, but it is ${attributes.dataFormat}`,
    );
  }
  const info = backend_util.computeConv2DInfo(
    fourOf(inputShape),
    fourOf(filterShape),
    attributes.strides,
    attributes.dilations ?? 1,
    attributes.pad,
    attributes.dimRoundingMode,
    isDepthwise,
    "channelsLast",
  );
  // Rounding may need more padding behind than tfjs states, or less.
  return exactPadding(info);
}

/** The same convolution on fewer input channels. */
export function withInputChannels(info: ConvInfo, inChannels: number): ConvInfo {
  const [batch, height, width] = info.inShape;
  const [filterHeight, filterWidth, , outChannels] = info.filterShape;
  return {
    ...info,
    inChannels,
    inShape: [batch, height, width, inChannels],
    filterShape: [filterHeight, filterWidth, inChannels, outChannels],
  };
}

/** Attributes of the ONNX operator Conv. */
export function convAttributes(info: ConvInfo) {
  const { top, left, bottom, right } = info.padInfo;
  return {
    kernel_shape: [info.filterHeight, info.filterWidth],
    strides: [info.strideHeight, info.strideWidth],
    dilations: [info.dilationHeight, info.dilationWidth],
    pads: [top, left, bottom, right],
  };
}

/** Whether neighbouring outputs come from neighbouring inputs. */
export function isDense(info: ConvInfo): boolean {
  return info.strideHeight === 1 && info.strideWidth === 1 && info.dilationHeight === 1 &&
    info.dilationWidth === 1;
}

/** Whether each output position sees one input position only, without gaps. */
export function isPointwise(info: ConvInfo): boolean {
  const { top, left, bottom, right } = info.padInfo;
  return info.filterHeight === 1 && info.filterWidth === 1 && info.strideHeight === 1 &&
    info.strideWidth === 1 && top + left + bottom + right === 0;
}

function fourOf(shape: readonly number[]): [number, number, number, number] {
  const [a, b, c, d] = shape;
  if (a === undefined || b === undefined || c === undefined || d === undefined) {
    throw new Error(`Cannot compile a convolution: rank 4 is required, but a shape is [${shape}]`);
  }
  return [a, b, c, d];
}
