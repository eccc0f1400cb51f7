import {
  backend_util,
  RotateWithOffset,
  type RotateWithOffsetAttrs,
  type RotateWithOffsetInputs,
} from "@tensorflow/tfjs-core";
import { defineKernel } from "../define_kernel.ts";

/** What tfjs gives the fourth channel of pixels from outside the image. */
const opaque = 255;

/** Images turned about a centre, each pixel from the nearest one or from outside. */
export const rotateWithOffset = defineKernel<RotateWithOffsetInputs, RotateWithOffsetAttrs>(
  RotateWithOffset,
  ["image"],
  ({ trace, inputs: { image }, attrs: { radians, fillValue, center } }) => {
    const [batch = 0, height = 0, width = 0, channels = 0] = image.shape;
    const [centerX, centerY] = backend_util.getImageCenter(center, height, width);
    const [sine, cosine] = [Math.sin(radians), Math.cos(radians)];
    const pixels = height * width;
    const sources = new Int32Array(pixels);
    const isInside = new Uint8Array(pixels);
    for (let pixel = 0; pixel < pixels; pixel++) {
      const x = pixel % width - centerX;
      const y = Math.floor(pixel / width) - centerY;
      const column = Math.round(x * cosine - y * sine + centerX);
      const row = Math.round(x * sine + y * cosine + centerY);
      if (column < 0 || column >= width || row < 0 || row >= height) continue;
      sources[pixel] = row * width + column;
      isInside[pixel] = 1;
    }
    const fill = Array.from({ length: channels }, (_, channel) => {
      if (typeof fillValue === "number") return fillValue;
      return channel === 3 ? opaque : fillValue[channel] ?? 0;
    });
    const rows = trace.reshape(trace.rowMajor(image), [batch, pixels, channels]);
    const table = trace.literal(sources, [pixels], "int32");
    const value = trace.op("Where", [
      trace.literal(isInside, [1, pixels, 1], "bool"),
      trace.op("Gather", [rows, table], { axis: 1 }),
      trace.literal(fill, [channels], image.dtype),
    ]);
    return trace.fromRowMajor(image.shape, image.dtype, trace.reshape(value, image.shape));
  },
);
