/** `--keep-failed`: what is left of a stage that failed, in the folder of the run. */

import { writeDurably } from "../pipelines/store/durable_file.ts";
import type { Job } from "../pipelines/run/job.ts";
import type { Checkpoint } from "../pipelines/stage.ts";

/**
 * Writes the job and the files of the last checkpoint to `failed/<stage>/`. The store keeps the checkpoint
 * too, but only until the stage has succeeded.
 *
 * @returns The folder.
 */
export function keepFailed(folder: string, job: Job, checkpoint: Checkpoint | undefined): string {
  const target = `${folder}/failed/${job.stage}`;
  const options = { temporary: folder, isFlushed: false };
  const json = `${JSON.stringify(job, null, 2)}\n`;
  writeDurably(`${target}/job.json`, new TextEncoder().encode(json), options);
  for (const [name, bytes] of checkpoint?.files ?? []) {
    writeDurably(`${target}/checkpoint-${checkpoint?.step}/${name}`, bytes, options);
  }
  return target;
}
