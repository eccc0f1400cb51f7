/** A training's tensors in the engine, and as arrays. */

import type { NamedArrays } from "../artifacts/weights.ts";
import { toDevice, toHost } from "./host_tensor.ts";
import type { TrainingState } from "./checkpoint.ts";
import { initialise } from "./initialise.ts";
import { requireArrays } from "./checkpoint.ts";
import { firstNotes } from "./take_notes.ts";
import type { TrainOptions } from "./train_options.ts";
import type { StepState } from "./training_step.ts";

type Arrays = Pick<TrainingState, "parameters" | "buffers" | "slots" | "ema">;

type FirstStateOptions = Pick<
  TrainOptions,
  "specs" | "buffers" | "seed" | "initial" | "ema" | "plateau"
>;

/** Before the first step. @throws {Error} When `initial` is not of this network. */
export function firstState(options: FirstStateOptions, slots: readonly string[]): TrainingState {
  const { specs, buffers: bufferSpecs = {}, seed, initial, ema } = options;
  const whole = { ...specs, ...bufferSpecs };
  const arrays = initial ?? initialise(whole, seed);
  requireArrays("start training", arrays, whole);
  const [parameters, buffers] = [specs, bufferSpecs].map((own): NamedArrays =>
    Object.fromEntries(Object.keys(own).map((name) => [name, arrays[name]!]))
  );
  return {
    step: 0,
    parameters: parameters!,
    buffers: buffers!,
    slots: Object.fromEntries(slots.map((slot) => [slot, zerosLike(parameters!)])),
    ema: ema ? parameters! : {},
    ...firstNotes(options),
  };
}

/** Copies: the engine overwrites donated memory, and arrays here may be the caller's, or shared. */
export function stateToDevice({ parameters, buffers, slots, ema }: Arrays): StepState {
  const put = (arrays: NamedArrays) => toDevice(copyArrays(arrays));
  return {
    parameters: put(parameters),
    buffers: put(buffers),
    slots: Object.fromEntries(Object.entries(slots).map(([slot, arrays]) => [slot, put(arrays)])),
    ema: put(ema),
  };
}

export async function stateToHost({ parameters, buffers, slots, ema }: StepState): Promise<Arrays> {
  const read: [string, NamedArrays][] = [];
  for (const [slot, tensors] of Object.entries(slots)) read.push([slot, await toHost(tensors)]);
  return {
    parameters: await toHost(parameters),
    buffers: await toHost(buffers),
    slots: Object.fromEntries(read),
    ema: await toHost(ema),
  };
}

/** What a consumer of weights needs: parameters and their average, each with the buffers. */
export async function weightsToHost(
  { parameters, buffers, ema }: StepState,
  isAveraged: boolean,
): Promise<{ readonly parameters: NamedArrays; readonly ema?: NamedArrays }> {
  const own = await toHost(buffers);
  const raw = { ...await toHost(parameters), ...own };
  return isAveraged ? { parameters: raw, ema: { ...await toHost(ema), ...own } } : {
    parameters: raw,
  };
}

function zerosLike(arrays: NamedArrays): NamedArrays {
  return mapArrays(arrays, (data) => new Float32Array(data.length));
}

function copyArrays(arrays: NamedArrays): NamedArrays {
  return mapArrays(arrays, (data) => data.slice());
}

function mapArrays(arrays: NamedArrays, change: (data: Float32Array) => Float32Array): NamedArrays {
  return Object.fromEntries(
    Object.entries(arrays).map(([name, { shape, data }]) => [name, { shape, data: change(data) }]),
  );
}
