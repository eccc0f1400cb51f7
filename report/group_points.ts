/** The stages of a sweep folded together: one for all points of a stage, so that a drawing stays legible. */

import type { StageState } from "../pipelines/event.ts";
import type { StageRecord } from "../pipelines/run_record.ts";
import { baseOf } from "./sweep_table.ts";

export interface StageGroup {
  /** Stands for all of them: named without a point, reading from stages so named, in the gravest state. */
  readonly stage: StageRecord;
  /** How many stages it stands for. */
  readonly size: number;
  /** How many ended how, in this order: failed, skipped, ran, cached; none left out. */
  readonly counts: readonly (readonly [StageState, number])[];
}

const gravity: readonly StageState[] = ["failed", "skipped", "ran", "cached"];

/** In the order in which the stages stand first. */
export function groupPoints(stages: readonly StageRecord[]): readonly StageGroup[] {
  const groups = Map.groupBy(
    stages,
    ({ name, point }) => point === undefined ? name : baseOf(name),
  );
  return [...groups].flatMap(([name, members]) => {
    const [first] = members;
    if (first === undefined) return [];
    const counts = gravity.flatMap((state) => {
      const count = members.filter((member) => member.state === state).length;
      return count === 0 ? [] : [[state, count] as const];
    });
    if (first.point === undefined) return [{ stage: first, size: 1, counts }];
    const stage: StageRecord = {
      ...first,
      name,
      state: counts[0]?.[0] ?? first.state,
      seconds: members.reduce((sum, { seconds }) => sum + seconds, 0),
      inputs: Object.fromEntries(members.flatMap(({ inputs }) => Object.entries(inputs).map(base))),
    };
    return [{ stage, size: members.length, counts }];
  });
}

/** A port may read from another stage at each point: both are drawn. */
function base([port, from]: [string, string]): [string, string] {
  const source = from.replace(/@.*(\.[^.]*)$/s, "$1");
  return [`${port} ${source}`, source];
}
