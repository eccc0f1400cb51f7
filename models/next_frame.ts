/** Predicts the next frame of a video: a recurrent U-Net of convolutional GRUs. */

import * as tf from "@tensorflow/tfjs-core";
import { conv2d, conv2dParameters } from "./layers/conv2d.ts";
import { convGru, convGruParameters } from "./layers/conv_gru.ts";
import { convTranspose2d, convTranspose2dParameters } from "./layers/conv_transpose2d.ts";
import { depthToSpace } from "./layers/depth_to_space.ts";
import { leakyResBlock, leakyResBlockParameters } from "./layers/leaky_res_block.ts";
import { spaceToDepth } from "./layers/space_to_depth.ts";
import {
  movingLayers,
  type MovingLayersConfig,
  movingLayersParameters,
  seeMotion,
  seenChannels,
} from "./moving_layers.ts";
import { nest, type Parameters, type ParameterSpecs, under } from "./parameters.ts";

/** Everything that fixes the shapes of all parameters; JSON. */
export interface NextFrameConfig {
  /** Channels of a frame. */
  readonly channels: number;
  /** Edge of the patches that become one pixel of the finest level. */
  readonly patch: number;
  /** Hidden channels of each level, finest first. Each level halves the resolution. */
  readonly widths: readonly number[];
  /** GRUs stacked in each level. */
  readonly layers: number;
  /** Edge of the GRUs' filters. */
  readonly kernel: number;
  /** A residual block before each level's GRUs; 8 must divide all widths. */
  readonly blocks: boolean;
  /** Whether the finest level's state skips to the output; the published network drops that skip. */
  readonly finestSkip: boolean;
  /** Predicts by moving what is there, and is shown how it moved; null: by drawing each pixel. */
  readonly motion: MovingLayersConfig | null;
}

/** What the network remembers, by name; a type alias, so that it can pass through `engine.jit`. */
export type NextFrameHidden = Readonly<Record<string, tf.Tensor>>;

export interface NextFrameStep {
  /** The frame that should follow, `[batch, height, width, channel]` in [0, 1]. */
  readonly mean: tf.Tensor;
  readonly hidden: NextFrameHidden;
  /** New state of each level, finest first: `[batch, height / patch / 2^level, ..., width]`. */
  readonly features: readonly tf.Tensor[];
}

/** Declares `down.i.{block,gru.j,half}`, `up.i.{block,double}` (from level i to i − 1) and `out`. */
export function nextFrameParameters(config: NextFrameConfig): ParameterSpecs {
  const { channels, patch, widths, motion } = config;
  const depth = motion ? seenChannels(config, motion) : channels * patch * patch;
  const down = widths.map((width, i) => {
    const inputs = widths[i - 1] ?? depth;
    return nest(`down.${i}`, {
      ...blockParameters(config, inputs, width),
      ...gruParameters(config, config.blocks ? width : inputs, width),
      ...(i === widths.length - 1
        ? {}
        : nest("half", conv2dParameters({ inputs: width, outputs: width, kernel: 3 }))),
    });
  });
  const up = widths.slice(1).map((width, k) => {
    const i = k + 1;
    const outputs = widths[i - 1] ?? depth;
    // The coarsest level has nothing to skip; each other one sees its own state beside what came up.
    const inputs = i === widths.length - 1 ? width : 2 * width;
    return nest(`up.${i}`, {
      ...nest("block", leakyResBlockParameters({ inputs, outputs })),
      ...nest("double", convTranspose2dParameters({ inputs: outputs, outputs })),
    });
  });
  return Object.assign({}, ...down, ...up, outParameters(config));
}

/** The state before the first frame: zeros. @throws {RangeError} When the sides cannot be halved so often. */
export function initialHidden(
  { channels, patch, widths, layers, motion }: NextFrameConfig,
  size: { readonly batch: number; readonly height: number; readonly width: number },
): NextFrameHidden {
  const coarsest = patch * 2 ** (widths.length - 1);
  if (size.height % coarsest !== 0 || size.width % coarsest !== 0) {
    throw new RangeError(
      `Cannot predict frames of ${size.height}x${size.width} pixels: ${coarsest} must divide both ` +
        `sides (patch ${patch}, ${widths.length} levels)`,
    );
  }
  const entries = widths.flatMap((channels, i) => {
    const scale = patch * 2 ** i;
    const shape = [size.batch, size.height / scale, size.width / scale, channels];
    return Array.from({ length: layers }, (_, j) => [stateName(i, j), tf.zeros(shape)] as const);
  });
  const { batch, height, width } = size;
  const before = motion ? { previous: tf.zeros([batch, height, width, channels]) } : {};
  return { ...Object.fromEntries(entries), ...before };
}

/**
 * One step: takes a frame into the state and predicts the frame that follows.
 *
 * Going down, each level is [residual block,] ConvGRU, stride 2; going up, residual block and transposed
 * convolution, with each level's new state as the skip connection. With one channel, patch 1, widths
 * 48, 96, 96, 192 and blocks this is the HistoryNet of Residual Video Diffusion, 5,115,265 parameters,
 * https://arxiv.org/abs/2203.09481. Deviation: a sigmoid bounds the frame where the original clamps, so
 * that pixels outside the range keep a gradient.
 * @param frame `[batch, height, width, channel]` in [0, 1].
 */
export function nextFrame(
  parameters: Parameters,
  config: NextFrameConfig,
  frame: tf.Tensor,
  hidden: NextFrameHidden,
): NextFrameStep {
  const { patch, widths, blocks, finestSkip, motion } = config;
  const next: Record<string, tf.Tensor> = motion ? { previous: tf.clone(frame) } : {};
  let features = motion
    ? seeMotion(frame, stateOf(hidden, "previous"), config, motion)
    : spaceToDepth(frame, patch);
  const states = widths.map((_, i) => {
    const level = under(parameters, `down.${i}`);
    if (i > 0) features = conv2d(under(parameters, `down.${i - 1}.half`), features, 2);
    if (blocks) features = leakyResBlock(under(level, "block"), features);
    for (let j = 0; j < config.layers; j++) {
      const name = stateName(i, j);
      features = convGru(under(level, `gru.${j}`), features, stateOf(hidden, name));
      next[name] = features;
    }
    return features;
  });
  if (widths.length === 1) {
    features = tf.concat(
      Array.from({ length: config.layers }, (_, j) => next[stateName(0, j)]!),
      3,
    );
  }
  for (let i = widths.length - 1; i >= 1; i--) {
    const level = under(parameters, `up.${i}`);
    features = convTranspose2d(
      under(level, "double"),
      leakyResBlock(under(level, "block"), features),
    );
    if (i > 1 || finestSkip) features = tf.concat([features, states[i - 1]!], 3);
  }
  const mean = motion
    ? movingLayers(parameters, features, frame, config, motion)
    : tf.sigmoid(depthToSpace(conv2d(under(parameters, "out"), features), patch));
  return { mean, hidden: next, features: states };
}

function outParameters(config: NextFrameConfig): ParameterSpecs {
  const { channels, patch, widths, layers, kernel, motion, finestSkip } = config;
  const finest = widths[0] ?? 0;
  // One level shows the states of all its GRUs, several show what came up and the finest state.
  const inputs = widths.length === 1 ? layers * finest : finestSkip ? 2 * finest : finest;
  if (motion) return movingLayersParameters(inputs, config, motion);
  const outputs = channels * patch * patch;
  return nest("out", conv2dParameters({ inputs, outputs, kernel: Math.min(3, kernel) }));
}

function blockParameters(
  { blocks }: NextFrameConfig,
  inputs: number,
  outputs: number,
): ParameterSpecs {
  return blocks ? nest("block", leakyResBlockParameters({ inputs, outputs })) : {};
}

function gruParameters(
  { layers, kernel }: NextFrameConfig,
  inputs: number,
  hidden: number,
): ParameterSpecs {
  const each = Array.from(
    { length: layers },
    (_, j) =>
      nest(`gru.${j}`, convGruParameters({ inputs: j === 0 ? inputs : hidden, hidden, kernel })),
  );
  return Object.assign({}, ...each);
}

function stateName(level: number, layer: number): string {
  return `level${level}_layer${layer}`;
}

function stateOf(hidden: NextFrameHidden, name: string): tf.Tensor {
  const state = hidden[name];
  if (state === undefined) {
    throw new Error(
      `Cannot continue the prediction: state "${name}" is missing, found ${
        Object.keys(hidden).join(", ") || "none"
      }`,
    );
  }
  return state;
}
