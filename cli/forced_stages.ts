/** Which stages `--force`, `--force-only` and `--force-from` name. */

import { didYouMean } from "../pipelines/config/did_you_mean.ts";
import type { Plan } from "../pipelines/plan/plan.ts";
import { UsageError } from "./print_failure.ts";

export interface ForceArguments {
  /** All of them. */
  readonly force: boolean;
  /** These. */
  readonly forceOnly: readonly string[];
  /** These and all that come after them. */
  readonly forceFrom: readonly string[];
}

/**
 * True for all, or names of planned stages; the name of a stage that a matrix multiplies stands for all
 * its points.
 *
 * @throws {UsageError} For a name that no stage has.
 */
export function forcedStages(args: ForceArguments, plan: Plan): boolean | ReadonlySet<string> {
  if (args.force) return true;
  const from = new Set(args.forceFrom.flatMap((name) => stagesCalled(name, plan)));
  // In plan order what comes before a stage was seen before it.
  for (const { name, inputs } of plan.stages) {
    if ([...inputs.values()].some(({ stage }) => from.has(stage))) from.add(name);
  }
  return from.union(new Set(args.forceOnly.flatMap((name) => stagesCalled(name, plan))));
}

function stagesCalled(wanted: string, { stages }: Plan): readonly string[] {
  const names = stages.map(({ name }) => name);
  const found = names.filter((name) => name === wanted || name.startsWith(`${wanted}@`));
  if (found.length > 0) return found;
  const hint = didYouMean(wanted, names);
  throw new UsageError(`Unknown stage "${wanted}"${hint === undefined ? "" : `. ${hint}`}`);
}
