/** Whether training holds more memory the longer it runs. */

import { runScript } from "./run_script.ts";

export interface Growth {
  /** Memory held by the process, by step. */
  readonly rssMb: Readonly<Record<number, number>>;
  /** Live tensors, by step. */
  readonly tensors: Readonly<Record<number, number>>;
}

export function measureGrowth(steps: number, threads: number): Promise<Growth> {
  return runScript(
    "growth_steps.ts",
    ["--steps", `${steps}`, "--threads", `${threads}`],
    ["--v8-flags=--expose-gc"],
  );
}

export function renderGrowth({ rssMb, tensors }: Growth): string {
  const at = (of: Readonly<Record<number, number>>, digits: number) =>
    Object.entries(of).map(([step, value]) => `${value.toFixed(digits)} at ${step}`).join(", ");
  return `\nmemory of a small U-Net's training, MB by step: ${at(rssMb, 0)}\n` +
    `live tensors: ${at(tensors, 0)}`;
}
