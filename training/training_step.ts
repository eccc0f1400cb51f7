/** One optimiser step as pure functions of tensors: what a compiled program holds. */

import * as tf from "@tensorflow/tfjs-core";
import type { Parameters } from "../models/parameters.ts";
import { clipGradNorm } from "./clip_grad_norm.ts";
import { ema } from "./ema.ts";
import { type Batch, type Loss, lossAndGradients } from "./loss_and_gradients.ts";
import type { Optimiser } from "./optimiser.ts";

export type { Batch, Loss };

/** What a step replaces. A type alias, because interfaces are not tensor trees. */
export type StepState = {
  readonly parameters: Parameters;
  /** What steps update but gradients do not; empty where a network has none. */
  readonly buffers: Parameters;
  /** The optimiser's tensors by slot and parameter. */
  readonly slots: Readonly<Record<string, Parameters>>;
  /** Of the parameters; empty where no average is kept. */
  readonly ema: Parameters;
};

/** Scalars that change from step to step. */
export type StepFactors = {
  readonly optimiser: Readonly<Record<string, tf.Tensor>>;
  readonly oneMinusEmaDecay: tf.Tensor;
};

export type StepResult = {
  readonly state: StepState;
  readonly loss: tf.Tensor;
  /** Before clipping. */
  readonly gradientNorm: tf.Tensor;
  /** What else the loss told, scalars. */
  readonly told: Parameters;
};

/** What a step does with gradients. */
export interface StepRule {
  readonly optimiser: Optimiser;
  /** Largest global gradient norm; `null` clips nothing. */
  readonly clipNorm: number | null;
}

/** Loss, gradients, clipping, the optimiser and the moving average: a whole step in one program. */
export function trainingStep(
  loss: Loss,
  rule: StepRule,
  state: StepState,
  batch: Batch,
  factors: StepFactors,
): StepResult {
  const { value, gradients, buffers, told } = lossAndGradients(
    loss,
    state.parameters,
    state.buffers,
    batch,
  );
  return { ...update(rule, { ...state, buffers }, gradients, factors), loss: value, told };
}

/** What the micro-batches of a step have summed up so far. */
export type GradientSums = {
  readonly loss: tf.Tensor;
  readonly gradients: Parameters;
  /** As the last micro-batch left them. */
  readonly buffers: Parameters;
};

/**
 * The sums with one more micro-batch in them.
 *
 * @throws {TypeError} When the loss tells more than itself: nobody adds that up yet.
 */
export function accumulateGradients(
  loss: Loss,
  parameters: Parameters,
  sums: GradientSums,
  batch: Batch,
): GradientSums {
  const { value, gradients, buffers, told } = lossAndGradients(
    loss,
    parameters,
    sums.buffers,
    batch,
  );
  const names = Object.keys(told);
  if (names.length > 0) {
    throw new TypeError(
      `Cannot accumulate gradients of a loss that also tells ${names.join(", ")}`,
    );
  }
  const sum: Record<string, tf.Tensor> = {};
  for (const [name, gradient] of Object.entries(gradients)) {
    sum[name] = tf.add(sums.gradients[name]!, gradient);
  }
  return { loss: tf.add(sums.loss, value), gradients: sum, buffers };
}

/** Ends a step of `count` micro-batches: one update with the mean of their gradients. */
export function updateFromSums(
  rule: StepRule,
  count: number,
  state: StepState,
  sums: GradientSums,
  factors: StepFactors,
): StepResult {
  const gradients: Record<string, tf.Tensor> = {};
  for (const name of Object.keys(sums.gradients).sort()) {
    gradients[name] = tf.mul(sums.gradients[name]!, 1 / count);
  }
  return {
    ...update(rule, { ...state, buffers: sums.buffers }, gradients, factors),
    loss: tf.mul(sums.loss, 1 / count),
    told: {},
  };
}

function update(
  { optimiser, clipNorm }: StepRule,
  state: StepState,
  gradients: Parameters,
  factors: StepFactors,
): Omit<StepResult, "loss" | "told"> {
  const { norm, factor } = clipGradNorm(Object.values(gradients), clipNorm);
  const parameters: Record<string, tf.Tensor> = {};
  const average: Record<string, tf.Tensor> = {};
  const slots: Record<string, Record<string, tf.Tensor>> = {};
  for (const slot of optimiser.slots) slots[slot] = {};
  for (const [name, gradient] of Object.entries(gradients)) {
    const kept = optimiser.slots.map((slot) => [slot, state.slots[slot]![name]!] as const);
    const before = { value: state.parameters[name]!, slots: Object.fromEntries(kept) };
    const after = optimiser.update(before, tf.mul(gradient, factor), factors.optimiser);
    parameters[name] = after.value;
    for (const slot of optimiser.slots) slots[slot]![name] = after.slots[slot]!;
    const averaged = state.ema[name];
    if (averaged) average[name] = ema(averaged, after.value, factors.oneMinusEmaDecay);
  }
  return {
    state: { parameters, buffers: state.buffers, slots, ema: average },
    gradientNorm: norm,
  };
}
