/** What the past frames say, as feature maps for a denoiser. */

import * as tf from "@tensorflow/tfjs-core";
import { conv2d, conv2dParameters } from "./layers/conv2d.ts";
import { convGru, convGruParameters } from "./layers/conv_gru.ts";
import { leakyResBlock, leakyResBlockParameters } from "./layers/leaky_res_block.ts";
import { spaceToDepth } from "./layers/space_to_depth.ts";
import { nest, type Parameters, type ParameterSpecs, under } from "./parameters.ts";

export interface ContextNetConfig {
  /** Channels of a frame. */
  readonly channels: number;
  /** Edge of the patches that become one pixel of the finest level. */
  readonly patch: number;
  /** Channels of each level, finest first; 8 divides each. Each level halves the resolution. */
  readonly widths: readonly number[];
}

/** Hidden states of the levels, finest first: `[batch, height / patch / 2^level, ..., width]`. */
export type ContextState = readonly tf.Tensor[];

/** Declares `level.i.block`, `level.i.gru` and, but for the last, `level.i.down`. */
export function contextNetParameters(
  { channels, patch, widths }: ContextNetConfig,
): ParameterSpecs {
  return Object.assign(
    {},
    ...widths.map((width, i) => {
      const inputs = widths[i - 1] ?? channels * patch * patch;
      return nest(`level.${i}`, {
        ...nest("block", leakyResBlockParameters({ inputs, outputs: width })),
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
  return widths.map((channels, i) => {
    const scale = patch * 2 ** i;
    return tf.zeros([size.batch, size.height / scale, size.width / scale, channels]);
  });
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
  { patch }: ContextNetConfig,
  frame: tf.Tensor,
  state: ContextState,
): ContextState {
  let features = spaceToDepth(frame, patch);
  return state.map((hidden, i) => {
    const level = under(parameters, `level.${i}`);
    const block = leakyResBlock(under(level, "block"), features);
    const next = convGru(under(level, "gru"), block, hidden);
    if (i < state.length - 1) features = conv2d(under(level, "down"), next, 2);
    return next;
  });
}
