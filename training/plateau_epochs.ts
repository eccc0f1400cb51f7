/** Epochs of a training whose learning rate falls on a plateau. */

import { metricOf } from "./keep_best.ts";
import {
  firstPlateauState,
  plateauDefaults,
  type PlateauRule,
  type PlateauState,
  reduceOnPlateau,
} from "./reduce_on_plateau.ts";
import type { StepTaken } from "./take_notes.ts";

/** The rule, PyTorch's defaults where nothing is said, and what it looks at. */
export interface PlateauOptions extends Partial<PlateauRule> {
  /** Optimiser steps between looks. Looks at every batch would take its noise for a plateau. */
  readonly stepsPerEpoch: number;
  /** "loss", the mean training loss of the epoch, or a name that `evaluate` gives. */
  readonly metric: "loss" | string;
}

export interface EpochState {
  readonly plateau: PlateauState;
  /** Factor of the learning rate; 1 until it falls. */
  readonly scale: number;
  /** Of the losses of this epoch's steps. */
  readonly lossSum: number;
  /** The last value of the metric in this epoch, where it is an evaluation; null before there is one. */
  readonly latest: number | null;
}

export function firstEpochState(options: PlateauOptions): EpochState {
  const plateau = firstPlateauState({ ...plateauDefaults, ...options });
  return { plateau, scale: 1, lossSum: 0, latest: null };
}

/** The state after a step; at the end of an epoch the rate may fall. An epoch without a metric does not count. */
export function advanceEpoch(
  options: PlateauOptions,
  state: EpochState,
  { step, loss, learningRate, evaluated }: Omit<StepTaken, "gradientNorm">,
): EpochState {
  const lossSum = state.lossSum + loss;
  const value = options.metric === "loss"
    ? undefined
    : metricOf(evaluated, options.metric, "follow a plateau");
  const latest = value ?? state.latest;
  if (step % options.stepsPerEpoch !== 0) return { ...state, lossSum, latest };
  const metric = options.metric === "loss" ? lossSum / options.stepsPerEpoch : latest;
  const next = { ...state, lossSum: 0, latest: null };
  if (metric === null) return next;
  const rule = { ...plateauDefaults, ...options };
  const { state: plateau, rate } = reduceOnPlateau(rule, state.plateau, metric, learningRate);
  const isLower = rate !== learningRate;
  return { ...next, plateau, scale: isLower ? state.scale * (rate / learningRate) : state.scale };
}
