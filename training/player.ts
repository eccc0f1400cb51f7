/** One of several networks that are trained against or beside each other. */

import type { NamedArrays } from "../artifacts/weights.ts";
import type { Engine, Jitted } from "../engine/engine.ts";
import type { Parameters, ParameterSpecs } from "../models/parameters.ts";
import { type CheckpointLayout, decodeCheckpoint, encodeCheckpoint } from "./checkpoint.ts";
import { firstState, stateToDevice, stateToHost, weightsToHost } from "./device_state.ts";
import type { EmaSettings } from "./ema.ts";
import { explainDivergence } from "./explain_divergence.ts";
import { disposeAll, type HostTensor, toDevice } from "./host_tensor.ts";
import type { Batch, LossResult } from "./loss_and_gradients.ts";
import { chooseOptimiser, type Optimiser, type OptimiserChoice } from "./optimiser.ts";
import { requireFiniteArrays } from "./require_finite_arrays.ts";
import { isFiniteStep, readScalars, type StepScalars, withFactors } from "./step_scalars.ts";
import { type Notes, takeNotes } from "./take_notes.ts";
import type { TrainResult } from "./train_options.ts";
import {
  type StepFactors,
  type StepResult,
  type StepState,
  trainingStep,
} from "./training_step.ts";

/** Parameters and buffers of other players, by the player's name. */
export type Others = Readonly<Record<string, Parameters>>;

export interface PlayerOptions {
  readonly specs: ParameterSpecs;
  /** Running statistics; only the player's own loss changes them, whoever else looks through the network. */
  readonly buffers?: ParameterSpecs;
  /** Names of the players whose weights the loss sees, as their last update left them. */
  readonly sees: readonly string[];
  /** Pure; no gradient reaches the others. */
  readonly loss: (own: Parameters, batch: Batch, others: Others) => LossResult;
  /** Pure in the update, counted from 0 over all steps. */
  readonly batch: (update: number) => Readonly<Record<string, HostTensor>>;
  /** Updates in a step of the training. */
  readonly updates: number;
  readonly optimiser: OptimiserChoice & {
    readonly learningRate: (step: number) => number;
    /** Largest global gradient norm; `null` clips nothing. */
    readonly clipNorm: number | null;
  };
  readonly ema: EmaSettings | null;
}

/** What a training of several players tells each of them. */
export interface PlayerPlace {
  readonly engine: Engine;
  readonly name: string;
  readonly seed: bigint;
  readonly steps: number;
  readonly logEvery: number;
  /** Step of the newest checkpoint, if there is one. */
  readonly lastCheckpoint: () => number | undefined;
}

/** A player at work: its tensors, its compiled update, its notes. */
export class Player {
  readonly #options: PlayerOptions;
  readonly #place: PlayerPlace;
  readonly #optimiser: Optimiser;
  readonly #program: Jitted<readonly [StepState, Batch, Others, StepFactors], StepResult>;
  #device: StepState;
  #notes: Notes;

  /** @param files Of a checkpoint, as `save` gave them after `step` steps; absent: from the start. */
  constructor(
    options: PlayerOptions,
    place: PlayerPlace,
    saved?: { readonly step: number; readonly files: ReadonlyMap<string, Uint8Array> },
  ) {
    const { learningRate: _, clipNorm, ...choice } = options.optimiser;
    const optimiser = chooseOptimiser(choice);
    const layout: CheckpointLayout = {
      specs: options.specs,
      buffers: options.buffers ?? {},
      slots: optimiser.slots,
      isAveraged: options.ema !== null,
    };
    const { step: __, parameters, buffers, slots, ema, ...notes } = saved
      ? decodeCheckpoint(saved, layout)
      : firstState({ ...options, seed: place.seed }, optimiser.slots);
    this.#options = options;
    this.#place = place;
    this.#optimiser = optimiser;
    this.#device = stateToDevice({ parameters, buffers, slots, ema });
    this.#notes = notes;
    this.#program = place.engine.jit(
      (state: StepState, batch: Batch, others: Others, factors: StepFactors) =>
        trainingStep(
          (own, given) => options.loss(own, given, others),
          { optimiser, clipNorm },
          state,
          batch,
          factors,
        ),
      { name: `update of ${place.name}` },
    );
  }

  /** Parameters and buffers as the last update left them; they stay this player's. */
  get weights(): Parameters {
    return { ...this.#device.parameters, ...this.#device.buffers };
  }

  /** The averaged parameters where an average is kept, and the buffers. */
  get averaged(): Parameters {
    const { parameters, buffers, ema } = this.#device;
    return { ...(this.#options.ema ? ema : parameters), ...buffers };
  }

  /**
   * Takes all updates of a step.
   * @param index Of the step, from 0.
   * @returns Means over the updates.
   * @throws {Error} When the loss or the gradient norm of one is not finite.
   */
  async step(index: number, others: Others): Promise<Readonly<Record<string, number>>> {
    const { updates, ema, optimiser: { learningRate: rateOf } } = this.#options;
    const { steps, logEvery } = this.#place;
    const learningRate = rateOf(index);
    const sums: Record<string, number> = {};
    for (let k = 0; k < updates; k++) {
      const update = index * updates + k;
      const found = await withFactors(
        { optimiser: this.#optimiser, ema },
        { k: update + 1, learningRate },
        (factors) => this.#update({ index, update }, others, factors),
      );
      const { loss, gradientNorm, told } = found;
      for (const [key, value] of Object.entries({ loss, gradientNorm, ...told })) {
        sums[key] = (sums[key] ?? 0) + value / updates;
      }
    }
    const { loss = NaN, gradientNorm = NaN, ...told } = sums;
    const taken = { step: index + 1, loss, gradientNorm, told, learningRate, evaluated: {} };
    this.#notes = await takeNotes({ steps, logEvery }, this.#notes, taken, () => {
      throw new Error("Internal error: a player keeps no best weights");
    });
    return sums;
  }

  /** Its files of a checkpoint. @throws {Error} When the state is not finite. */
  async save(step: number): Promise<ReadonlyMap<string, Uint8Array>> {
    const arrays = await stateToHost(this.#device);
    const { parameters, buffers, ema, slots } = arrays;
    this.#requireFinite(`save a checkpoint after step ${step}`, {
      parameter: parameters,
      buffer: buffers,
      average: ema,
      ...slots,
    });
    return encodeCheckpoint({ step, ...this.#notes, ...arrays }).files;
  }

  /** @throws {Error} When the weights are not finite. */
  async result(): Promise<TrainResult> {
    const weights = await weightsToHost(this.#device, this.#options.ema !== null);
    this.#requireFinite("give the weights of the last step", { parameter: weights.parameters });
    return { ...weights, history: this.#notes.history };
  }

  dispose(): void {
    disposeAll(this.#device);
    this.#program.dispose();
  }

  async #update(
    { index, update }: { readonly index: number; readonly update: number },
    others: Others,
    factors: StepFactors,
  ): Promise<StepScalars> {
    const arrays = this.#options.batch(update);
    const batch = toDevice(arrays);
    const before = this.#device;
    try {
      const { state, ...scalars } = await this.#program(before, batch, others, factors);
      const found = await readScalars(scalars);
      if (isFiniteStep(found)) {
        this.#program.reuse(before);
        this.#device = state;
        return found;
      }
      disposeAll(state);
      throw await explainDivergence({
        engine: this.#place.engine,
        step: index + 1,
        whose: `the loss of ${this.#place.name}`,
        found,
        lastCheckpoint: this.#place.lastCheckpoint(),
        loss: (own, given) => this.#options.loss(own, given, others),
        before,
        batches: [arrays],
      });
    } finally {
      disposeAll(batch);
    }
  }

  #requireFinite(what: string, arrays: Readonly<Record<string, NamedArrays>>): void {
    const { name, lastCheckpoint } = this.#place;
    requireFiniteArrays(`${what} of ${name}`, arrays, lastCheckpoint());
  }
}
