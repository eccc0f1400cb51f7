import * as tf from "@tensorflow/tfjs-core";
import { defineCpuKernel } from "./define_cpu_kernel.ts";
import { imageShape } from "./image_shape.ts";
import { resizeScale } from "./resize_scale.ts";

/**
 * Gradient of nearest-neighbour resizing: every output pixel's cotangent is added to the pixel it
 * was copied from, `dx[b, source(y), source(x), c] += dy[b, y, x, c]`.
 *
 * Replaces the kernel of tfjs-backend-cpu 4.22.0, which indexes `dy` with the batch stride of the
 * images (wrong for batch > 1), ignores `halfPixelCenters`, and never returns when it grows a
 * single row or column with `alignCorners`.
 *
 * Shapes: images `[batch, height, width, channel]`, dy `[batch, newHeight, newWidth, channel]`,
 * result like images; float32, summed in float64.
 */
export const resizeNearestNeighborGrad = defineCpuKernel<tf.ResizeNearestNeighborGradAttrs>(
  tf.ResizeNearestNeighborGrad,
  (call) => {
    const images = call.input("images");
    const dy = call.input("dy");
    const [batch, height, width, channels] = imageShape(tf.ResizeNearestNeighborGrad, images);
    const [, newHeight, newWidth] = imageShape(tf.ResizeNearestNeighborGrad, dy);
    const rows = nearestSources(height, newHeight, call.attributes);
    const columns = nearestSources(width, newWidth, call.attributes);
    const cotangent = call.float32(dy);
    const sums = new Float64Array(batch * height * width * channels);
    let from = 0;
    for (let b = 0; b < batch; b++) {
      for (const row of rows) {
        for (const column of columns) {
          const to = ((b * height + row) * width + column) * channels;
          for (let c = 0; c < channels; c++) sums[to + c]! += cotangent[from++]!;
        }
      }
    }
    return call.output(images.shape, Float32Array.from(sums));
  },
);

/** For every output coordinate, the input coordinate that tfjs's forward kernel copies from. */
function nearestSources(
  size: number,
  newSize: number,
  attributes: tf.ResizeNearestNeighborGradAttrs,
): readonly number[] {
  const { alignCorners, halfPixelCenters } = attributes;
  const scale = resizeScale(size, newSize, alignCorners);
  const offset = halfPixelCenters ? 0.5 : 0;
  const round = alignCorners ? Math.round : Math.floor;
  return Array.from(
    { length: newSize },
    (_, i) => Math.max(0, Math.min(size - 1, round(scale * (i + offset)))),
  );
}
