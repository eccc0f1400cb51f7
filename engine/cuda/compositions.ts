/** What stands in for kernels that tfjs-node-gpu 4.22.0 has not, or not right. */

import * as tf from "@tensorflow/tfjs-core";
import { commonCompositions } from "../composed/common.ts";
import type { Compose } from "../composed/compose_kernels.ts";
import { bilinearShares, nearestShares, resizeGradient } from "../composed/resample_gradient.ts";

/** Rows of zeros before and after each axis. */
type Padding = [[number, number], [number, number], [number, number], [number, number]];

export const compositions: Readonly<Record<string, Compose>> = {
  ...commonCompositions,

  /** The native ones pad by rule only: where padding is given in numbers, it is done before. */
  Conv2D: ({ inputs, attributes, native }) => {
    const padding = paddingOf(attributes);
    if (!padding) return native(inputs, attributes);
    return native({ ...inputs, x: tf.pad(inputs["x"]!, padding) }, valid(attributes));
  },
  Conv2DBackpropFilter: ({ inputs, attributes, native }) => {
    const padding = paddingOf(attributes);
    if (!padding) return native(inputs, attributes);
    return native({ ...inputs, x: tf.pad(inputs["x"]!, padding) }, valid(attributes));
  },
  Conv2DBackpropInput: ({ inputs, attributes, native }) => {
    const padding = paddingOf(attributes);
    if (!padding) return native(inputs, attributes);
    const shape = attributes["inputShape"] as number[];
    const inputShape = shape.map((extent, axis) => extent + padding[axis]![0] + padding[axis]![1]);
    const padded = native(inputs, { ...valid(attributes), inputShape });
    return tf.slice(padded, padding.map(([before]) => before), shape);
  },

  /** tfjs's is an integer whatever it divides; the native one keeps the type. */
  FloorDiv: ({ inputs: { a, b } }) =>
    tf.cast(tf.floor(tf.div(tf.cast(a!, "float32"), tf.cast(b!, "float32"))), "int32"),

  /** How many of a sorted row are less than a value, or at most it. */
  SearchSorted: ({ inputs, attributes }) => {
    const { sortedSequence, values } = inputs as Record<"sortedSequence" | "values", tf.Tensor>;
    const { side } = attributes as unknown as tf.SearchSortedAttrs;
    const [sorted, asked] = [tf.expandDims(sortedSequence, 1), tf.expandDims(values, 2)];
    const before = side === "left" ? tf.less(sorted, asked) : tf.lessEqual(sorted, asked);
    return tf.cast(tf.sum(tf.cast(before, "float32"), 2), "int32");
  },

  /** The native ones know no half pixels. */
  ResizeBilinearGrad: (given) => resizeGradient(given, bilinearShares),
  ResizeNearestNeighborGrad: (given) => resizeGradient(given, nearestShares),
};

/** Undefined where padding is "same" or "valid". */
function paddingOf({ pad }: Readonly<Record<string, unknown>>): Padding | undefined {
  if (typeof pad === "number") {
    return pad === 0 ? undefined : [[0, 0], [pad, pad], [pad, pad], [0, 0]];
  }
  // tfjs accepts a list of pairs, one for each axis of a channels-last image.
  return Array.isArray(pad) ? pad as Padding : undefined;
}

function valid(attributes: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return { ...attributes, pad: "valid" };
}
