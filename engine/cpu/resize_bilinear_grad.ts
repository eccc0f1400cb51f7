import * as tf from "@tensorflow/tfjs-core";
import { defineCpuKernel } from "./define_cpu_kernel.ts";
import { imageShape } from "./image_shape.ts";
import { resizeScale } from "./resize_scale.ts";

/** One output coordinate is `(1 - weight) * low + weight * high` of two input coordinates. */
interface Neighbours {
  readonly low: number;
  readonly high: number;
  readonly weight: number;
}

/**
 * Gradient of bilinear resizing: every output pixel's cotangent is shared among the four pixels it
 * was mixed from, by the weights of the mixture.
 *
 * Replaces the kernel of tfjs-backend-cpu 4.22.0, which returns `[batch, width, height, channel]`
 * and ignores `halfPixelCenters`.
 *
 * Shapes: images `[batch, height, width, channel]`, dy `[batch, newHeight, newWidth, channel]`,
 * result like images; float32, summed in float64.
 */
export const resizeBilinearGrad = defineCpuKernel<tf.ResizeBilinearGradAttrs>(
  tf.ResizeBilinearGrad,
  (call) => {
    const images = call.input("images");
    const dy = call.input("dy");
    const [batch, height, width, channels] = imageShape(tf.ResizeBilinearGrad, images);
    const [, newHeight, newWidth] = imageShape(tf.ResizeBilinearGrad, dy);
    const rows = neighbours(height, newHeight, call.attributes);
    const columns = neighbours(width, newWidth, call.attributes);
    const cotangent = call.float32(dy);
    const sums = new Float64Array(batch * height * width * channels);
    let from = 0;
    for (let b = 0; b < batch; b++) {
      const at = (row: number, column: number) => ((b * height + row) * width + column) * channels;
      for (const row of rows) {
        for (const column of columns) {
          const share = [
            { to: at(row.low, column.low), weight: (1 - row.weight) * (1 - column.weight) },
            { to: at(row.low, column.high), weight: (1 - row.weight) * column.weight },
            { to: at(row.high, column.low), weight: row.weight * (1 - column.weight) },
            { to: at(row.high, column.high), weight: row.weight * column.weight },
          ];
          for (const { to, weight } of share) {
            for (let c = 0; c < channels; c++) sums[to + c]! += weight * cotangent[from + c]!;
          }
          from += channels;
        }
      }
    }
    return call.output(images.shape, Float32Array.from(sums));
  },
);

function neighbours(
  size: number,
  newSize: number,
  attributes: tf.ResizeBilinearGradAttrs,
): readonly Neighbours[] {
  const scale = resizeScale(size, newSize, attributes.alignCorners);
  const offset = attributes.halfPixelCenters ? 0.5 : 0;
  return Array.from({ length: newSize }, (_, i) => {
    const source = scale * (i + offset) - offset;
    const low = Math.max(0, Math.floor(source));
    const high = Math.min(size - 1, Math.ceil(source));
    return { low, high, weight: source - low };
  });
}
