/** What a training is told, and what it gives. */

import type { NamedArrays } from "../artifacts/weights.ts";
import type { Engine } from "../engine/engine.ts";
import type { Parameters, ParameterSpecs } from "../models/parameters.ts";
import type { CheckpointSlot, Progress } from "../pipelines/stage.ts";
import type { EmaSettings } from "./ema.ts";
import type { HistoryEntry } from "./history.ts";
import type { HostTensor } from "./host_tensor.ts";
import type { BestRule, BestWeights } from "./keep_best.ts";
import type { Loss } from "./loss_and_gradients.ts";
import type { OptimiserChoice } from "./optimiser.ts";
import type { PlateauOptions } from "./plateau_epochs.ts";

export interface TrainOptions {
  readonly engine: Engine;
  readonly specs: ParameterSpecs;
  /**
   * Tensors that steps update but gradients do not: running statistics of batch normalisation. The loss
   * gets them beside the parameters and must return all of them.
   */
  readonly buffers?: ParameterSpecs;
  /** Key of the first parameters and buffers. */
  readonly seed: bigint;
  /** Start from these, buffers included, instead of from `initialise(specs, seed)`. */
  readonly initial?: NamedArrays;
  /** Pure; traced once for each signature of the batch. */
  readonly loss: Loss;
  /**
   * Pure in the step, counted from 0: all randomness is keyed by it. With `accumulate` it is asked for
   * micro-batches instead: step * accumulate + k, k = 0, 1, ..., accumulate - 1.
   */
  readonly batch: (step: number) => Readonly<Record<string, HostTensor>>;
  readonly steps: number;
  /**
   * Micro-batches of a step, default 1: their mean gradient is clipped and makes one update, as if they
   * were one batch. Buffers are updated by each of them.
   */
  readonly accumulate?: number;
  readonly optimiser: OptimiserChoice & {
    readonly learningRate: (step: number) => number;
    /** Largest global gradient norm; `null` clips nothing. */
    readonly clipNorm: number | null;
  };
  /** Multiplies the learning rate by a factor that falls at the end of epochs without progress. */
  readonly plateau?: PlateauOptions;
  /**
   * The moving average of parameters; `null` keeps none. Buffers are averages already, so those of the
   * last step go with it.
   */
  readonly ema: EmaSettings | null;
  readonly checkpoint?: CheckpointSlot;
  /** Steps between checkpoints. */
  readonly checkpointEvery: number;
  /** Steps between entries of the history. */
  readonly logEvery: number;
  /** Saves a checkpoint and throws the signal's reason. */
  readonly signal?: AbortSignal;
  readonly progress?: (progress: Progress) => void;
  readonly evaluate?: {
    readonly every: number;
    /**
     * Pure; sees the averaged parameters where an average is kept, and the buffers, and must not dispose
     * them. It may give nothing at steps where it has nothing to say.
     */
    run(parameters: Parameters, step: number): Promise<Readonly<Record<string, number>>>;
  };
  /** Keeps a copy of the weights with the best value of a metric of `evaluate`. */
  readonly keepBest?: BestRule;
}

export interface TrainResult {
  /** Of the last step, buffers included. */
  readonly parameters: NamedArrays;
  /** The average of the parameters, and the buffers. */
  readonly ema?: NamedArrays;
  /** Present when `keepBest` was asked for and a value was no NaN. */
  readonly best?: BestWeights;
  /** Means of loss and gradient norm since the entry before, the learning rate, and evaluations. */
  readonly history: readonly HistoryEntry[];
}

/** @throws {RangeError} When options contradict each other. */
export function requireConsistent(options: TrainOptions): void {
  const { specs, buffers = {}, accumulate = 1, plateau, keepBest, evaluate } = options;
  const twice = Object.keys(buffers).find((name) => Object.hasOwn(specs, name));
  if (twice !== undefined) {
    throw new RangeError(
      `Cannot train: "${twice}" must be a parameter or a buffer, but it is both`,
    );
  }
  requireCount("accumulate", accumulate);
  if (plateau) requireCount("plateau.stepsPerEpoch", plateau.stepsPerEpoch);
  const metric = keepBest?.metric ?? (plateau?.metric === "loss" ? undefined : plateau?.metric);
  if (metric !== undefined && !evaluate) {
    throw new RangeError(`Cannot train: metric "${metric}" needs evaluations, but there are none`);
  }
}

function requireCount(name: string, value: number): void {
  if (Number.isInteger(value) && value >= 1) return;
  throw new RangeError(`Cannot train: ${name} must be a positive integer, but it is ${value}`);
}
