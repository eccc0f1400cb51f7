/** Denoises the residual that a next-frame predictor leaves, in minutes on a CPU. */

import * as tf from "@tensorflow/tfjs-core";
import { contextMap } from "./context_net.ts";
import { conv2d, conv2dParameters } from "./layers/conv2d.ts";
import { convTranspose2d, convTranspose2dParameters } from "./layers/conv_transpose2d.ts";
import { depthToSpace } from "./layers/depth_to_space.ts";
import { expectedMotion, followMotion } from "./layers/follow_motion.ts";
import { groupNorm, groupNormParameters } from "./layers/group_norm.ts";
import { resBlock, resBlockParameters } from "./layers/res_block.ts";
import { silu } from "./layers/silu.ts";
import { spaceToDepth } from "./layers/space_to_depth.ts";
import { timeEmbedding, timeEmbeddingParameters } from "./layers/time_embedding.ts";
import { nest, type Parameters, type ParameterSpecs, under } from "./parameters.ts";
import type { DenoiserInput } from "./residual_denoiser.ts";

const GROUPS = 8;
/** Images that enter: noisy residual, μ, last two frames, moved frame. */
const IMAGES = 5;
/** Channels that say where a patch is, so that things can turn round at walls. */
const PLACES = 2;
/** Where the gate of the moved frame starts: three quarters. */
const GATE_BIAS = 1;

export interface CompactDenoiserConfig {
  readonly kind: "compact";
  /** Channels of a frame. */
  readonly channels: number;
  /** Edge of the patches that become one pixel of the finest level. */
  readonly patch: number;
  /** Channels of each level, finest first; 8 divides each. Each level halves the resolution. */
  readonly widths: readonly number[];
  /** Channels of the context maps, level by level. */
  readonly contextWidths: readonly number[];
  /** Longest displacement that `followMotion` looks for, in pixels per frame. */
  readonly reach: number;
}

/** What a denoiser sees of the last two frames, in [0, 1]. */
export function recentPast(
  config: CompactDenoiserConfig,
  newest: tf.Tensor,
  before: tf.Tensor,
): Readonly<Record<string, tf.Tensor>> {
  return { newest, motion: expectedMotion(newest, before, windowsOf(config)), before };
}

/** Declares `time`, `enter.i` and `down.i` for each level, `middle`, `up.i` and `double.i`, `norm`, `out`. */
export function compactDenoiserParameters(config: CompactDenoiserConfig): ParameterSpecs {
  const { channels, patch, widths, contextWidths } = config;
  const depth = channels * patch * patch;
  const embedding = embeddingOf(config);
  const block = (inputs: number, outputs: number) =>
    resBlockParameters({ inputs, outputs, kernel: 3, embedding });
  const finest = widths[0]!;
  const coarsest = widths.at(-1)!;
  const levels = widths.map((width, i) => ({
    ...nest(
      `enter.${i}`,
      conv2dParameters({
        inputs: widths[i - 1] ?? depth * IMAGES + PLACES,
        outputs: width,
        kernel: 3,
      }),
    ),
    ...nest(`down.${i}`, block(width + (contextWidths[i] ?? 0), width)),
  }));
  const ascents = widths.slice(1).map((width, k) => ({
    ...nest(`up.${k + 1}`, block(2 * width, widths[k]!)),
    ...nest(
      `double.${k + 1}`,
      convTranspose2dParameters({ inputs: widths[k]!, outputs: widths[k]! }),
    ),
  }));
  return Object.assign(
    {},
    nest("time", timeEmbeddingParameters({ width: finest, outputs: embedding })),
    ...levels,
    nest("middle", block(coarsest, coarsest)),
    ...ascents,
    nest("last", block(2 * finest, finest)),
    nest("norm", groupNormParameters(finest)),
    nest(
      "out",
      conv2dParameters({ inputs: finest, outputs: 2 * depth, kernel: 3, init: { kind: "zeros" } }),
    ),
  );
}

/**
 * The clean residual x̂0, `[batch, height, width, channel]`, whatever the objective of the training.
 *
 * The idea of the published denoiser (`residualDenoiser`) with what shortens training: pre-activation blocks that
 * start as identities, one block per level, all skips; as input also μ, the last two frames, and the newest frame
 * moved as the noisy one suggests (`followMotion`). A gate of the network adds the residual of that frame to its
 * answer, so that strokes are moved and not drawn again, frame after frame.
 *
 * The noisy residual has no other path past the network. With one (Karras et al. 2022, with one spread for all
 * pixels or one for each) the loss falls faster, but in so short a training the noise of single pixels stays in the
 * samples; without one, what the answer takes from the noise are strokes.
 */
export function compactDenoiser(
  parameters: Parameters,
  config: CompactDenoiserConfig,
  { noisy, mean, past, sigma, context, timesteps, levels }: DenoiserInput,
): tf.Tensor {
  const { patch, widths } = config;
  const embedding = timeEmbedding(under(parameters, "time"), timesteps, { width: widths[0]! });
  const block = (name: string, input: tf.Tensor) =>
    resBlock(under(parameters, name), input, { groups: GROUPS, embedding });
  // x / √ᾱ = y0 + ε √(1 − ᾱ) / √ᾱ: in pixels, the next frame and noise of this spread.
  const level = (i: number) => tf.reshape(tf.slice(levels, [0, i], [-1, 1]), [-1]);
  const unit = tf.div(sigma, level(0));
  const seen = tf.add(mean, tf.mul(noisy, tf.reshape(unit, [-1, 1, 1, 1])));
  const spread = tf.mul(unit, level(1));
  const moved = followMotion(seen, spread, past.newest!, past.motion!, windowsOf(config));
  const images = [mean, past.newest!, past.before!, moved];
  const input = tf.concat([noisy, ...images.map((image) => tf.sub(tf.mul(image, 2), 1))], 3);
  let features = withPlaces(spaceToDepth(input, patch));
  const skips = widths.map((_, i) => {
    features = conv2d(under(parameters, `enter.${i}`), features, i === 0 ? 1 : 2);
    features = block(`down.${i}`, tf.concat([features, contextMap(context, i)], 3));
    return features;
  });
  features = block("middle", features);
  for (let i = widths.length - 1; i >= 1; i--) {
    features = block(`up.${i}`, tf.concat([features, skips[i]!], 3));
    features = convTranspose2d(under(parameters, `double.${i}`), features);
  }
  features = block("last", tf.concat([features, skips[0]!], 3));
  const normal = silu(groupNorm(under(parameters, "norm"), features, { groups: GROUPS }));
  const maps = conv2d(under(parameters, "out"), normal);
  const depth = maps.shape[3]! / 2;
  const [answer, gate] = [0, 1].map((i) =>
    depthToSpace(tf.slice(maps, [0, 0, 0, i * depth], [-1, -1, -1, depth]), patch)
  );
  const motion = tf.mul(tf.sub(moved, mean), 1 / sigma);
  return tf.add(answer!, tf.mul(tf.sigmoid(tf.add(gate!, GATE_BIAS)), motion));
}

/** Appends row and column, from −1 to 1. */
function withPlaces(features: tf.Tensor): tf.Tensor {
  const [batch, height, width] = (features as tf.Tensor4D).shape;
  const ramp = (length: number) => tf.linspace(-1, 1, length);
  const rows = tf.tile(tf.reshape(ramp(height), [1, height, 1, 1]), [batch, 1, width, 1]);
  const columns = tf.tile(tf.reshape(ramp(width), [1, 1, width, 1]), [batch, height, 1, 1]);
  return tf.concat([features, rows, columns], 3);
}

/** Twice the radius is to be a multiple of the patch: one patch. */
function windowsOf({ reach }: CompactDenoiserConfig) {
  return { patch: 2 * reach, radius: reach };
}

function embeddingOf({ widths }: CompactDenoiserConfig): number {
  const [width] = widths;
  if (width === undefined) throw new RangeError("Cannot make a denoiser without levels");
  return 2 * width;
}
