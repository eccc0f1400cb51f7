/**
 * Gradients of pooling over clips. They replace those of tfjs-backend-cpu 4.22.0: its mean divides
 * by the whole window although its forward kernel divides by the elements inside the clip, and its
 * maximum mixes up positions when a window is not as wide as it is high (`wRow *
 * effectiveFilterHeight` in `pool_utils`) and takes the last of equal maxima, where the kernel for
 * images takes the first.
 *
 * Shapes: input `[batch, depth, height, width, channel]`, dy likewise with the pooled sizes, result
 * like input; float32, summed in float64.
 */

import * as tf from "@tensorflow/tfjs-core";
import { type CpuKernelCall, defineCpuKernel } from "./define_cpu_kernel.ts";

/** The part of a window that lies inside the clip: [start, end) along one axis. */
interface Span {
  readonly start: number;
  readonly end: number;
}

type Attributes = tf.AvgPool3DGradAttrs;

export const avgPool3DGrad = defineCpuKernel<Attributes>(tf.AvgPool3DGrad, (call) => {
  const sums = new Float64Array(tf.util.sizeFromShape(call.input("input").shape));
  forEachWindow(tf.AvgPool3DGrad, call, (elements, error) => {
    for (const element of elements) sums[element]! += error / elements.length;
  });
  return call.output(call.input("input").shape, Float32Array.from(sums));
});

export const maxPool3DGrad = defineCpuKernel<Attributes>(tf.MaxPool3DGrad, (call) => {
  const input = call.input("input");
  const values = call.float32(input);
  const sums = new Float64Array(values.length);
  forEachWindow(tf.MaxPool3DGrad, call, (elements, error) => {
    let best = elements[0]!;
    for (const element of elements) if (values[element]! > values[best]!) best = element;
    sums[best]! += error;
  });
  return call.output(input.shape, Float32Array.from(sums));
});

/** Calls `visit` with the positions of each window's elements, in order, and its cotangent. */
function forEachWindow(
  kernelName: string,
  call: CpuKernelCall<Attributes>,
  visit: (elements: readonly number[], error: number) => void,
): void {
  const [batch, depth, height, width, channels] = clipShape(kernelName, call.input("input"));
  const { filterSize, strides, pad, dimRoundingMode } = call.attributes;
  const pool = tf.backend_util.computePool3DInfo(
    [batch, depth, height, width, channels],
    filterSize,
    strides,
    1,
    pad,
    dimRoundingMode,
  );
  const { padInfo } = pool;
  const frames = spans(pool.outDepth, pool.strideDepth, pool.filterDepth, padInfo.front, depth);
  const rows = spans(pool.outHeight, pool.strideHeight, pool.filterHeight, padInfo.top, height);
  const columns = spans(pool.outWidth, pool.strideWidth, pool.filterWidth, padInfo.left, width);
  const cotangent = call.float32(call.input("dy"));
  let from = 0;
  for (let b = 0; b < batch; b++) {
    for (const frame of frames) {
      for (const row of rows) {
        for (const column of columns) {
          const positions: number[] = [];
          for (let z = frame.start; z < frame.end; z++) {
            for (let y = row.start; y < row.end; y++) {
              for (let x = column.start; x < column.end; x++) {
                positions.push((((b * depth + z) * height + y) * width + x) * channels);
              }
            }
          }
          for (let c = 0; c < channels; c++) {
            visit(positions.map((position) => position + c), cotangent[from++]!);
          }
        }
      }
    }
  }
}

function spans(count: number, stride: number, length: number, padding: number, size: number) {
  return Array.from({ length: count }, (_, i): Span => ({
    start: Math.max(0, i * stride - padding),
    end: Math.min(size, i * stride - padding + length),
  }));
}

function clipShape(kernelName: string, { shape }: tf.TensorInfo) {
  const [batch, depth, height, width, channels] = shape;
  if (
    shape.length !== 5 || batch === undefined || depth === undefined || height === undefined ||
    width === undefined || channels === undefined
  ) {
    throw new RangeError(
      `Cannot run kernel "${kernelName}": clips must be [batch, depth, height, width, channel], found [${shape}]`,
    );
  }
  return [batch, depth, height, width, channels] as const;
}
