import { DepthToSpace, type DepthToSpaceInputs } from "@tensorflow/tfjs-core";
import { defineKernel } from "../define_kernel.ts";

interface Attributes {
  readonly blockSize: number;
  readonly dataFormat: "NHWC" | "NCHW";
}

/** Channels become blocks of pixels: [b, h, w, s * s * c] -> [b, h * s, w * s, c]. */
export const depthToSpace = defineKernel<DepthToSpaceInputs, Attributes>(
  DepthToSpace,
  ["x"],
  ({ trace, inputs: { x }, attrs: { blockSize: size, dataFormat } }) => {
    if (dataFormat !== "NHWC") {
      throw new Error(
        `Cannot compile depthToSpace: the data format must be NHWC, but it is ${dataFormat}`,
      );
    }
    const [batch = 0, height = 0, width = 0, depth = 0] = x.shape;
    const channels = depth / (size * size);
    const split = trace.reshape(trace.rowMajor(x), [batch, height, width, size, size, channels]);
    const moved = trace.op("Transpose", [split], { perm: [0, 1, 3, 2, 4, 5] });
    const shape = [batch, height * size, width * size, channels];
    return trace.fromRowMajor(shape, x.dtype, trace.reshape(moved, shape));
  },
);
