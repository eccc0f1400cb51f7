import {
  MaxPoolWithArgmax,
  type MaxPoolWithArgmaxAttrs,
  type MaxPoolWithArgmaxInputs,
} from "@tensorflow/tfjs-core";
import { onnxTypes } from "../graph/encode_model.ts";
import { defineKernel } from "../define_kernel.ts";
import { channelsFirst, fromChannelsFirst, poolAttributes, poolInfo } from "../lower/pool_info.ts";

/** Maxima of windows and where they are: `(row * width + column) * channels + channel`. */
export const maxPoolWithArgmax = defineKernel<MaxPoolWithArgmaxInputs, MaxPoolWithArgmaxAttrs>(
  MaxPoolWithArgmax,
  ["x"],
  ({ trace, inputs: { x }, attrs: { filterSize, strides, pad, includeBatchInIndex } }) => {
    const info = poolInfo(x.shape, { filterSize, strides, pad });
    const { batchSize, inChannels, inHeight, inWidth, outShape } = info;
    const [maxima = "", positions = ""] = trace.ops(
      "MaxPool",
      [channelsFirst(trace, x)],
      poolAttributes(info),
      2,
    );
    // ONNX counts through [batch, channel, row, column].
    const plane = inHeight * inWidth;
    const counted = trace.op("Cast", [positions], { to: onnxTypes.int32 });
    const pixel = trace.op("Mod", [counted, trace.scalar(plane, "int32")]);
    const first = trace.op("Mul", [pixel, trace.scalar(inChannels, "int32")]);
    const starts = Array.from({ length: batchSize * inChannels }, (_, index) => {
      const batch = Math.floor(index / inChannels);
      return index % inChannels + (includeBatchInIndex ? batch * plane * inChannels : 0);
    });
    const offsets = trace.literal(starts, [batchSize, inChannels, 1, 1], "int32");
    const indices = trace.op("Add", [first, offsets]);
    return [
      fromChannelsFirst(trace, outShape, maxima),
      fromChannelsFirst(trace, outShape, indices, "int32"),
    ];
  },
);
