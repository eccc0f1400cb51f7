/** What an optimiser is, and which there are. */

import type * as tf from "@tensorflow/tfjs-core";
import { adam } from "./adam.ts";
import { adamw } from "./adamw.ts";
import { sgd } from "./sgd.ts";

/**
 * An optimiser, one parameter at a time.
 *
 * `Slot` names the tensors that it keeps beside each parameter, `Factor` the scalars of a step.
 */
export interface Optimiser<Slot extends string = string, Factor extends string = string> {
  /** Each slot has the parameter's shape and starts with zeros; checkpoints keep it under its name. */
  readonly slots: readonly Slot[];
  /**
   * What changes from step to step, for the k-th step, k = 1, 2, ..., in float64. Scalars that come in
   * as tensors, so that one compiled program serves all steps.
   */
  factors(k: number, learningRate: number): Readonly<Record<Factor, number>>;
  /** @param gradient Clipped already. */
  update(
    before: Updated<Slot>,
    gradient: tf.Tensor,
    factors: Readonly<Record<Factor, tf.Tensor>>,
  ): Updated<Slot>;
}

export interface Updated<Slot extends string> {
  readonly value: tf.Tensor;
  readonly slots: Readonly<Record<Slot, tf.Tensor>>;
}

interface AdamChoice {
  readonly kind?: "adamw" | "adam";
  /** Default 0.9. */
  readonly beta1?: number;
  /** Default 0.999. */
  readonly beta2?: number;
  /** Default 1e-8. */
  readonly epsilon?: number;
}

interface SgdChoice {
  readonly kind: "sgd";
  /** Default 0: none, and nothing to keep. */
  readonly momentum?: number;
  /** Default false. */
  readonly nesterov?: boolean;
}

/** An optimiser by its name, AdamW where none is given, with PyTorch's defaults. */
export type OptimiserChoice = (AdamChoice | SgdChoice) & {
  /** Decoupled in AdamW; added to the gradient in Adam and SGD. */
  readonly weightDecay: number;
};

export function chooseOptimiser(choice: OptimiserChoice): Optimiser {
  const { weightDecay } = choice;
  if (choice.kind === "sgd") {
    const { momentum = 0, nesterov = false } = choice;
    return sgd({ momentum, nesterov, weightDecay });
  }
  const { beta1 = 0.9, beta2 = 0.999, epsilon = 1e-8 } = choice;
  const settings = { beta1, beta2, epsilon, weightDecay };
  return choice.kind === "adam" ? adam(settings) : adamw(settings);
}
