/** Predicts a frame as layers of moved content instead of as pixels. */

import * as tf from "@tensorflow/tfjs-core";
import { conv2d, conv2dParameters } from "./layers/conv2d.ts";
import { depthToSpace } from "./layers/depth_to_space.ts";
import { motionEvidence } from "./layers/motion_evidence.ts";
import { spaceToDepth } from "./layers/space_to_depth.ts";
import { channelWindows, joinChannels, transportChannels } from "./layers/transport_channels.ts";
import { nest, type Parameters, type ParameterSpecs, under } from "./parameters.ts";

/** A type alias, because interfaces are not JSON. */
export type MovingLayersConfig = {
  /** Longest displacement on each axis, in pixels per frame; twice it is a multiple of the patch. */
  readonly radius: number;
  /** Layers that move differently, each over the ones before: the frame's content, moved. */
  readonly layers: number;
};

interface Grid {
  /** Channels of a frame. */
  readonly channels: number;
  readonly patch: number;
}

/**
 * Opacity and brightness of the painted layer before training, as logits: 5 % of 5 %. At 5 % of 50 % the
 * haze is most of the cross-entropy, and 100 steps of training gain nothing but its removal (14.6 dB, not 15.7).
 */
const PAINT_START = -3;

/** Channels of `seeMotion`, a multiple of this: convolutions of blocked layouts are twice as fast then. */
const BLOCK = 16;

export function seenChannels({ channels, patch }: Grid, { radius }: MovingLayersConfig): number {
  const used = channels * patch * patch + (2 * radius + 1) ** 2 + 2;
  return BLOCK * Math.ceil(used / BLOCK);
}

/**
 * What the network is shown of a frame: its patches, how they moved since the frame before, and where on
 * the frame they lie, −1..1 downwards and to the right; zeros fill up the channels.
 *
 * `[batch, height, width, channel] -> [batch, rows, columns, seenChannels]`.
 */
export function seeMotion(
  frame: tf.Tensor,
  previous: tf.Tensor,
  grid: Grid,
  config: MovingLayersConfig,
): tf.Tensor {
  const sizes = { patch: grid.patch, radius: config.radius };
  const patches = spaceToDepth(frame, grid.patch) as tf.Tensor4D;
  const evidence = motionEvidence(frame, previous, sizes) as tf.Tensor4D;
  const [batch, rows, columns, depth] = patches.shape;
  const rest = seenChannels(grid, config) - depth - evidence.shape[3];
  return tf.concat([patches, evidence, places([batch, rows, columns, rest])], 3);
}

/** Declares `out`: kernels of displacement, opacities and paint of each patch. */
export function movingLayersParameters(
  inputs: number,
  grid: Grid,
  config: MovingLayersConfig,
): ParameterSpecs {
  const { motions, opacities, paint } = parts(grid, config);
  return nest("out", conv2dParameters({ inputs, outputs: motions + opacities + paint, kernel: 1 }));
}

/**
 * The next frame: `layers` copies of this frame, each moved by its own field of soft displacements and
 * laid over the ones before with an opacity per pixel; on top, painted pixels.
 *
 * What moves stays sharp for many frames, because it is copied and not drawn again.
 * Source: Finn et al. 2016, https://arxiv.org/abs/1605.07157, with kernels per patch and not per frame.
 * @param features `[batch, rows, columns, inputs]`.
 * @param frame `[batch, height, width, channel]` in [0, 1], also the shape and range of the result.
 */
export function movingLayers(
  parameters: Parameters,
  features: tf.Tensor,
  frame: tf.Tensor,
  grid: Grid,
  config: MovingLayersConfig,
): tf.Tensor {
  const { channels, patch } = grid;
  const [batch, rows, columns, inputs] = (features as tf.Tensor4D).shape;
  const patches = batch * rows * columns;
  const { motions, opacities } = parts(grid, config);
  // [batch, row, column, input] -> [patch, input]
  const flat = tf.reshape(features, [1, 1, patches, inputs]);
  const decided = tf.reshape(conv2d(under(parameters, "out"), flat), [patches, -1]);
  const part = (start: number, size: number) => tf.slice(decided, [0, start], [-1, size]);
  const area = patch * patch;
  const opacity = (index: number) => {
    const bias = index === config.layers - 1 ? PAINT_START : 0;
    const own = tf.sigmoid(tf.add(part(motions + index * area, area), bias));
    return repeatChannels(own, channels);
  };

  const sizes = { patch, radius: config.radius };
  const windows = channelWindows(frame, sizes);
  const perLayer = motions / config.layers;
  const moved = Array.from({ length: config.layers }, (_, layer) => {
    const logits = part(layer * perLayer, perLayer);
    return transportChannels(windows, logits, sizes);
  });
  const paint = tf.sigmoid(tf.add(part(motions + opacities, area * channels), PAINT_START));
  let result = moved[0]!;
  for (const [i, above] of [...moved.slice(1), paint].entries()) {
    result = tf.add(result, tf.mul(opacity(i), tf.sub(above, result)));
  }
  return depthToSpace(tf.reshape(result, [batch, rows, columns, area * channels]), patch);
}

/** How many outputs of the network decide what. */
function parts({ channels, patch }: Grid, { radius, layers }: MovingLayersConfig) {
  const area = patch * patch;
  return {
    motions: layers * 2 * (2 * radius + 1),
    /** One for each layer above the first, and one for the paint. */
    opacities: layers * area,
    paint: area * channels,
  };
}

/** `[patch, pixel]` -> `[patch, pixel * channel]`, the same for each channel. */
function repeatChannels(plane: tf.Tensor, channels: number): tf.Tensor {
  return joinChannels(Array.from({ length: channels }, () => plane));
}

/** Where each patch lies, in the first two channels. */
function places(shape: [batch: number, rows: number, columns: number, channels: number]) {
  const [batch, rows, columns, channels] = shape;
  const scale = (index: number, count: number) => count === 1 ? 0 : 2 * index / (count - 1) - 1;
  const values = new Float32Array(batch * rows * columns * channels);
  for (let i = 0; i < batch * rows * columns; i++) {
    values[channels * i] = scale(Math.floor(i / columns) % rows, rows);
    values[channels * i + 1] = scale(i % columns, columns);
  }
  return tf.tensor4d(values, shape);
}
