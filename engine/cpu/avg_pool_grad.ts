import * as tf from "@tensorflow/tfjs-core";
import { defineCpuKernel } from "./define_cpu_kernel.ts";
import { imageShape } from "./image_shape.ts";

interface Attributes extends tf.AvgPoolGradAttrs {
  readonly dimRoundingMode?: "floor" | "round" | "ceil";
}

/**
 * Gradient of average pooling: every output's cotangent is shared equally among the pixels that were
 * averaged, which at the border are those of the window that lie inside the image.
 *
 * Replaces the kernel of tfjs-backend-cpu 4.22.0, which divides by the whole window although its
 * forward kernel divides by the pixels inside (found by comparing with PyTorch).
 *
 * Shapes: input `[batch, height, width, channel]`, dy `[batch, outHeight, outWidth, channel]`,
 * result like input; float32, summed in float64.
 */
export const avgPoolGrad = defineCpuKernel<Attributes>(tf.AvgPoolGrad, (call) => {
  const input = call.input("input");
  const [batch, height, width, channels] = imageShape(tf.AvgPoolGrad, input);
  const { filterSize, strides, pad, dimRoundingMode } = call.attributes;
  const pool = tf.backend_util.computePool2DInfo(
    [batch, height, width, channels],
    filterSize,
    strides,
    1,
    pad,
    dimRoundingMode,
  );
  const rows = windows(
    pool.outHeight,
    pool.strideHeight,
    pool.filterHeight,
    pool.padInfo.top,
    height,
  );
  const columns = windows(
    pool.outWidth,
    pool.strideWidth,
    pool.filterWidth,
    pool.padInfo.left,
    width,
  );
  const cotangent = call.float32(call.input("dy"));
  const sums = new Float64Array(batch * height * width * channels);
  let from = 0;
  for (let b = 0; b < batch; b++) {
    for (const row of rows) {
      for (const column of columns) {
        const count = (row.end - row.start) * (column.end - column.start);
        for (let y = row.start; y < row.end; y++) {
          for (let x = column.start; x < column.end; x++) {
            const to = ((b * height + y) * width + x) * channels;
            for (let c = 0; c < channels; c++) sums[to + c]! += cotangent[from + c]! / count;
          }
        }
        from += channels;
      }
    }
  }
  return call.output(input.shape, Float32Array.from(sums));
});

/** The part of each window that lies inside the image: [start, end). */
function windows(count: number, stride: number, length: number, padding: number, size: number) {
  return Array.from({ length: count }, (_, i) => ({
    start: Math.max(0, i * stride - padding),
    end: Math.min(size, i * stride - padding + length),
  }));
}
