/** Unfinished training as files, and back. */

import { decodeSafetensors, encodeSafetensors } from "../artifacts/safetensors.ts";
import type { NamedArrays } from "../artifacts/weights.ts";
import type { ParameterSpecs } from "../models/parameters.ts";
import type { Checkpoint } from "../pipelines/stage.ts";
import type { HistoryEntry, LossWindow } from "./history.ts";

/**
 * All that training depends on besides its options. Random numbers need no state: they are keyed by
 * the step. The optimiser's bias corrections and the average's decay follow from the step.
 */
export interface TrainingState {
  /** Optimiser steps taken. */
  readonly step: number;
  readonly parameters: NamedArrays;
  /** AdamW's running mean of gradients, and of their squares. */
  readonly mean: NamedArrays;
  readonly square: NamedArrays;
  /** The averaged parameters; empty where none are kept. */
  readonly ema: NamedArrays;
  readonly history: readonly HistoryEntry[];
  readonly window: LossWindow;
}

const ARRAYS = ["parameters", "mean", "square", "ema"] as const;

/** Float32 tensors as safetensors, the rest as JSON: both keep every bit. */
export function encodeCheckpoint(state: TrainingState): Checkpoint {
  const files = new Map<string, Uint8Array>();
  for (const name of ARRAYS) files.set(`${name}.safetensors`, encodeSafetensors(state[name]));
  const { history, window } = state;
  files.set("history.json", new TextEncoder().encode(JSON.stringify({ history, window })));
  return { step: state.step, files };
}

/**
 * @throws {Error} When a file is missing, or the tensors are not those of this network.
 */
export function decodeCheckpoint(
  { step, files }: Checkpoint,
  specs: ParameterSpecs,
  averaged: boolean,
): TrainingState {
  const read = (name: string): Uint8Array => {
    const bytes = files.get(name);
    if (bytes) return bytes;
    throw new Error(`Cannot resume from the checkpoint of step ${step}: it has no file "${name}"`);
  };
  const arrays = (name: typeof ARRAYS[number]): NamedArrays => {
    const found = decodeSafetensors(read(`${name}.safetensors`));
    const expected = name === "ema" && !averaged ? {} : specs;
    requireArrays(`resume from ${name} of the checkpoint of step ${step}`, found, expected);
    return found;
  };
  const [parameters, mean, square, ema] = ARRAYS.map(arrays);
  const { history, window } = JSON.parse(new TextDecoder().decode(read("history.json")));
  return {
    step,
    parameters: parameters!,
    mean: mean!,
    square: square!,
    ema: ema!,
    history,
    window,
  };
}

/** @throws {Error} Naming the first array that is missing, foreign, or of another shape. */
export function requireArrays(what: string, found: NamedArrays, specs: ParameterSpecs): void {
  for (const [name, { shape }] of Object.entries(specs)) {
    const array = found[name];
    if (!array) throw new Error(`Cannot ${what}: there is no parameter "${name}"`);
    if (array.shape.join() !== shape.join()) {
      throw new Error(
        `Cannot ${what}: parameter "${name}" must be [${shape}], but it is [${array.shape}]`,
      );
    }
  }
  const foreign = Object.keys(found).find((name) => !Object.hasOwn(specs, name));
  if (foreign !== undefined) {
    throw new Error(`Cannot ${what}: the network has no parameter "${foreign}"`);
  }
}
