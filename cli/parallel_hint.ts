/** Why `-j` may not do what it seems to say. */

import type { Plan } from "../pipelines/plan/plan.ts";
import { type Machine, threadsOf } from "../pipelines/plan/resources.ts";
import type { EngineChoice } from "../pipelines/stage.ts";

/** A line when no two of the stages that compute tensors can run at once; undefined when it is not so. */
export function parallelHint(
  { stages }: Plan,
  { jobs, machine, engine }: {
    readonly jobs: number;
    readonly machine: Machine;
    readonly engine: EngineChoice;
  },
): string | undefined {
  const threads = stages.filter(({ stage }) => stage.permissions?.engine === true)
    .map((planned) => threadsOf(planned, engine, machine)).sort((a, b) => a - b);
  const [least = 0, next = 0] = threads;
  const { cpus } = machine;
  const isInVain = jobs > 1 && threads.length > 1 && cpus > 1 && least + next > cpus;
  if (!isInVain) return undefined;
  const share = Math.max(1, Math.floor(cpus / jobs));
  return `Stages that compute tensors run one at a time: each takes ${least} of ${cpus} cores or more. ` +
    `With --threads ${share} more of them run at once\n`;
}
