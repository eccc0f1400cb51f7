/** The batch norms of a network that is applied several times in one pass. */

import type * as tf from "@tensorflow/tfjs-core";
import { batchNorm, type BatchNormMode } from "../layers/batch_norm.ts";
import { type Parameters, under } from "../parameters.ts";

export interface BatchNorms {
  /** Normalises by the norm of this name; in mode "train" its running statistics move. */
  apply(name: string, input: tf.Tensor): tf.Tensor;
  /** The running statistics that moved, as they are now, by their whole names. */
  moved(): Parameters;
}

/**
 * Norms whose running statistics move with every call, in the order of calls.
 *
 * A video model encodes frame by frame: each frame is normalised by its own batch statistics, and a pass over
 * T frames moves the running statistics T times, as PyTorch modules do.
 * @param parameters With the running statistics among them.
 */
export function batchNorms(parameters: Parameters, mode: BatchNormMode): BatchNorms {
  const moved: Record<string, tf.Tensor> = {};
  return {
    apply(name, input) {
      const own = { ...under(parameters, name), ...under(moved, name) };
      const { output, buffers } = batchNorm(own, input, mode);
      for (const [key, value] of Object.entries(buffers)) moved[`${name}.${key}`] = value;
      return output;
    },
    moved: () => ({ ...moved }),
  };
}
