/** Unfinished training as files, and back. */

import { decodeSafetensors, encodeSafetensors } from "../artifacts/safetensors.ts";
import type { NamedArrays } from "../artifacts/weights.ts";
import type { ParameterSpecs } from "../models/parameters.ts";
import type { Checkpoint } from "../pipelines/stage.ts";
import type { BestWeights } from "./keep_best.ts";
import type { Notes } from "./take_notes.ts";

/**
 * All that training depends on besides its options. Random numbers need no state: they are keyed by
 * the step. The optimiser's bias corrections and the average's decay follow from the step.
 */
export interface TrainingState extends Notes {
  /** Optimiser steps taken. */
  readonly step: number;
  readonly parameters: NamedArrays;
  /** Empty where the network has none. */
  readonly buffers: NamedArrays;
  /** The optimiser's arrays by slot and parameter. */
  readonly slots: Readonly<Record<string, NamedArrays>>;
  /** The averaged parameters; empty where none are kept. */
  readonly ema: NamedArrays;
}

/** What a checkpoint of a training has in it. */
export interface CheckpointLayout {
  readonly specs: ParameterSpecs;
  readonly buffers: ParameterSpecs;
  readonly slots: readonly string[];
  readonly isAveraged: boolean;
}

const TEXT = "history.json";

/** Float32 tensors as safetensors, the rest as JSON: both keep every bit. */
export function encodeCheckpoint(state: TrainingState): Checkpoint {
  const { parameters, buffers, slots, ema, history, window, epochs, best } = state;
  const files = new Map<string, Uint8Array>();
  const put = (name: string, arrays: NamedArrays) =>
    files.set(`${name}.safetensors`, encodeSafetensors(arrays));
  put("parameters", parameters);
  if (Object.keys(buffers).length > 0) put("buffers", buffers);
  for (const [slot, arrays] of Object.entries(slots)) put(slot, arrays);
  put("ema", ema);
  if (best) put("best", best.parameters);
  if (best?.ema) put("best_ema", best.ema);
  const text = toText({
    history,
    window,
    ...(epochs && { epochs }),
    ...(best && { best: { step: best.step, value: best.value } }),
  });
  return { step: state.step, files: files.set(TEXT, new TextEncoder().encode(text)) };
}

/**
 * @throws {Error} When a file is missing, or the tensors are not those of this network.
 */
export function decodeCheckpoint(
  { step, files }: Checkpoint,
  { specs, buffers, slots, isAveraged }: CheckpointLayout,
): TrainingState {
  const read = (name: string): Uint8Array => {
    const bytes = files.get(name);
    if (bytes) return bytes;
    throw new Error(`Cannot resume from the checkpoint of step ${step}: it has no file "${name}"`);
  };
  const arrays = (name: string, expected: ParameterSpecs): NamedArrays => {
    const found = decodeSafetensors(read(`${name}.safetensors`));
    requireArrays(`resume from ${name} of the checkpoint of step ${step}`, found, expected);
    return found;
  };
  const { history, window, epochs, best } = fromText(read(TEXT));
  const whole = { ...specs, ...buffers };
  return {
    step,
    parameters: arrays("parameters", specs),
    buffers: Object.keys(buffers).length > 0 ? arrays("buffers", buffers) : {},
    slots: Object.fromEntries(slots.map((slot) => [slot, arrays(slot, specs)])),
    ema: arrays("ema", isAveraged ? specs : {}),
    history,
    window,
    ...(epochs && { epochs }),
    ...(best && {
      best: {
        ...best,
        parameters: arrays("best", whole),
        ...(isAveraged && { ema: arrays("best_ema", whole) }),
      },
    }),
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

type StateText = Omit<Notes, "best"> & { readonly best?: Pick<BestWeights, "step" | "value"> };

/** JSON has no infinities and no NaN, but an evaluation or the best of no epoch may be one. */
function toText(state: StateText): string {
  return JSON.stringify(
    state,
    (_, value) =>
      typeof value === "number" && !Number.isFinite(value) ? { number: String(value) } : value,
  );
}

/** The inverse of `toText`: what it reads was written by it and verified against its digest. */
function fromText(bytes: Uint8Array): StateText {
  return JSON.parse(new TextDecoder().decode(bytes), (_, value) => {
    const isWrapped = typeof value === "object" && value !== null &&
      Object.keys(value).join() === "number" && typeof value.number === "string";
    return isWrapped ? Number(value.number) : value;
  });
}
