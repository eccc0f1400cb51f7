/** Recognises how something moves; its features compare sets of clips and of frames. */

import * as tf from "@tensorflow/tfjs-core";
import { conv2d, conv2dParameters } from "./layers/conv2d.ts";
import { linear, linearParameters } from "./layers/linear.ts";
import { silu } from "./layers/silu.ts";
import { nest, type Parameters, type ParameterSpecs, under } from "./parameters.ts";

/** Everything that fixes the shapes of all parameters; JSON. A type alias, so that it is JSON to TypeScript. */
export type ClipClassifierConfig = {
  /** Edge of frames, a multiple of 8. */
  readonly size: number;
  readonly channels: number;
  readonly classes: number;
  /** Channels after the first of three convolutions; each next one has twice as many. */
  readonly width: number;
  /** Features of a frame. */
  readonly frameFeatures: number;
  /** Features of a clip. */
  readonly clipFeatures: number;
};

const CONVOLUTIONS = [0, 1, 2];
const KERNEL = 4;
/** Edge of the picture that the features of a frame must suffice to draw. */
export const THUMBNAIL = 8;

/** Declares `conv.i`, `frame`, `thumbnail`, `moment` and `head`. */
export function clipClassifierParameters(config: ClipClassifierConfig): ParameterSpecs {
  const { size, channels, classes, width, frameFeatures, clipFeatures } = config;
  if (size % THUMBNAIL !== 0) {
    throw new RangeError(
      `Cannot classify clips of ${size} pixels: the edge must be a multiple of ${THUMBNAIL}`,
    );
  }
  const edge = size / 2 ** CONVOLUTIONS.length;
  // He et al. 2015: keeps the size of activations; with PyTorch's default they shrink on each layer, and so does the
  // gradient by which the first steps learn.
  const he = (fan: number) => ({ kind: "normal", std: Math.sqrt(2 / fan) }) as const;
  const convolution = (inputs: number, outputs: number) => ({
    ...conv2dParameters({ inputs, outputs, kernel: KERNEL, init: he(KERNEL * KERNEL * inputs) }),
    bias: { shape: [outputs], init: { kind: "zeros" } } as const,
  });
  const map = (inputs: number, outputs: number) =>
    linearParameters({ inputs, outputs, init: he(inputs) });
  return Object.assign(
    {},
    ...CONVOLUTIONS.map((i) =>
      nest(
        `conv.${i}`,
        convolution(i === 0 ? channels : width * 2 ** (i - 1), width * 2 ** i),
      )
    ),
    nest("frame", map(edge * edge * width * 4, frameFeatures)),
    nest(
      "thumbnail",
      linearParameters({ inputs: frameFeatures, outputs: THUMBNAIL * THUMBNAIL * channels }),
    ),
    nest("moment", map(2 * frameFeatures, clipFeatures)),
    nest("head", linearParameters({ inputs: clipFeatures, outputs: classes })),
  );
}

/**
 * Features of frames, where things are and what colour they have: enough to draw a thumbnail.
 * @param frames `[frame, size, size, channels]` in [0, 1].
 * @returns `[frame, frameFeatures]`.
 */
export function frameFeatures(parameters: Parameters, frames: tf.Tensor): tf.Tensor {
  const maps = CONVOLUTIONS.reduce(
    (x, i) => silu(conv2d(under(parameters, `conv.${i}`), x, 2)),
    frames,
  );
  // [frame, edge, edge, channel] -> [frame, all]
  return linear(under(parameters, "frame"), tf.reshape(maps, [frames.shape[0]!, -1]));
}

/** What the features of frames say that they look like, `[frame, 8, 8, channels]` in [0, 1]. */
export function thumbnails(parameters: Parameters, features: tf.Tensor): tf.Tensor {
  const drawn = linear(under(parameters, "thumbnail"), features);
  return tf.reshape(drawn, [features.shape[0]!, THUMBNAIL, THUMBNAIL, -1]);
}

export interface ClipFeatures {
  /** `[clip * frame, frameFeatures]`. */
  readonly frames: tf.Tensor;
  /** `[clip, clipFeatures]`. */
  readonly clips: tf.Tensor;
}

/**
 * Features of clips of any length: the mean over moments of what a frame and its change to the next one say.
 * @param clips `[clip, frame, size, size, channels]` in [0, 1], at least two frames.
 */
export function clipFeatures(parameters: Parameters, clips: tf.Tensor): ClipFeatures {
  const [count, time, ...frame] = (clips as tf.Tensor5D).shape;
  // [clip, frame, ...] -> [clip * frame, ...] -> [clip, frame, feature]
  const rows = frameFeatures(parameters, tf.reshape(clips, [count * time, ...frame]));
  const each = tf.reshape(rows, [count, time, -1]);
  const size = each.shape[2]!;
  const now = tf.slice(each, [0, 0, 0], [count, time - 1, size]);
  const next = tf.slice(each, [0, 1, 0], [count, time - 1, size]);
  const moments = silu(linear(under(parameters, "moment"), tf.concat([now, tf.sub(next, now)], 2)));
  return { frames: rows, clips: tf.mean(moments, 1) };
}

/** Scores of classes from features of clips, `[clip, classes]`. */
export function clipLogits(parameters: Parameters, features: tf.Tensor): tf.Tensor {
  return linear(under(parameters, "head"), features);
}
