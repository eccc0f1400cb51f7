/**
 * Windows that start inside an image or stop before its end. tfjs asks for such where it rounds
 * sizes its own way: one rule for both axes when the padding is a number, and paddings below zero
 * for "same" over clips. ONNX has neither, but the part of the image that the windows reach is an
 * image like any other.
 */

import type { backend_util } from "@tensorflow/tfjs-core";
import type { SymbolicTensor } from "../symbolic_tensor.ts";
import type { Trace } from "../trace.ts";
import { pad } from "./pad.ts";
import { slice } from "./slice.ts";

type WindowInfo = backend_util.Conv2DInfo;

export interface Inset {
  /** The same windows over the part, without padding below zero. */
  readonly info: WindowInfo;
  readonly begin: readonly number[];
  readonly size: readonly number[];
}

/** The sizes with padding behind that makes exactly as many windows as there are outputs. */
export function exactPadding(info: WindowInfo): WindowInfo {
  const { padInfo } = info;
  const behind = (axis: Axis) => {
    const { out, stride, filter, size, before, after } = axis;
    const fits = Math.floor((size + before + after - filter) / stride) + 1;
    return fits === out ? after : (out - 1) * stride + filter - size - before;
  };
  const { rows, columns } = axesOf(info);
  return { ...info, padInfo: { ...padInfo, bottom: behind(rows), right: behind(columns) } };
}

/** What the windows reach, if that is not the whole image. */
export function insetOf(info: WindowInfo): Inset | undefined {
  const { top, left, bottom, right } = info.padInfo;
  if (Math.min(top, left, bottom, right) >= 0) return undefined;
  const cut = (padding: number) => Math.max(0, -padding);
  const kept = (padding: number) => Math.max(0, padding);
  const inHeight = info.inHeight - cut(top) - cut(bottom);
  const inWidth = info.inWidth - cut(left) - cut(right);
  const size: [number, number, number, number] = [
    info.batchSize,
    inHeight,
    inWidth,
    info.inChannels,
  ];
  const padInfo = {
    ...info.padInfo,
    top: kept(top),
    left: kept(left),
    bottom: kept(bottom),
    right: kept(right),
  };
  return {
    info: { ...info, inHeight, inWidth, inShape: size, padInfo },
    begin: [0, cut(top), cut(left), 0],
    size,
  };
}

export function takePart(trace: Trace, x: SymbolicTensor, { begin, size }: Inset): SymbolicTensor {
  return slice(trace, x, begin, size);
}

/** The gradient for the whole image: nothing where no window was. */
export function putPart(
  trace: Trace,
  part: SymbolicTensor,
  { begin, size }: Inset,
  shape: readonly number[],
): SymbolicTensor {
  const amounts = shape.map((extent, axis) => {
    const before = begin[axis] ?? 0;
    return [before, extent - before - (size[axis] ?? 0)] as const;
  });
  return pad(trace, part, amounts, 0);
}

interface Axis {
  readonly out: number;
  readonly stride: number;
  readonly filter: number;
  readonly size: number;
  readonly before: number;
  readonly after: number;
}

function axesOf(info: WindowInfo): { readonly rows: Axis; readonly columns: Axis } {
  const { padInfo } = info;
  return {
    rows: {
      out: info.outHeight,
      stride: info.strideHeight,
      filter: info.effectiveFilterHeight,
      size: info.inHeight,
      before: padInfo.top,
      after: padInfo.bottom,
    },
    columns: {
      out: info.outWidth,
      stride: info.strideWidth,
      filter: info.effectiveFilterWidth,
      size: info.inWidth,
      before: padInfo.left,
      after: padInfo.right,
    },
  };
}
