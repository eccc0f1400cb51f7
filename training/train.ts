/** The training loop. */

import { decodeCheckpoint, encodeCheckpoint } from "./checkpoint.ts";
import { firstState, stateToDevice, stateToHost, weightsToHost } from "./device_state.ts";
import { disposeAll } from "./host_tensor.ts";
import { chooseOptimiser } from "./optimiser.ts";
import { runSteps } from "./run_steps.ts";
import { stepProgram } from "./step_program.ts";
import { readScalars, requireFinite, withFactors } from "./step_scalars.ts";
import { type Notes, takeNotes } from "./take_notes.ts";
import { requireConsistent, type TrainOptions, type TrainResult } from "./train_options.ts";
import type { StepState } from "./training_step.ts";

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
  let notes: Notes = firstNotes;
  let device = stateToDevice({ parameters, buffers, slots, ema: average });
  const weights = () => weightsToHost(device, ema !== null);
  const takeStep = async (index: number) => {
    const learningRate = rateOf(index) * (notes.epochs?.scale ?? 1);
    const { state, ...scalars } = await withFactors(
      { optimiser, ema },
      { k: index + 1, learningRate },
      (factors) => program.take(index, device, factors),
    );
    device = state;
    const found = await readScalars(scalars);
    const step = index + 1;
    requireFinite(step, found);
    const { loss, gradientNorm, told } = found;
    options.progress?.({
      step,
      of: steps,
      values: { loss, gradientNorm, ...told, learningRate },
    });
    const evaluated = await evaluateAfter(step, device, options);
    notes = await takeNotes(options, notes, { step, ...found, learningRate, evaluated }, weights);
  };
  try {
    await runSteps({
      first: firstStep,
      steps,
      checkpointEvery: options.checkpointEvery,
      ...(signal ? { signal } : {}),
      take: takeStep,
      async save(step) {
        if (!checkpoint) return;
        const arrays = await stateToHost(device);
        await checkpoint.save(encodeCheckpoint({ step, ...notes, ...arrays }));
      },
    });
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

/** The averaged parameters where an average is kept, and the buffers. */
async function evaluateAfter(
  step: number,
  { parameters, buffers, ema: average }: StepState,
  { evaluate, ema, steps }: TrainOptions,
): Promise<Readonly<Record<string, number>>> {
  if (!evaluate || (step % evaluate.every !== 0 && step !== steps)) return {};
  return await evaluate.run({ ...(ema ? average : parameters), ...buffers }, step);
}
