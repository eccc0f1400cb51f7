/** The training loop. */

import { setImmediate } from "node:timers/promises";
import * as tf from "@tensorflow/tfjs-core";
import { decodeCheckpoint, encodeCheckpoint } from "./checkpoint.ts";
import { firstState, stateToDevice, stateToHost, weightsToHost } from "./device_state.ts";
import { emaDecay } from "./ema.ts";
import { disposeAll } from "./host_tensor.ts";
import { chooseOptimiser } from "./optimiser.ts";
import { stepProgram } from "./step_program.ts";
import { type Notes, takeNotes } from "./take_notes.ts";
import { requireConsistent, type TrainOptions, type TrainResult } from "./train_options.ts";
import type { StepFactors, StepResult, StepState } from "./training_step.ts";

export type { TrainOptions, TrainResult };

/**
 * Minimises a loss.
 *
 * One compiled program per step: loss, gradients, global-norm clipping, optimiser, moving average; the
 * state is donated to it. Training continues from the slot's checkpoint if there is one, and ends with
 * the same bytes as if it had never stopped.
 * @throws {RangeError} When options contradict each other.
 * @throws {Error} When the loss or the gradient norm is not finite, naming the step; the last
 * checkpoint stays.
 */
export async function train(options: TrainOptions): Promise<TrainResult> {
  requireConsistent(options);
  const { steps, ema, accumulate = 1, checkpoint, signal } = options;
  const { learningRate: rateOf, clipNorm, ...choice } = options.optimiser;
  const optimiser = chooseOptimiser(choice);
  const { step: firstStep, parameters, buffers, slots, ema: average, ...firstNotes } =
    await startState(options, optimiser.slots);
  const program = stepProgram({ ...options, rule: { optimiser, clipNorm }, accumulate });
  let step = firstStep;
  let notes: Notes = firstNotes;
  let device = stateToDevice({ parameters, buffers, slots, ema: average });
  const save = async () => {
    if (!checkpoint) return;
    const arrays = await stateToHost(device);
    await checkpoint.save(encodeCheckpoint({ step, ...notes, ...arrays }));
  };
  const weights = () => weightsToHost(device, ema !== null);
  const takeStep = async (index: number, learningRate: number) => {
    const factors = factorsToDevice(
      optimiser.factors(index + 1, learningRate),
      ema ? 1 - emaDecay(index + 1, ema) : 0,
    );
    try {
      return await program.take(index, device, factors);
    } finally {
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
      const learningRate = rateOf(step) * (notes.epochs?.scale ?? 1);
      const { state, ...scalars } = await takeStep(step, learningRate);
      device = state;
      const told = { ...await readScalars(scalars), learningRate };
      step++;
      requireFinite(step, told);
      options.progress?.({ step, of: steps, values: told });
      const evaluated = await evaluateAfter(step, device, options);
      notes = await takeNotes(options, notes, { step, ...told, evaluated }, weights);
      if (step % options.checkpointEvery === 0 || step === steps) await save();
    }
    const { history, best } = notes;
    return { ...await weights(), ...(best && { best }), history };
  } finally {
    disposeAll(device);
    program.dispose();
  }
}

async function startState(options: TrainOptions, slots: readonly string[]) {
  const saved = await options.checkpoint?.load();
  if (!saved) return firstState(options, slots);
  const { specs, buffers = {}, ema } = options;
  return decodeCheckpoint(saved, { specs, buffers, slots, isAveraged: ema !== null });
}

function factorsToDevice(
  factors: Readonly<Record<string, number>>,
  oneMinusEmaDecay: number,
): StepFactors {
  const scalars = Object.entries(factors).map(([name, value]) => [name, tf.scalar(value)]);
  return {
    optimiser: Object.fromEntries(scalars),
    oneMinusEmaDecay: tf.scalar(oneMinusEmaDecay),
  };
}

/** The averaged parameters where an average is kept, and the buffers. */
async function evaluateAfter(
  step: number,
  { parameters, buffers, ema: average }: StepState,
  { evaluate, ema, steps }: TrainOptions,
): Promise<Readonly<Record<string, number>>> {
  if (!evaluate || (step % evaluate.every !== 0 && step !== steps)) return {};
  return await evaluate.run({ ...(ema ? average : parameters), ...buffers }, step);
}

/** Reads and disposes the numbers that a step tells. */
async function readScalars({ loss, gradientNorm }: Omit<StepResult, "state">) {
  return { loss: await takeScalar(loss), gradientNorm: await takeScalar(gradientNorm) };
}

async function takeScalar(tensor: tf.Tensor): Promise<number> {
  const [value = NaN] = await tensor.data();
  tensor.dispose();
  return Number(value);
}

function requireFinite(
  step: number,
  { loss, gradientNorm }: { readonly loss: number; readonly gradientNorm: number },
): void {
  if (Number.isFinite(loss) && Number.isFinite(gradientNorm)) return;
  throw new Error(
    `Cannot continue training: at step ${step} the loss is ${loss} and the gradient norm ` +
      `${gradientNorm}; both must be finite. A lower learning rate or clipping may help`,
  );
}
