/** What a list of runs says of one run. */

import type { StageState } from "../pipelines/event.ts";
import type { RunRecord } from "../pipelines/run_record.ts";
import { timeOfRun } from "./find_run.ts";
import { type MainScore, mainScore } from "./main_score.ts";

export interface RunRow {
  /** Name of the run's folder. */
  readonly folder: string;
  /** When it began, as ISO 8601 in UTC. */
  readonly time: string;
  readonly name: string;
  readonly status: RunRecord["status"];
  readonly seconds: number;
  readonly ran: number;
  readonly cached: number;
  readonly failed: number;
  readonly skipped: number;
  readonly score: MainScore | undefined;
}

/** @param otherwise The time of a run whose folder does not tell it. */
export function runRow(folder: string, record: RunRecord, otherwise: Date): RunRow {
  const count = (state: StageState) =>
    record.stages.filter((stage) => stage.state === state).length;
  return {
    folder,
    time: (timeOfRun(folder) ?? otherwise).toISOString(),
    name: record.name,
    status: record.status,
    seconds: record.seconds,
    ran: count("ran"),
    cached: count("cached"),
    failed: count("failed"),
    skipped: count("skipped"),
    score: mainScore(record),
  };
}
