/** Codes of moments: a recurrent cell that turns noise into a path. */

import * as tf from "@tensorflow/tfjs-core";
import type { BatchNormMode } from "../layers/batch_norm.ts";
import { gruCell, gruCellParameters } from "../layers/gru_cell.ts";
import { lstmCell, lstmCellParameters } from "../layers/lstm_cell.ts";
import { motionHead, motionHeadBuffers, motionHeadParameters } from "../layers/motion_head.ts";
import { nest, type Parameters, type ParameterSpecs, under } from "../parameters.ts";
import type { MotionConfig } from "./config.ts";

/** What a clip's path starts from and follows; standard normal. */
export interface MotionNoise {
  /** `[clip, size]`: the first state where the state is the code; else unread. */
  readonly start?: tf.Tensor;
  /** `[clip, frame, size]`, or `[clip, 1, size]` where one noise enters at all frames. */
  readonly noise: tf.Tensor;
}

/** Declares `cell`, and `head` where a head makes the codes. */
export function motionParameters({ size, cell, hidden }: MotionConfig): ParameterSpecs {
  const sizes = {
    inputs: size,
    hidden: hidden ?? size,
    // MP5 starts its cell so; MoCoGAN's has PyTorch's default.
    init: hidden === null ? "torch" as const : "xavier" as const,
  };
  const declared = cell === "gru" ? gruCellParameters(sizes) : lstmCellParameters(sizes);
  if (hidden === null) return nest("cell", declared);
  return {
    ...nest("cell", declared),
    ...nest("head", motionHeadParameters({ hidden, outputs: size })),
  };
}

/** Declares the running statistics of the head. */
export function motionBuffers({ size, hidden }: MotionConfig): ParameterSpecs {
  return hidden === null ? {} : nest("head", motionHeadBuffers({ hidden, outputs: size }));
}

/**
 * One code for each frame.
 *
 * Nothing is remembered between calls: each begins at `start` or at zeros.
 * @returns `[clip, size]` each, and in mode "train" the head's running statistics.
 * @throws {RangeError} When the noise has not the frames that are asked for.
 */
export function motionCodes(
  parameters: Parameters,
  config: MotionConfig,
  { start, noise }: MotionNoise,
  { frames, mode }: { readonly frames: number; readonly mode: BatchNormMode },
): { readonly codes: readonly tf.Tensor[]; readonly buffers: Parameters } {
  const { size, cell, hidden } = config;
  const [clips, given] = (noise as tf.Tensor3D).shape;
  const wanted = config.noise === "same" ? 1 : frames;
  if (given !== wanted) {
    throw new RangeError(
      `Cannot make motion codes of ${frames} frames: with "${config.noise}" noise there must be ${wanted} ` +
        `moments of it, but there are ${given}`,
    );
  }
  const isCode = hidden === null;
  if (isCode && start === undefined) {
    throw new RangeError("Cannot make motion codes: a state that is the code starts with noise");
  }
  const own = under(parameters, "cell");
  const zeros = tf.zeros([clips, hidden ?? size]);
  let state = { hidden: isCode ? start! : zeros, cell: zeros as tf.Tensor };
  const states = Array.from({ length: frames }, (_, frame) => {
    const moment = config.noise === "same" ? 0 : frame;
    const input = tf.reshape(tf.slice(noise, [0, moment, 0], [clips, 1, size]), [clips, size]);
    state = cell === "gru"
      ? { ...state, hidden: gruCell(own, input, state.hidden) }
      : lstmCell(own, input, state);
    return state.hidden;
  });
  if (isCode) return { codes: states, buffers: {} };
  const { outputs, buffers } = motionHead(under(parameters, "head"), states, mode);
  const named = Object.entries(buffers).map(([name, value]) => [`head.${name}`, value]);
  return { codes: outputs, buffers: Object.fromEntries(named) };
}
