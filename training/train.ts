/** The training loop. */

import type { Checkpoint } from "../pipelines/stage.ts";
import { decodeCheckpoint, encodeCheckpoint } from "./checkpoint.ts";
import { firstState, stateToDevice, stateToHost, weightsToHost } from "./device_state.ts";
import { explainDivergence } from "./explain_divergence.ts";
import { disposeAll } from "./host_tensor.ts";
import { chooseOptimiser } from "./optimiser.ts";
import { requireFiniteArrays } from "./require_finite_arrays.ts";
import { runSteps } from "./run_steps.ts";
import { stepProgram } from "./step_program.ts";
import { isFiniteStep, readScalars, withFactors } from "./step_scalars.ts";
import { type Notes, takeNotes } from "./take_notes.ts";
import { requireConsistent, type TrainOptions, type TrainResult } from "./train_options.ts";
import type { StepState } from "./training_step.ts";

export type { TrainOptions, TrainResult };

/**
 * Minimises a loss.
 *
 * One compiled program per step: loss, gradients, global-norm clipping, optimiser, moving average; the
 * memory of the state before serves the next step. Training continues from the slot's checkpoint if there
 * is one, and ends with the same bytes as if it had never stopped.
 * @throws {RangeError} When options contradict each other.
 * @throws {Error} When the loss or the gradient norm is not finite, naming the step and the gradients at
 * fault, or when the state is not, naming the tensor; the last checkpoint is from before.
 */
export async function train(options: TrainOptions): Promise<TrainResult> {
  requireConsistent(options);
  const { steps, ema, accumulate = 1, checkpoint, signal } = options;
  const { learningRate: rateOf, clipNorm, ...choice } = options.optimiser;
  const optimiser = chooseOptimiser(choice);
  const saved = await checkpoint?.load();
  const { step: firstStep, parameters, buffers, slots, ema: average, ...firstNotes } = startState(
    options,
    optimiser.slots,
    saved,
  );
  let lastCheckpoint = saved?.step;
  const program = stepProgram({ ...options, rule: { optimiser, clipNorm }, accumulate });
  let notes: Notes = firstNotes;
  let device = stateToDevice({ parameters, buffers, slots, ema: average });
  const weights = async (what: string) => {
    const arrays = await weightsToHost(device, ema !== null);
    requireFiniteArrays(what, { parameter: arrays.parameters }, lastCheckpoint);
    return arrays;
  };
  const takeStep = async (index: number) => {
    const learningRate = rateOf(index) * (notes.epochs?.scale ?? 1);
    const { state, ...scalars } = await withFactors(
      { optimiser, ema },
      { k: index + 1, learningRate },
      (factors) => program.take(index, device, factors),
    );
    const found = await readScalars(scalars);
    const step = index + 1;
    if (!isFiniteStep(found)) {
      disposeAll(state);
      const batches = program.batches(index);
      const failed = { step, whose: "the loss", found, lastCheckpoint, before: device, batches };
      throw await explainDivergence({ ...options, ...failed });
    }
    program.reuse(device);
    device = state;
    const { loss, gradientNorm, told } = found;
    options.progress?.({
      step,
      of: steps,
      values: { loss, gradientNorm, ...told, learningRate },
    });
    const evaluated = await evaluateAfter(step, device, options);
    const taken = { step, ...found, learningRate, evaluated };
    notes = await takeNotes(options, notes, taken, () => weights(`keep the best, of step ${step}`));
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
        const { parameters, buffers, ema, slots } = arrays;
        const all = { parameter: parameters, buffer: buffers, average: ema, ...slots };
        requireFiniteArrays(`save a checkpoint after step ${step}`, all, lastCheckpoint);
        await checkpoint.save(encodeCheckpoint({ step, ...notes, ...arrays }));
        lastCheckpoint = step;
      },
    });
    const { history, best } = notes;
    return {
      ...await weights("give the weights of the last step"),
      ...(best && { best }),
      history,
    };
  } finally {
    disposeAll(device);
    program.dispose();
  }
}

function startState(options: TrainOptions, slots: readonly string[], saved?: Checkpoint) {
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
