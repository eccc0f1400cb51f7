/** The one number that stands for a run in a list. */

import type { RunRecord } from "../pipelines/run_record.ts";
import { baseOf, type StageScore } from "../report/sweep_table.ts";

export interface MainScore {
  readonly metric: string;
  readonly of: string;
  readonly value: number;
  readonly unit: string;
  /** How many points of a sweep it is the best of; 1 otherwise. */
  readonly bestOf: number;
}

/** The first score that is not a floor; of a sweep the best of its kind. */
export function mainScore({ scores }: Pick<RunRecord, "scores">): MainScore | undefined {
  const first = scores.find(({ of }) => !/^real vs\.? real\b/i.test(of));
  if (first === undefined) return undefined;
  const rivals = scores.filter((score) => isAlike(score, first));
  const values = rivals.map(({ value }) => value);
  const value = first.better === "higher" ? Math.max(...values) : Math.min(...values);
  const { metric, of, unit } = first;
  return { metric, of, value, unit, bestOf: rivals.length };
}

function isAlike(a: StageScore, b: StageScore): boolean {
  return a.metric === b.metric && a.of === b.of && a.protocol === b.protocol &&
    baseOf(a.stage) === baseOf(b.stage);
}
