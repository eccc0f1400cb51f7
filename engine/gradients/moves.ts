/** Gradients of kernels that only put elements elsewhere: the elements' cotangents go back. */

import * as tf from "@tensorflow/tfjs-core";
import { defineGradient, savedAt } from "./define_gradient.ts";

export const moveGradients: readonly tf.GradConfig[] = [
  defineGradient(tf.GatherNd, { inputs: ["params", "indices"] }, ({ dy, saved }) => ({
    params: () => {
      const { shape } = savedAt(saved, 0);
      return tf.scatterND(savedAt(saved, 1), dy, shape as [number]);
    },
  })),
  defineGradient(tf.ScatterNd, { inputs: ["indices"] }, ({ dy, saved }) => ({
    updates: () => tf.gatherND(dy, savedAt(saved, 0)),
  })),
  defineGradient(
    tf.TensorScatterUpdate,
    { inputs: ["indices", "updates"] },
    ({ dy, saved }) => ({
      tensor: () => tf.tensorScatterUpdate(dy, savedAt(saved, 0), tf.zerosLike(savedAt(saved, 1))),
      updates: () => tf.gatherND(dy, savedAt(saved, 0)),
    }),
  ),
  // tfjs-core 4.22 fails where a list has one tensor.
  defineGradient<tf.UnpackAttrs>(tf.Unpack, { inputs: [] }, ({ dys, attributes: { axis } }) => ({
    value: () => tf.stack([...dys], axis),
  })),
  defineGradient<tf.SplitVAttrs>(tf.SplitV, { inputs: [] }, ({ dys, attributes: { axis } }) => ({
    x: () => tf.concat([...dys], axis),
  })),
  defineGradient<tf.GatherV2Attrs>(
    tf.GatherV2,
    { inputs: ["x", "indices"] },
    ({ dy, saved, attributes: { axis, batchDims }, fromCore }) =>
      batchDims === 0 ? fromCore() : {
        x: () => gatherGradient(savedAt(saved, 0), savedAt(saved, 1), dy, { axis, batchDims }),
      },
  ),
  defineGradient(tf.TopK, { inputs: ["x"], outputs: [false, true] }, ({ dy, saved }) => ({
    x: () => {
      const { shape } = savedAt(saved, 0);
      const length = shape[shape.length - 1] ?? 1;
      return addAt(
        shape,
        dy,
        rowStarts(tf.util.sizeFromShape(shape) / length, length),
        savedAt(saved, 1),
      );
    },
  })),
  defineGradient<tf.StridedSliceAttrs>(
    tf.StridedSlice,
    { inputs: ["x"] },
    ({ dy, saved, attributes }) => ({
      x: () => stridedSliceGradient(savedAt(saved, 0).shape, dy, attributes),
    }),
  ),
  defineGradient(tf.Diag, { inputs: ["x"] }, ({ dy, saved }) => ({
    x: () => {
      const { shape, size } = savedAt(saved, 0);
      const square = tf.reshape(dy, [size, size]);
      return tf.reshape(tf.sum(tf.mul(square, tf.eye(size)), 1), shape);
    },
  })),
  defineGradient(tf.FlipLeftRight, { inputs: [] }, ({ dy }) => ({
    image: () => tf.reverse(dy, 2),
  })),
  defineGradient<tf.DepthToSpaceAttrs>(
    tf.DepthToSpace,
    { inputs: ["x"] },
    ({ dy, saved, attributes: { blockSize } }) => ({
      x: () => {
        const { shape } = savedAt(saved, 0);
        const [batch = 0, height = 0, width = 0, depth = 0] = shape;
        const channels = depth / (blockSize * blockSize);
        const pixels = [batch, height, blockSize, width, blockSize, channels];
        return tf.reshape(tf.transpose(tf.reshape(dy, pixels), [0, 1, 3, 2, 4, 5]), shape);
      },
    }),
  ),
  defineGradient<tf.MirrorPadAttrs>(
    tf.MirrorPad,
    { inputs: [] },
    ({ dy, attributes: { paddings, mode } }) => ({
      x: () =>
        paddings.reduce<tf.Tensor>(
          (gradient, padding, axis) => foldMirror(gradient, padding, axis, mode),
          dy,
        ),
    }),
  ),
  // tfjs-core 4.22 knows ranks up to 4.
  defineGradient<tf.TileAttrs>(
    tf.Tile,
    { inputs: ["x"] },
    ({ dy, saved, attributes: { reps }, fromCore }) => {
      const { shape, rank } = savedAt(saved, 0);
      if (rank <= 4) return fromCore();
      const split = shape.flatMap((extent, axis) => [reps[axis] ?? 1, extent]);
      return { x: () => tf.sum(tf.reshape(dy, split), shape.map((_, axis) => 2 * axis)) };
    },
  ),
];

interface GatherOptions {
  readonly axis: number;
  readonly batchDims: number;
}

/** Each batch has indices of its own; all rows are laid end to end. */
function gatherGradient(
  x: tf.Tensor,
  indices: tf.Tensor,
  dy: tf.Tensor,
  { axis, batchDims }: GatherOptions,
): tf.Tensor {
  const size = tf.util.sizeFromShape;
  const [along = 0] = tf.util.parseAxisParam(axis, x.shape);
  const batches = size(x.shape.slice(0, batchDims));
  const outer = size(x.shape.slice(batchDims, along));
  const extent = x.shape[along] ?? 1;
  const starts = tf.reshape(rowStarts(batches * outer, extent), [batches, outer, 1]);
  const wanted = tf.reshape(indices, [batches, 1, size(indices.shape.slice(batchDims))]);
  return addAt(x.shape, dy, starts, wanted);
}

/** 0, extent, 2 extent, ... as a column of integers. */
function rowStarts(rows: number, extent: number): tf.Tensor {
  return tf.tensor2d(
    Int32Array.from({ length: rows }, (_, row) => row * extent),
    [rows, 1],
    "int32",
  );
}

/** Zeros of a shape to whose rows, counted through, values are added. */
function addAt(
  shape: number[],
  values: tf.Tensor,
  starts: tf.Tensor,
  indices: tf.Tensor,
): tf.Tensor {
  const flat = indices.rank === starts.rank
    ? indices
    : tf.reshape(indices, [starts.shape[0] ?? 1, -1]);
  const rows = tf.reshape(tf.add(flat, starts), [-1]) as tf.Tensor1D;
  const inner = values.size / Math.max(1, rows.size);
  const count = tf.util.sizeFromShape(shape) / Math.max(1, inner);
  const sums = tf.unsortedSegmentSum(tf.reshape(values, [rows.size, inner]), rows, count);
  return tf.reshape(sums, shape);
}

/** Where each element went is known beforehand: a table of positions in dy, or behind its end. */
function stridedSliceGradient(
  shape: number[],
  dy: tf.Tensor,
  attributes: tf.StridedSliceAttrs,
): tf.Tensor {
  const { begin, end, strides } = tf.slice_util.sliceInfo(
    shape,
    attributes.begin,
    attributes.end,
    attributes.strides,
    attributes.beginMask,
    attributes.endMask,
    attributes.ellipsisMask,
    attributes.newAxisMask,
    attributes.shrinkAxisMask,
  );
  const counts = tf.slice_util.computeOutShape(begin, end, strides);
  const steps = tf.util.computeStrides(shape).concat(1);
  const table = new Int32Array(tf.util.sizeFromShape(shape)).fill(dy.size);
  for (let position = 0; position < dy.size; position++) {
    let [rest, source] = [position, 0];
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      const count = counts[axis] ?? 1;
      const index = rest % count;
      rest = Math.floor(rest / count);
      source += ((begin[axis] ?? 0) + index * (strides[axis] ?? 1)) * (steps[axis] ?? 1);
    }
    table[source] = position;
  }
  const withZero = tf.concat([tf.reshape(dy, [dy.size]), tf.zeros([1])]);
  return tf.reshape(tf.gather(withZero, tf.tensor1d(table, "int32")), shape);
}

/** Adds along one axis what the mirror images hold to what they are images of. */
function foldMirror(
  gradient: tf.Tensor,
  [before, after]: [number, number],
  axis: number,
  mode: "reflect" | "symmetric",
): tf.Tensor {
  if (before === 0 && after === 0) return gradient;
  const extent = (gradient.shape[axis] ?? 0) - before - after;
  const part = (start: number, count: number) =>
    tf.slice(
      gradient,
      gradient.shape.map((_, i) => i === axis ? start : 0),
      gradient.shape.map((length, i) => i === axis ? count : length),
    );
  const image = (start: number, count: number, to: number) => {
    const amounts = gradient.shape.map((_, i): [number, number] =>
      i === axis ? [to, extent - to - count] : [0, 0]
    );
    return tf.pad(tf.reverse(part(start, count), axis), amounts);
  };
  // "reflect" does not repeat the edge.
  const edge = mode === "reflect" ? 1 : 0;
  const images = [
    ...(before > 0 ? [image(0, before, edge)] : []),
    ...(after > 0 ? [image(before + extent, after, extent - after - edge)] : []),
  ];
  return images.reduce((sum, other) => tf.add(sum, other), part(before, extent));
}
