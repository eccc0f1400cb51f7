/** The skeleton of a training loop: steps, checkpoints, and stopping in good order. */

import { setImmediate } from "node:timers/promises";

export interface StepLoop {
  /** Steps taken already. */
  readonly first: number;
  readonly steps: number;
  /** Steps between checkpoints. */
  readonly checkpointEvery: number;
  readonly signal?: AbortSignal;
  /** Takes the step of this index, from 0. */
  take(index: number): Promise<void>;
  /** Saves a checkpoint after so many steps. */
  save(step: number): Promise<void>;
}

/** @throws What the signal was aborted with, after a checkpoint. */
export async function runSteps(loop: StepLoop): Promise<void> {
  const { first, steps, checkpointEvery, signal } = loop;
  let step = first;
  while (step < steps) {
    // A macrotask, or a step that never leaves this thread would never see the signal.
    await setImmediate();
    if (signal?.aborted) {
      await loop.save(step);
      throw signal.reason;
    }
    await loop.take(step);
    step++;
    if (step % checkpointEvery === 0 || step === steps) await loop.save(step);
  }
}
