/** What stands in for kernels of tfjs-backend-webgpu 4.22.0 that are missing, wrong or coarse. */

import * as tf from "@tensorflow/tfjs-core";
import { commonCompositions } from "../composed/common.ts";
import type { Compose, Composition } from "../composed/compose_kernels.ts";
import {
  bilinearShares,
  nearestShares,
  poolShares,
  resampleGradient,
  resizeGradient,
} from "../composed/resample_gradient.ts";

/** Its shaders know tensors of up to four axes in these kernels. */
const MOST_AXES = 4;

export const compositions: Readonly<Record<string, Compose>> = {
  ...commonCompositions,

  /**
   * The native one only says "float32" of what stays integers in memory; most shaders convert as they read,
   * some read bits.
   */
  Cast: ({ inputs: { x }, attributes, native }) => {
    const cast = native({ x: x! }, attributes);
    const isRenamed = x!.dtype !== "float32" && attributes["dtype"] === "float32";
    return isRenamed ? tf.mul(cast, tf.scalar(1)) : cast;
  },

  /** The native shader binds a buffer for each term, of which a device need not allow more than eight. */
  AddN: ({ inputs }) => Object.values(inputs).reduce((sum, term) => tf.add(sum, term)),

  /** The native shaders for integers and truth values do not compile. */
  Transpose: throughFloat,
  Sum: throughFloat,
  Prod: throughFloat,
  Max: throughFloat,
  Min: throughFloat,
  All: throughFloat,
  Any: throughFloat,

  /** WGSL's own are off by 1e-4. */
  Asin: ({ inputs: { x } }) => tf.atan2(x!, cathetus(x!)),
  Acos: ({ inputs: { x } }) => tf.atan2(cathetus(x!), x!),

  /** exp(x) − 1 cancels near 0: 2 sinh(x / 2) exp(x / 2), with the sine's series there. */
  Expm1: ({ inputs: { x } }) => {
    const half = tf.mul(x!, 0.5);
    const square = tf.square(half);
    // sinh(h) / h = 1 + h²/6 (1 + h²/20 (1 + h²/42))
    const inner = tf.add(1, tf.mul(square, tf.add(1 / 20, tf.mul(square, 1 / 840))));
    const series = tf.mul(x!, tf.add(1, tf.mul(tf.mul(square, 1 / 6), inner)));
    const near = tf.mul(series, tf.exp(half));
    return tf.where(tf.less(tf.abs(x!), 1), near, tf.sub(tf.exp(x!), 1));
  },

  Cumsum: running,
  Cumprod: running,

  Slice: ({ inputs: { x }, attributes, native }) => {
    if (x!.rank <= MOST_AXES) return native({ x: x! }, attributes);
    const { begin, size } = attributes as unknown as tf.SliceAttrs;
    const [starts, lengths] = tf.slice_util.parseSliceParams(x!, begin, size);
    return starts!.reduce((cut: tf.Tensor, from, axis) => {
      const length = lengths![axis]!;
      return length === cut.shape[axis] ? cut : sliceAxis(cut, axis, { from, length }, native);
    }, x!);
  },

  PadV2: ({ inputs: { x }, attributes, native }) => {
    if (x!.rank <= MOST_AXES) return native({ x: x! }, attributes);
    const { paddings, constantValue } = attributes as unknown as tf.PadV2Attrs;
    return paddings.reduce((grown: tf.Tensor, [before, after], axis) => {
      const border = (count: number) => {
        const shape = grown.shape.map((extent, at) => at === axis ? count : extent);
        return count > 0 ? [tf.fill(shape, constantValue, grown.dtype as "float32")] : [];
      };
      return tf.concat([...border(before), grown, ...border(after)], axis);
    }, x!);
  },

  Reverse: ({ inputs: { x }, attributes, native }) => {
    if (x!.rank <= MOST_AXES) return native({ x: x! }, attributes);
    const { dims } = attributes as unknown as tf.ReverseAttrs;
    return tf.util.parseAxisParam(dims, x!.shape).reduce((turned: tf.Tensor, axis) => {
      const before = turned.shape.slice(0, axis).reduce((all, extent) => all * extent, 1);
      const flat = tf.reshape(turned, [before, turned.shape[axis]!, -1]);
      return tf.reshape(native({ x: flat }, { dims: [1] }), x!.shape);
    }, x!);
  },

  Select: ({ inputs, attributes, native }) => {
    const { condition, t, e } = inputs as Record<"condition" | "t" | "e", tf.Tensor>;
    if (t.rank <= MOST_AXES) return native(inputs, attributes);
    // One choice for each element, or one for each row.
    const rows = condition.rank === 1 ? [t.shape[0]!, -1] : [-1];
    const given = { t: tf.reshape(t, rows), e: tf.reshape(e, rows) };
    const chosen = native(
      { ...given, condition: condition.rank === 1 ? condition : tf.reshape(condition, [-1]) },
      attributes,
    );
    return tf.reshape(chosen, t.shape);
  },

  /** The native one divides by the whole window where its forward kernel divides by the part inside. */
  AvgPoolGrad: ({ inputs: { dy, input }, attributes }) => {
    const { filterSize, strides, pad, dimRoundingMode } = attributes as unknown as PoolAttributes;
    const image = input!.shape as [number, number, number, number];
    const info = tf.backend_util.computePool2DInfo(
      image,
      filterSize,
      strides,
      1,
      pad,
      dimRoundingMode,
    );
    const rows = poolShares(image[1], {
      count: info.outHeight,
      stride: info.strideHeight,
      length: info.filterHeight,
      before: info.padInfo.top,
    });
    const columns = poolShares(image[2], {
      count: info.outWidth,
      stride: info.strideWidth,
      length: info.filterWidth,
      before: info.padInfo.left,
    });
    return resampleGradient(dy!, rows, columns);
  },

  /** The native ones know no half pixels, nor images of one pixel with aligned corners. */
  ResizeBilinearGrad: (given) => resizeGradient(given, bilinearShares),
  ResizeNearestNeighborGrad: (given) => resizeGradient(given, nearestShares),
};

/** Kernels that give wrong values here, and that nothing stands in for. */
export const refusedKernels: readonly string[] = [
  tf.MaxPool3DGrad,
  tf.AvgPool3DGrad,
  tf.RotateWithOffset,
];

/** Exact for integers up to 2^24. */
function throughFloat({ inputs: { x }, attributes, native }: Composition): tf.Tensor {
  if (x!.dtype === "float32") return native({ x: x! }, attributes);
  return tf.cast(native({ x: tf.cast(x!, "float32") }, attributes), x!.dtype);
}

/** Running sums and products: the native ones forget the shift of "exclusive" when they go backwards. */
function running({ inputs: { x }, attributes, native }: Composition): tf.Tensor {
  const { axis, exclusive, reverse } = attributes as unknown as tf.CumsumAttrs;
  const [along] = tf.util.parseAxisParam(axis, x!.shape);
  const count = x!.shape[along!] ?? 1;
  // [..., n, ...] -> [before, n, after]
  const before = x!.shape.slice(0, along).reduce((all, extent) => all * extent, 1);
  const flat = tf.reshape(tf.cast(x!, "float32"), [before, count, -1]);
  const forward = { axis: 1, exclusive, reverse: false };
  const sums = reverse
    ? tf.reverse(native({ x: tf.reverse(flat, 1) }, forward), 1)
    : native({ x: flat }, forward);
  return tf.cast(tf.reshape(sums, x!.shape), x!.dtype === "bool" ? "int32" : x!.dtype);
}

type PoolAttributes = tf.AvgPoolGradAttrs & {
  readonly dimRoundingMode?: "floor" | "round" | "ceil";
};

/** √(1 − x²), without cancellation near ±1. */
function cathetus(x: tf.Tensor): tf.Tensor {
  return tf.sqrt(tf.mul(tf.sub(1, x), tf.add(1, x)));
}

function sliceAxis(
  x: tf.Tensor,
  axis: number,
  { from, length }: { readonly from: number; readonly length: number },
  native: Composition["native"],
): tf.Tensor {
  const product = (extents: readonly number[]) => extents.reduce((all, extent) => all * extent, 1);
  const [before, after] = [product(x.shape.slice(0, axis)), product(x.shape.slice(axis + 1))];
  // [..., n, ...] -> [before, n, after]
  const flat = tf.reshape(x, [before, x.shape[axis]!, after]);
  const cut = native({ x: flat }, { begin: [0, from, 0], size: [before, length, after] });
  return tf.reshape(cut, [...x.shape.slice(0, axis), length, ...x.shape.slice(axis + 1)]);
}
