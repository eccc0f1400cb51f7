/** What stages may run beside each other, and with how many threads. */

import type { PlannedStage } from "./plan.ts";
import type { EngineChoice } from "../stage.ts";

/** What the machine has for all stages together. */
export interface Machine {
  readonly cpus: number;
  readonly gpus: number;
  readonly memoryMiB: number;
}

/**
 * Threads for a stage that computes tensors: as many as the command line says, else as many as the stage
 * asks cores for, else all cores.
 *
 * Never what happens to run beside it: another number of threads may round differently, and a result
 * must not depend on how busy the machine was.
 */
export function threadsOf(planned: PlannedStage, engine: EngineChoice, machine: Machine): number {
  if (engine.threads > 0) return engine.threads;
  return planned.config.resources.cpus ?? machine.cpus;
}

/** Whether the machine has what a stage needs, beside what those that run need. */
export function fits(
  planned: PlannedStage,
  running: Iterable<PlannedStage>,
  { machine, engine }: { readonly machine: Machine; readonly engine: EngineChoice },
): boolean {
  const others = [...running];
  // Alone everything fits: a machine that is too small is slow, not wrong.
  if (others.length === 0) return true;
  const needs = [...others, planned].map((each) => needsOf(each, engine, machine));
  const total = (what: keyof Machine) => needs.reduce((sum, need) => sum + need[what], 0);
  return total("gpus") <= machine.gpus && total("cpus") <= machine.cpus &&
    total("memoryMiB") <= machine.memoryMiB;
}

function needsOf(planned: PlannedStage, engine: EngineChoice, machine: Machine): Machine {
  const { cpus, gpu, memoryMiB } = planned.config.resources;
  // Threads of ONNX Runtime spin while they wait: two trainings on the same two cores take five times
  // as long, so the threads of a stage are cores that are taken.
  const computes = planned.stage.permissions?.engine === true;
  const threads = computes ? threadsOf(planned, engine, machine) : 0;
  return { cpus: Math.max(cpus ?? 0, threads), gpus: gpu ?? 0, memoryMiB: memoryMiB ?? 0 };
}
