/** Types of operators that move a window over `[batch, channel, height, width]`. */

import type { ValueType } from "./graph.ts";
import type { Operands, Rule } from "./infer_types.ts";

const convolution: Rule = (operands) => {
  const x = operands.type(0);
  const filter = operands.type(1).shape;
  const group = operands.integer("group", 1);
  const [, channels = 0] = x.shape;
  const inputs = (filter[1] ?? 0) * group;
  // Blocked convolutions read fewer channels than a block unpadded, and padded ones otherwise.
  if (inputs !== channels) throw new Error(`a filter for ${inputs} channels meets ${channels}`);
  return slide(operands, filter[0] ?? 0);
};

const pooling: Rule = (operands) => {
  const pooled = slide(operands, operands.type(0).shape[1] ?? 0);
  return [pooled, { dtype: "int64", shape: pooled.shape }];
};

const transposedConvolution: Rule = (operands) => {
  const { dtype, shape } = operands.type(0);
  const filter = operands.type(1).shape;
  const { strides, dilations, pads } = windowOf(operands);
  const extra = operands.list("output_padding") ?? [0, 0];
  const sizes = [0, 1].map((axis) =>
    ((shape[axis + 2] ?? 0) - 1) * (strides[axis] ?? 1) +
    ((filter[axis + 2] ?? 1) - 1) * (dilations[axis] ?? 1) + 1 -
    (pads[axis] ?? 0) - (pads[axis + 2] ?? 0) + (extra[axis] ?? 0)
  );
  const channels = (filter[1] ?? 0) * operands.integer("group", 1);
  return { dtype, shape: [shape[0] ?? 0, channels, ...sizes] };
};

/** Reordering keeps the labels; into blocks, it fills up the channels. */
const reorderInput: Rule = (operands) => {
  const { dtype, shape } = operands.type(0);
  if (operands.integer("channels_last", 0) === 0) return { dtype, shape };
  const [batch = 0, height = 0, width = 0, channels = 0] = shape;
  const { blockSize } = operands;
  const whole = Math.ceil(channels / blockSize) * blockSize;
  return { dtype, shape: [batch, whole, height, width] };
};

const reorderOutput: Rule = (operands) => {
  const { dtype, shape } = operands.type(0);
  const [batch = 0, , height = 0, width = 0] = shape;
  const channels = operands.integer("channels", 0);
  const isLast = operands.integer("channels_last", 0) === 1;
  return {
    dtype,
    shape: isLast ? [batch, height, width, channels] : [batch, channels, height, width],
  };
};

const upsample: Rule = (operands) => {
  const { dtype, shape } = operands.type(0);
  const scales = operands.list("scales") ?? [];
  return { dtype, shape: shape.map((extent, axis) => extent * (scales[axis] ?? 1)) };
};

export const inferWindows: Readonly<Record<string, Rule>> = {
  AveragePool: pooling,
  Conv: convolution,
  ConvTranspose: transposedConvolution,
  MaxPool: pooling,
  ReorderInput: reorderInput,
  ReorderOutput: reorderOutput,
  Upsample: upsample,
};

function slide(operands: Operands, channels: number): ValueType {
  const { dtype, shape } = operands.type(0);
  const { kernel, strides, dilations, pads } = windowOf(operands);
  const sizes = [0, 1].map((axis) => {
    const reach = ((kernel[axis] ?? 1) - 1) * (dilations[axis] ?? 1) + 1;
    const room = (shape[axis + 2] ?? 0) + (pads[axis] ?? 0) + (pads[axis + 2] ?? 0) - reach;
    return Math.floor(room / (strides[axis] ?? 1)) + 1;
  });
  return { dtype, shape: [shape[0] ?? 0, channels, ...sizes] };
}

function windowOf(operands: Operands) {
  return {
    kernel: operands.list("kernel_shape") ?? [1, 1],
    strides: operands.list("strides") ?? [1, 1],
    dilations: operands.list("dilations") ?? [1, 1],
    pads: operands.list("pads") ?? [0, 0, 0, 0],
  };
}
