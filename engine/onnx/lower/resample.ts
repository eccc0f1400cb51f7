/**
 * Linear resampling of images: each axis by a matrix `[output, input]`. The gradient of a
 * resampling is the resampling by the transposed matrices.
 */

import { onnxTypes } from "../graph/encode_model.ts";
import type { SymbolicTensor } from "../symbolic_tensor.ts";
import type { Trace } from "../trace.ts";

/** A matrix `[rows, columns]` in row-major order. */
export interface ResamplingMatrix {
  readonly rows: number;
  readonly columns: number;
  readonly values: Float32Array;
}

/** How tfjs maps output positions to input positions. */
export interface ResizeAttributes {
  readonly alignCorners: boolean;
  readonly halfPixelCenters: boolean;
}

/** Takes the nearest element, as tfjs's kernels choose it. */
export function nearestMatrix(
  input: number,
  output: number,
  attributes: ResizeAttributes,
): ResamplingMatrix {
  const values = new Float32Array(output * input);
  nearestPositions(input, output, attributes)
    .forEach((position, index) => values[index * input + position] = 1);
  return { rows: output, columns: input, values };
}

/** The input position of each output position. */
export function nearestPositions(
  input: number,
  output: number,
  { alignCorners, halfPixelCenters }: ResizeAttributes,
): number[] {
  const ratio = stepOf(input, output, alignCorners);
  return Array.from({ length: output }, (_, index) => {
    const position = halfPixelCenters ? (index + 0.5) * ratio : index * ratio;
    return Math.min(input - 1, alignCorners ? Math.round(position) : Math.floor(position));
  });
}

/** Weights the two neighbours by their distance. */
export function bilinearMatrix(
  input: number,
  output: number,
  { alignCorners, halfPixelCenters }: ResizeAttributes,
): ResamplingMatrix {
  const ratio = stepOf(input, output, alignCorners);
  const values = new Float32Array(output * input);
  for (let index = 0; index < output; index++) {
    const position = halfPixelCenters ? ratio * (index + 0.5) - 0.5 : ratio * index;
    const below = Math.max(0, Math.floor(position));
    const above = Math.min(input - 1, Math.ceil(position));
    const weight = position - below;
    const row = index * input;
    values[row + below] = (values[row + below] ?? 0) + 1 - weight;
    values[row + above] = (values[row + above] ?? 0) + weight;
  }
  return { rows: output, columns: input, values };
}

export function transposed({ rows, columns, values }: ResamplingMatrix): ResamplingMatrix {
  const swapped = new Float32Array(values.length);
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) {
      swapped[column * rows + row] = values[row * columns + column] ?? 0;
    }
  }
  return { rows: columns, columns: rows, values: swapped };
}

/** Applies one matrix to the height and one to the width of `[batch, height, width, channel]`. */
export function resample(
  trace: Trace,
  x: SymbolicTensor,
  vertical: ResamplingMatrix,
  horizontal: ResamplingMatrix,
): SymbolicTensor {
  const [batch = 0, height = 0, width = 0, channels = 0] = x.shape;
  const matrix = ({ rows, columns, values }: ResamplingMatrix) =>
    trace.literal(values, [rows, columns], "float32");
  const image = x.dtype === "float32"
    ? trace.rowMajor(x)
    : trace.op("Cast", [trace.rowMajor(x)], { to: onnxTypes.float32 });
  const lines = trace.reshape(image, [batch, height, width * channels]);
  const tall = trace.op("MatMul", [matrix(vertical), lines]);
  const pixels = trace.reshape(tall, [batch * vertical.rows, width, channels]);
  const wide = trace.op("MatMul", [matrix(horizontal), pixels]);
  const shape = [batch, vertical.rows, horizontal.rows, channels];
  return trace.fromRowMajor(shape, "float32", trace.reshape(wide, shape));
}

function stepOf(input: number, output: number, alignCorners: boolean): number {
  return alignCorners && output > 1 ? (input - 1) / (output - 1) : input / output;
}
