/** A checkpoint slot in memory, for tests of training. */

import type { Checkpoint, CheckpointSlot } from "../../pipelines/stage.ts";

export class MemoryCheckpoint implements CheckpointSlot {
  #latest: Checkpoint | undefined;

  /** Steps of all checkpoints saved so far. */
  readonly steps: number[] = [];

  load(): Promise<Checkpoint | undefined> {
    return Promise.resolve(this.#latest);
  }

  save(checkpoint: Checkpoint): Promise<void> {
    // Copied, as a disk would: later changes to the arrays must not reach the checkpoint.
    const files = new Map([...checkpoint.files].map(([name, bytes]) => [name, bytes.slice()]));
    this.#latest = { step: checkpoint.step, files };
    this.steps.push(checkpoint.step);
    return Promise.resolve();
  }
}
