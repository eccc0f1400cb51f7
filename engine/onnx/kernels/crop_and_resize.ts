import {
  CropAndResize,
  type CropAndResizeAttrs,
  type CropAndResizeInputs,
} from "@tensorflow/tfjs-core";
import type { Value } from "../graph/graph.ts";
import { onnxTypes } from "../graph/encode_model.ts";
import { defineKernel } from "../define_kernel.ts";
import type { SymbolicTensor } from "../symbolic_tensor.ts";
import type { Trace } from "../trace.ts";

/** Where the samples of each box lie along one axis, `[box, sample]`. */
interface Samples {
  /** Neighbouring positions, int32, and the second's weight. */
  readonly low: Value;
  readonly high: Value;
  readonly weight: Value;
  readonly nearest: Value;
  readonly isOutside: Value;
}

/**
 * Boxes `[y1, x1, y2, x2]` of images, in shares of height and width, sampled on a grid.
 * Positions are float32, as TensorFlow's are: a box that ends at 1 ends at the last pixel exactly.
 */
export const cropAndResize = defineKernel<CropAndResizeInputs, CropAndResizeAttrs>(
  CropAndResize,
  ["image", "boxes", "boxInd"],
  ({ trace, inputs: { image, boxes, boxInd }, attrs }) => {
    const { cropSize: [height, width], method, extrapolationValue } = attrs;
    const [batch = 0, imageHeight = 0, imageWidth = 0, channels = 0] = image.shape;
    const count = boxes.shape[0] ?? 0;
    const rows = samplesOf(trace, boxes, [0, 2], imageHeight, height);
    const columns = samplesOf(trace, boxes, [1, 3], imageWidth, width);
    const down = (value: Value) => trace.reshape(value, [count, height, 1]);
    const across = (value: Value) => trace.reshape(value, [count, 1, width]);
    const wanted = trace.reshape(trace.rowMajor(boxInd), [count, 1, 1]);
    const last = trace.scalar(batch - 1, "int32");
    const picture = trace.op("Min", [wanted, last]);
    const lines = trace.reshape(
      trace.op("Cast", [trace.rowMajor(image)], { to: onnxTypes.float32 }),
      [batch * imageHeight * imageWidth, channels],
    );
    const scaled = (value: Value, factor: number) =>
      trace.op("Mul", [value, trace.scalar(factor, "int32")]);
    const pixelsAt = (row: Value, column: Value) => {
      const line = trace.op("Add", [scaled(picture, imageHeight), down(row)]);
      const position = trace.op("Add", [scaled(line, imageWidth), across(column)]);
      return trace.op("Gather", [lines, position], { axis: 0 });
    };
    const mix = (a: Value, b: Value, weight: Value) =>
      trace.op("Add", [a, trace.op("Mul", [trace.op("Sub", [b, a]), weight])]);
    const sampled = () => {
      if (method === "nearest") return pixelsAt(rows.nearest, columns.nearest);
      const weightX = trace.reshape(columns.weight, [count, 1, width, 1]);
      const line = (row: Value) =>
        mix(pixelsAt(row, columns.low), pixelsAt(row, columns.high), weightX);
      const weightY = trace.reshape(rows.weight, [count, height, 1, 1]);
      return mix(line(rows.low), line(rows.high), weightY);
    };
    const isOutside = trace.op("Or", [down(rows.isOutside), across(columns.isOutside)]);
    const mask = trace.reshape(isOutside, [count, height, width, 1]);
    const filled = trace.op("Where", [mask, trace.scalar(extrapolationValue), sampled()]);
    // tfjs leaves boxes of images that are not there at zero.
    const isMissing = trace.reshape(trace.op("Greater", [wanted, last]), [count, 1, 1, 1]);
    const value = trace.op("Where", [isMissing, trace.scalar(0), filled]);
    return trace.fromRowMajor([count, height, width, channels], "float32", value);
  },
);

function samplesOf(
  trace: Trace,
  boxes: SymbolicTensor,
  [first, second]: readonly [number, number],
  extent: number,
  samples: number,
): Samples {
  const edge = (column: number) => {
    const index = trace.literal([column], [1], "int64");
    const share = trace.op("Gather", [trace.rowMajor(boxes), index], { axis: 1 });
    return trace.op("Mul", [share, trace.scalar(extent - 1)]);
  };
  const shares = Array.from(
    { length: samples },
    (_, sample) => samples > 1 ? sample / (samples - 1) : 0.5,
  );
  const weights = (values: readonly number[]) => trace.literal(values, [1, samples], "float32");
  const position = trace.op("Add", [
    trace.op("Mul", [edge(first), weights(shares.map((share) => 1 - share))]),
    trace.op("Mul", [edge(second), weights(shares)]),
  ]);
  const isOutside = trace.op("Or", [
    trace.op("Less", [position, trace.scalar(0)]),
    trace.op("Greater", [position, trace.scalar(extent - 1)]),
  ]);
  const inside = trace.op("Clip", [position, trace.scalar(0), trace.scalar(extent - 1)]);
  const integer = (value: Value) => trace.op("Cast", [value], { to: onnxTypes.int32 });
  const low = trace.op("Floor", [inside]);
  return {
    low: integer(low),
    high: integer(trace.op("Ceil", [inside])),
    weight: trace.op("Sub", [inside, low]),
    nearest: integer(trace.op("Floor", [trace.op("Add", [inside, trace.scalar(0.5)])])),
    isOutside,
  };
}
