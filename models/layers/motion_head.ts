/** From the state of a recurrent cell to a motion code. */

import * as tf from "@tensorflow/tfjs-core";
import { nest, type Parameters, type ParameterSpecs, under } from "../parameters.ts";
import { batchNorm, batchNormBuffers, type BatchNormMode } from "./batch_norm.ts";
import { linear, linearParameters } from "./linear.ts";

export interface MotionHeadSizes {
  /** Of the recurrent cell. */
  readonly hidden: number;
  /** Of a code. */
  readonly outputs: number;
}

/** Declares `linear`. */
export function motionHeadParameters({ hidden, outputs }: MotionHeadSizes): ParameterSpecs {
  return nest("linear", linearParameters({ inputs: hidden, outputs }));
}

/** Declares the running statistics, `norm.mean` and `norm.variance`. */
export function motionHeadBuffers({ outputs }: MotionHeadSizes): ParameterSpecs {
  return nest("norm", batchNormBuffers(outputs));
}

/**
 * Linear, then batch norm without scale and shift, which is applied to each moment by itself.
 *
 * Source: the recurrent block of MP5 and of DLHacks' MoCoGAN.
 * @param states Of one moment each, `[batch, hidden]`.
 * @returns Codes of the moments, `[batch, outputs]` each; in mode "train" the running statistics after the last one.
 * @throws {RangeError} When mode is "train" and the batch is 1, which has no variance.
 */
export function motionHead(
  parameters: Parameters,
  states: readonly tf.Tensor[],
  mode: BatchNormMode,
): { readonly outputs: readonly tf.Tensor[]; readonly buffers: Parameters } {
  let norm = under(parameters, "norm");
  let changed: Parameters = {};
  const outputs = states.map((hidden) => {
    const code = linear(under(parameters, "linear"), hidden);
    const { output, buffers } = batchNorm(norm, code, mode);
    norm = { ...norm, ...buffers };
    changed = buffers;
    return output;
  });
  const buffers = Object.entries(changed).map(([name, value]) => [`norm.${name}`, value]);
  return { outputs, buffers: Object.fromEntries(buffers) };
}
