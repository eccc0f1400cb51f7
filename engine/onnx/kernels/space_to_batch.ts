/** Blocks of pixels to batches and back, by which tfjs dilates pooling. */

import * as tfjs from "@tensorflow/tfjs-core";
import { sizeOf } from "../graph/graph.ts";
import { defineKernel } from "../define_kernel.ts";
import { pad } from "../lower/pad.ts";
import { slice } from "../lower/slice.ts";
import { transpose } from "../lower/transpose.ts";

/** Pads, then takes every position within a block of the axes behind the batch as a batch. */
export const spaceToBatchND = defineKernel<tfjs.SpaceToBatchNDInputs, tfjs.SpaceToBatchNDAttrs>(
  tfjs.SpaceToBatchND,
  ["x"],
  ({ trace, inputs: { x }, attrs: { blockShape, paddings } }) => {
    const [batch = 0, ...rest] = x.shape;
    const amounts = rest.map((_, axis) => {
      const [before = 0, after = 0] = paddings[axis] ?? [];
      return [before, after] as const;
    });
    const padded = pad(trace, x, [[0, 0], ...amounts], 0);
    const extents = padded.shape.slice(1);
    const split = extents.flatMap((extent, axis) => {
      const block = blockShape[axis];
      return block === undefined ? [extent] : [extent / block, block];
    });
    // The batch has axis 0; axis 2 i + 1 counts blocks, axis 2 i + 2 positions within one.
    const count = blockShape.length;
    const within = blockShape.map((_, axis) => 2 * axis + 2);
    const blocks = blockShape.map((_, axis) => 2 * axis + 1);
    const others = extents.slice(count).map((_, axis) => 2 * count + 1 + axis);
    const moved = transpose(
      trace,
      trace.withShape(padded, [batch, ...split]),
      [...within, 0, ...blocks, ...others],
    );
    return trace.withShape(moved, [
      batch * sizeOf(blockShape),
      ...extents.map((extent, axis) => extent / (blockShape[axis] ?? 1)),
    ]);
  },
);

/** The inverse: batches become positions within blocks, then borders are cut off. */
export const batchToSpaceND = defineKernel<tfjs.BatchToSpaceNDInputs, tfjs.BatchToSpaceNDAttrs>(
  tfjs.BatchToSpaceND,
  ["x"],
  ({ trace, inputs: { x }, attrs: { blockShape, crops } }) => {
    const [batches = 0, ...extents] = x.shape;
    const batch = batches / sizeOf(blockShape);
    const count = blockShape.length;
    const split = trace.withShape(x, [...blockShape, batch, ...extents]);
    const pairs = blockShape.flatMap((_, axis) => [count + 1 + axis, axis]);
    const others = extents.slice(count).map((_, axis) => 2 * count + 1 + axis);
    const moved = transpose(trace, split, [count, ...pairs, ...others]);
    const shape = [batch, ...extents.map((extent, axis) => extent * (blockShape[axis] ?? 1))];
    const whole = trace.withShape(moved, shape);
    const cut = shape.map((_, axis) => {
      const [before = 0, after = 0] = axis === 0 ? [] : crops[axis - 1] ?? [];
      return { before, after };
    });
    const size = shape.map((extent, axis) =>
      extent - (cut[axis]?.before ?? 0) - (cut[axis]?.after ?? 0)
    );
    return slice(trace, whole, cut.map(({ before }) => before), size);
  },
);
