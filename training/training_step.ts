/** One optimiser step as a pure function of tensors. */

import * as tf from "@tensorflow/tfjs-core";
import type { Parameters } from "../models/parameters.ts";
import { adamw, type AdamwSettings } from "./adamw.ts";
import { clipGradNorm } from "./clip_grad_norm.ts";
import { ema } from "./ema.ts";

/** What a step replaces. A type alias, because interfaces are not tensor trees. */
export type StepState = {
  readonly parameters: Parameters;
  readonly mean: Parameters;
  readonly square: Parameters;
  /** Empty where no average is kept. */
  readonly ema: Parameters;
};

/** Scalars that change from step to step. */
export type StepFactors = {
  readonly decay: tf.Tensor;
  readonly stepSize: tf.Tensor;
  readonly rootCorrection: tf.Tensor;
  readonly oneMinusEmaDecay: tf.Tensor;
};

export type StepResult = {
  readonly state: StepState;
  readonly loss: tf.Tensor;
  /** Before clipping. */
  readonly gradientNorm: tf.Tensor;
};

export type Loss = (
  parameters: Parameters,
  batch: Readonly<Record<string, tf.Tensor>>,
) => tf.Scalar;

/** Loss, gradients, clipping, AdamW and the moving average: everything that one program compiles. */
export function trainingStep(
  loss: Loss,
  settings: AdamwSettings & { readonly clipNorm: number | null },
  state: StepState,
  batch: Readonly<Record<string, tf.Tensor>>,
  factors: StepFactors,
): StepResult {
  const { value, gradients } = lossAndGradients(
    () => loss(state.parameters, batch),
    state.parameters,
  );
  const { norm, factor } = clipGradNorm(Object.values(gradients), settings.clipNorm);
  const parameters: Record<string, tf.Tensor> = {};
  const mean: Record<string, tf.Tensor> = {};
  const square: Record<string, tf.Tensor> = {};
  const average: Record<string, tf.Tensor> = {};
  for (const [name, gradient] of Object.entries(gradients)) {
    const before = {
      value: state.parameters[name]!,
      mean: state.mean[name]!,
      square: state.square[name]!,
    };
    const after = adamw(before, gradient, factor, settings, factors);
    parameters[name] = after.value;
    mean[name] = after.mean;
    square[name] = after.square;
    const averaged = state.ema[name];
    if (averaged) average[name] = ema(averaged, after.value, factors.oneMinusEmaDecay);
  }
  return {
    state: { parameters, mean, square, ema: average },
    loss: value,
    gradientNorm: norm,
  };
}

function lossAndGradients(
  loss: () => tf.Scalar,
  parameters: Parameters,
): { value: tf.Scalar; gradients: Record<string, tf.Tensor> } {
  // Sorted, because the sum of squares of the norm must not depend on the order of a record.
  const names = Object.keys(parameters).sort();
  // Not tf.valueAndGrads(): it cannot say which parameter has no gradient.
  const { value, grads } = tf.engine().gradients(
    loss,
    names.map((name) => parameters[name]!),
    undefined,
    true,
  );
  if (value.rank !== 0) {
    throw new TypeError(
      `Cannot train: the loss must be a scalar, but its shape is [${value.shape}]`,
    );
  }
  const unused = names.find((_, index) => !grads[index]);
  if (unused !== undefined) {
    throw new Error(`Cannot train parameter "${unused}": the loss does not depend on it`);
  }
  return { value, gradients: Object.fromEntries(names.map((name, i) => [name, grads[i]!])) };
}
