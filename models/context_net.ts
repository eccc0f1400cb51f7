/** What the past frames say, as feature maps for a denoiser. */

import * as tf from "@tensorflow/tfjs-core";
import { conv2d, conv2dParameters } from "./layers/conv2d.ts";
import { convGru, convGruParameters } from "./layers/conv_gru.ts";
import { leakyResBlock, leakyResBlockParameters } from "./layers/leaky_res_block.ts";
import { silu } from "./layers/silu.ts";
import { spaceToDepth } from "./layers/space_to_depth.ts";
import { nest, type Parameters, type ParameterSpecs, under } from "./parameters.ts";

export interface ContextNetConfig {
  /** Channels of a frame. */
  readonly channels: number;
  /** Edge of the patches that become one pixel of the finest level. */
  readonly patch: number;
  /** Channels of each level, finest first; 8 divides each. Each level halves the resolution. */
  readonly widths: readonly number[];
  /** What comes before each GRU: a residual block, as published, or one convolution and SiLU. */
  readonly blocks: boolean;
}

/**
 * Hidden state of each level by name, `level0` the finest: `[batch, height / patch / 2^level, ..., width]`.
 * A type alias, so that it can pass through `engine.jit`.
 */
export type ContextState = Readonly<Record<string, tf.Tensor>>;

/** Declares `level.i.block`, `level.i.gru` and, but for the last, `level.i.down`. */
export function contextNetParameters(
  { channels, patch, widths, blocks }: ContextNetConfig,
): ParameterSpecs {
  return Object.assign(
    {},
    ...widths.map((width, i) => {
      const inputs = widths[i - 1] ?? channels * patch * patch;
      return nest(`level.${i}`, {
        ...nest(
          "block",
          blocks
            ? leakyResBlockParameters({ inputs, outputs: width })
            : conv2dParameters({ inputs, outputs: width, kernel: 3 }),
        ),
        ...nest("gru", convGruParameters({ inputs: width, hidden: width, kernel: 3 })),
        ...(i === widths.length - 1
          ? {}
          : nest("down", conv2dParameters({ inputs: width, outputs: width, kernel: 3 }))),
      });
    }),
  );
}

/** The state before the first frame: zeros. */
export function contextStart(
  { patch, widths }: ContextNetConfig,
  size: { readonly batch: number; readonly height: number; readonly width: number },
): ContextState {
  const coarsest = patch * 2 ** (widths.length - 1);
  if (size.height % coarsest !== 0 || size.width % coarsest !== 0) {
    throw new RangeError(
      `Cannot make a context of ${size.height}x${size.width} pixels: ${coarsest} must divide both ` +
        `sides (patch ${patch}, ${widths.length} levels)`,
    );
  }
  return Object.fromEntries(widths.map((channels, i) => {
    const scale = patch * 2 ** i;
    const shape = [size.batch, size.height / scale, size.width / scale, channels];
    return [`level${i}`, tf.zeros(shape)];
  }));
}

/**
 * One more frame: per level residual block, ConvGRU, stride 2. The new hidden states are the context of
 * the frame that follows.
 *
 * Source: CondNet of Residual Video Diffusion, Yang et al. 2022, https://arxiv.org/abs/2203.09481.
 * @param frame `[batch, height, width, channel]` in [−1, 1].
 */
export function contextNet(
  parameters: Parameters,
  { patch, widths, blocks }: ContextNetConfig,
  frame: tf.Tensor,
  state: ContextState,
): ContextState {
  let features = spaceToDepth(frame, patch);
  const next = widths.map((_, i) => {
    const level = under(parameters, `level.${i}`);
    const own = under(level, "block");
    const input = blocks ? leakyResBlock(own, features) : silu(conv2d(own, features));
    const hidden = convGru(under(level, "gru"), input, contextMap(state, i));
    if (i < widths.length - 1) features = conv2d(under(level, "down"), hidden, 2);
    return [`level${i}`, hidden] as const;
  });
  return Object.fromEntries(next);
}

/** The map of one level. @throws {Error} When the state has none. */
export function contextMap(state: ContextState, level: number): tf.Tensor {
  const map = state[`level${level}`];
  if (map === undefined) {
    const known = Object.keys(state).join(", ") || "nothing";
    throw new Error(`Cannot use a context: "level${level}" is missing, found ${known}`);
  }
  return map;
}
