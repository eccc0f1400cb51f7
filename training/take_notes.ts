/** What a training remembers of its steps: its history, its epochs and its best weights. */

import type { HistoryEntry, LossWindow } from "./history.ts";
import { emptyWindow, extendWindow, summariseWindow } from "./history.ts";
import { type BestWeights, isNewBest, metricOf } from "./keep_best.ts";
import { advanceEpoch, type EpochState, firstEpochState } from "./plateau_epochs.ts";
import type { TrainOptions } from "./train_options.ts";

/** All of it is in checkpoints, or a resumed training would remember other things. */
export interface Notes {
  readonly history: readonly HistoryEntry[];
  readonly window: LossWindow;
  /** Where the learning rate follows a metric over epochs. */
  readonly epochs?: EpochState;
  /** Where the best weights are kept and there are any yet. */
  readonly best?: BestWeights;
}

/** A step that was taken. */
export interface StepTaken {
  /** Steps taken, this one included. */
  readonly step: number;
  readonly loss: number;
  readonly gradientNorm: number;
  /** What else the loss told. */
  readonly told?: Readonly<Record<string, number>>;
  /** The rate that it took. */
  readonly learningRate: number;
  /** What was evaluated after it. */
  readonly evaluated: Readonly<Record<string, number>>;
}

type NoteOptions = Pick<TrainOptions, "plateau" | "keepBest" | "logEvery" | "steps">;

/** Before the first step. */
export function firstNotes({ plateau }: Pick<NoteOptions, "plateau">): Notes {
  const notes = { history: [], window: emptyWindow };
  return plateau ? { ...notes, epochs: firstEpochState(plateau) } : notes;
}

/**
 * The notes with one more step in them.
 *
 * @param weights Called when the weights of now are the best so far.
 * @throws {Error} When an evaluation has no metric of the name that is asked for.
 */
export async function takeNotes(
  { plateau, keepBest, logEvery, steps }: NoteOptions,
  notes: Notes,
  taken: StepTaken,
  weights: () => Promise<Pick<BestWeights, "parameters" | "ema">>,
): Promise<Notes> {
  const { step, loss, gradientNorm, told, learningRate, evaluated } = taken;
  const window = extendWindow(notes.window, { loss, gradientNorm, ...told });
  const isLogged = step % logEvery === 0 || step === steps;
  const values = {
    ...(isLogged && { ...summariseWindow(window), learningRate }),
    ...evaluated,
  };
  const isWorthAnEntry = Object.keys(values).length > 0;
  const value = keepBest && metricOf(evaluated, keepBest.metric, "keep the best weights");
  const isBest = keepBest !== undefined && value !== undefined &&
    isNewBest(keepBest, value, notes.best);
  return {
    ...notes,
    window: isLogged ? emptyWindow : window,
    history: isWorthAnEntry ? [...notes.history, { step, values }] : notes.history,
    ...(plateau && notes.epochs && { epochs: advanceEpoch(plateau, notes.epochs, taken) }),
    ...(isBest && { best: { step, value, ...await weights() } }),
  };
}
