/** Kernels that tfjs's GPU backends leave out, made of ones that all of them have. */

import * as tf from "@tensorflow/tfjs-core";
import type { Compose } from "./compose_kernels.ts";

export const commonCompositions: Readonly<Record<string, Compose>> = {
  /** x σ(x), a kernel of this project. */
  Silu: ({ inputs: { x } }) => tf.mul(x!, tf.sigmoid(x!)),

  LogicalXor: ({ inputs: { a, b } }) =>
    tf.notEqual(tf.cast(tf.cast(a!, "bool"), "int32"), tf.cast(tf.cast(b!, "bool"), "int32")),

  LogSoftmax: ({ inputs: { logits }, attributes }) => {
    const { axis = -1 } = attributes as { axis?: number };
    const shifted = tf.sub(logits!, tf.max(logits!, axis, true));
    return tf.sub(shifted, tf.log(tf.sum(tf.exp(shifted), axis, true)));
  },

  BroadcastTo: ({ inputs: { x }, attributes }) => {
    const shape = attributes["shape"] as number[];
    const padded = [...Array<number>(shape.length - x!.rank).fill(1), ...x!.shape];
    const times = shape.map((extent, axis) => padded[axis] === extent ? 1 : extent);
    return tf.tile(tf.reshape(x!, padded), times);
  },

  /** Counts, or sums of weights, of whole numbers below `size`; of each row, where there are rows. */
  DenseBincount: ({ inputs: { x, weights }, attributes }) => {
    const { size, binaryOutput } = attributes as unknown as tf.DenseBincountAttrs;
    // tfjs's oneHot wants two classes at least.
    const classes = tf.oneHot(tf.cast(x!, "int32"), Math.max(2, size));
    const [all] = tf.split(tf.cast(classes, "float32"), [size, Math.max(2, size) - size], -1);
    const hits = all!;
    const axis = x!.rank - 1;
    if (binaryOutput) return tf.max(hits, axis);
    const isWeighted = weights !== undefined && weights.size > 0;
    return tf.sum(isWeighted ? tf.mul(hits, tf.expandDims(weights, -1)) : hits, axis);
  },
};
