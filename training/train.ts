/** The training loop. */

import { setImmediate } from "node:timers/promises";
import * as tf from "@tensorflow/tfjs-core";
import type { NamedArrays } from "../artifacts/weights.ts";
import type { Engine } from "../engine/engine.ts";
import type { Parameters, ParameterSpecs } from "../models/parameters.ts";
import type { CheckpointSlot, Progress } from "../pipelines/stage.ts";
import { adamwFactors } from "./adamw.ts";
import {
  decodeCheckpoint,
  encodeCheckpoint,
  requireArrays,
  type TrainingState,
} from "./checkpoint.ts";
import { emaDecay, type EmaSettings } from "./ema.ts";
import { emptyWindow, extendWindow, type HistoryEntry, summariseWindow } from "./history.ts";
import { disposeAll, type HostTensor, toDevice, toHost } from "./host_tensor.ts";
import { initialise } from "./initialise.ts";
import { type Loss, type StepFactors, type StepState, trainingStep } from "./training_step.ts";

export interface TrainOptions {
  readonly engine: Engine;
  readonly specs: ParameterSpecs;
  /** Key of the first parameters. */
  readonly seed: bigint;
  /** Start from these instead of from `initialise(specs, seed)`. */
  readonly initial?: NamedArrays;
  /** Pure; traced once for each signature of the batch. */
  readonly loss: Loss;
  /** Pure in the step, counted from 0: all randomness is keyed by it. */
  readonly batch: (step: number) => Readonly<Record<string, HostTensor>>;
  readonly steps: number;
  readonly optimiser: {
    readonly learningRate: (step: number) => number;
    readonly beta1?: number;
    readonly beta2?: number;
    readonly epsilon?: number;
    readonly weightDecay: number;
    /** Largest global gradient norm; `null` clips nothing. */
    readonly clipNorm: number | null;
  };
  /** The moving average of parameters; `null` keeps none. */
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
    /** Pure; sees the averaged parameters where an average is kept, and must not dispose them. */
    run(parameters: Parameters, step: number): Promise<Readonly<Record<string, number>>>;
  };
}

export interface TrainResult {
  readonly parameters: NamedArrays;
  readonly ema?: NamedArrays;
  /** Means of loss and gradient norm since the entry before, the learning rate, and evaluations. */
  readonly history: readonly HistoryEntry[];
}

/**
 * Minimises a loss with AdamW.
 *
 * One compiled program per step: loss, gradients, global-norm clipping, AdamW, moving average; the state is
 * donated to it. Training continues from the slot's checkpoint if there is one, and ends with the same
 * bytes as if it had never stopped.
 * @throws {Error} When the loss or the gradient norm is not finite, naming the step; the last
 * checkpoint stays.
 */
export async function train(options: TrainOptions): Promise<TrainResult> {
  const { engine, steps, ema, checkpoint, signal } = options;
  const settings = {
    beta1: options.optimiser.beta1 ?? 0.9,
    beta2: options.optimiser.beta2 ?? 0.999,
    epsilon: options.optimiser.epsilon ?? 1e-8,
    weightDecay: options.optimiser.weightDecay,
    clipNorm: options.optimiser.clipNorm,
  };
  const saved = await checkpoint?.load();
  const start = saved ? decodeCheckpoint(saved, options.specs, ema !== null) : firstState(options);
  let { step, window } = start;
  const history = [...start.history];
  let device = stateToDevice(start);
  const program = engine.jit(
    (state: StepState, batch: Readonly<Record<string, tf.Tensor>>, factors: StepFactors) =>
      trainingStep(options.loss, settings, state, batch, factors),
    { name: "training step", donate: [0] },
  );
  const save = async () =>
    await checkpoint?.save(
      encodeCheckpoint({ step, history, window, ...(await stateToHost(device)) }),
    );
  const takeStep = async (index: number) => {
    const learningRate = options.optimiser.learningRate(index);
    const batch = toDevice(options.batch(index));
    const factors = factorsToDevice({
      ...adamwFactors(index + 1, learningRate, settings),
      oneMinusEmaDecay: ema ? 1 - emaDecay(index + 1, ema) : 0,
    });
    try {
      const { state, loss, gradientNorm } = await program(device, batch, factors);
      return {
        state,
        loss: await takeScalar(loss),
        gradientNorm: await takeScalar(gradientNorm),
        learningRate,
      };
    } finally {
      disposeAll(batch);
      disposeAll(factors);
    }
  };
  try {
    while (step < steps) {
      // A macrotask, or a step that never leaves this thread would never see the signal.
      await setImmediate();
      if (signal?.aborted) {
        await save();
        throw signal.reason;
      }
      const taken = await takeStep(step);
      device = taken.state;
      const { loss, gradientNorm, learningRate } = taken;
      step++;
      requireFinite(step, loss, gradientNorm);
      window = extendWindow(window, loss, gradientNorm);
      options.progress?.({ step, of: steps, values: { loss, gradientNorm, learningRate } });
      const values: Record<string, number> = {};
      if (step % options.logEvery === 0 || step === steps) {
        Object.assign(values, summariseWindow(window), { learningRate });
        window = emptyWindow;
      }
      if (options.evaluate && (step % options.evaluate.every === 0 || step === steps)) {
        const shown = ema ? device.ema : device.parameters;
        Object.assign(values, await options.evaluate.run(shown, step));
      }
      if (Object.keys(values).length > 0) history.push({ step, values });
      if (step % options.checkpointEvery === 0 || step === steps) await save();
    }
    const { parameters, ema: averaged } = await stateToHost(device);
    return ema ? { parameters, ema: averaged, history } : { parameters, history };
  } finally {
    for (const tensors of Object.values(device)) disposeAll(tensors);
    program.dispose();
  }
}

function firstState({ specs, seed, initial, ema }: TrainOptions): TrainingState {
  const parameters = initial ?? initialise(specs, seed);
  requireArrays("start training", parameters, specs);
  const zeros: NamedArrays = Object.fromEntries(
    Object.entries(parameters).map(([name, { shape, data }]) => [
      name,
      { shape, data: new Float32Array(data.length) },
    ]),
  );
  return {
    step: 0,
    parameters,
    mean: zeros,
    square: zeros,
    ema: ema ? parameters : {},
    history: [],
    window: emptyWindow,
  };
}

/** Copies: the engine overwrites donated memory, and arrays here may be the caller's, or shared. */
function stateToDevice({ parameters, mean, square, ema }: TrainingState): StepState {
  return {
    parameters: toDevice(copyArrays(parameters)),
    mean: toDevice(copyArrays(mean)),
    square: toDevice(copyArrays(square)),
    ema: toDevice(copyArrays(ema)),
  };
}

function copyArrays(arrays: NamedArrays): NamedArrays {
  return Object.fromEntries(
    Object.entries(arrays).map(([name, { shape, data }]) => [name, { shape, data: data.slice() }]),
  );
}

async function stateToHost({ parameters, mean, square, ema }: StepState) {
  return {
    parameters: await toHost(parameters),
    mean: await toHost(mean),
    square: await toHost(square),
    ema: await toHost(ema),
  };
}

function factorsToDevice(factors: { readonly [Name in keyof StepFactors]: number }): StepFactors {
  return {
    decay: tf.scalar(factors.decay),
    stepSize: tf.scalar(factors.stepSize),
    rootCorrection: tf.scalar(factors.rootCorrection),
    oneMinusEmaDecay: tf.scalar(factors.oneMinusEmaDecay),
  };
}

async function takeScalar(tensor: tf.Tensor): Promise<number> {
  const [value = NaN] = await tensor.data();
  tensor.dispose();
  return Number(value);
}

function requireFinite(step: number, loss: number, gradientNorm: number): void {
  if (Number.isFinite(loss) && Number.isFinite(gradientNorm)) return;
  throw new Error(
    `Cannot continue training: at step ${step} the loss is ${loss} and the gradient norm ` +
      `${gradientNorm}; both must be finite. A lower learning rate or clipping may help`,
  );
}
