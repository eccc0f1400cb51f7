/** Scalars on their way into a compiled step and out of it. */

import * as tf from "@tensorflow/tfjs-core";
import { emaDecay, type EmaSettings } from "./ema.ts";
import { disposeAll } from "./host_tensor.ts";
import type { Optimiser } from "./optimiser.ts";
import type { StepFactors, StepResult } from "./training_step.ts";

/** What a step told, as numbers. */
export interface StepScalars {
  readonly loss: number;
  /** Before clipping. */
  readonly gradientNorm: number;
  readonly told: Readonly<Record<string, number>>;
}

/** Calls `use` with the scalars of the k-th update, k = 1, 2, ..., and disposes them. */
export async function withFactors<Result>(
  { optimiser, ema }: { readonly optimiser: Optimiser; readonly ema: EmaSettings | null },
  { k, learningRate }: { readonly k: number; readonly learningRate: number },
  use: (factors: StepFactors) => Promise<Result>,
): Promise<Result> {
  const scalars = Object.entries(optimiser.factors(k, learningRate)).map(([name, value]) =>
    [name, tf.scalar(value)] as const
  );
  const factors = {
    optimiser: Object.fromEntries(scalars),
    oneMinusEmaDecay: tf.scalar(ema ? 1 - emaDecay(k, ema) : 0),
  };
  try {
    return await use(factors);
  } finally {
    disposeAll(factors);
  }
}

/** Reads and disposes the numbers that a step tells. */
export async function readScalars(
  { loss, gradientNorm, told }: Omit<StepResult, "state">,
): Promise<StepScalars> {
  const others: [string, number][] = [];
  for (const [name, tensor] of Object.entries(told)) others.push([name, await takeScalar(tensor)]);
  return {
    loss: await takeScalar(loss),
    gradientNorm: await takeScalar(gradientNorm),
    told: Object.fromEntries(others),
  };
}

async function takeScalar(tensor: tf.Tensor): Promise<number> {
  const [value = NaN] = await tensor.data();
  tensor.dispose();
  return Number(value);
}

/** Whether a training can go on from a step. */
export function isFiniteStep({ loss, gradientNorm }: StepScalars): boolean {
  return Number.isFinite(loss) && Number.isFinite(gradientNorm);
}
