/** A sweep as a table: one row per point, one column per number, and statistics over some variables. */

import type { Json } from "../artifacts/weights.ts";
import type { StageState } from "../pipelines/event.ts";
import type { RunRecord, StageRecord } from "../pipelines/run_record.ts";

export type StageScore = RunRecord["scores"][number];

/** Numbers that may be compared: same stage but for its point, metric, unit, protocol and thing scored. */
export interface SweepColumn {
  /** Name of the stage without its point. */
  readonly stage: string;
  readonly metric: string;
  readonly of: string;
  readonly unit: string;
  readonly better: "higher" | "lower";
  readonly protocol: string;
}

/** Statistics of one column over the points of a row. */
export interface SweepCell {
  readonly mean: number;
  /** Sample standard deviation (n − 1); undefined for a single value. */
  readonly deviation?: number;
  /** Different stages that gave a value. */
  readonly count: number;
  /** Half width of the score's own interval; only of a single value. */
  readonly interval?: number;
}

export interface SweepRow {
  /** Value by variable; those that were averaged over are left out. */
  readonly point: Readonly<Record<string, Json>>;
  /** Points of the sweep in this row. */
  readonly size: number;
  /** The gravest of its stages. */
  readonly state: StageState;
  /** By column; undefined where no stage gave a number. */
  readonly cells: readonly (SweepCell | undefined)[];
}

export interface SweepTable {
  /** All variables of the sweep, in order. */
  readonly variables: readonly string[];
  /** Those that rows are averaged over. */
  readonly over: readonly string[];
  readonly columns: readonly SweepColumn[];
  readonly rows: readonly SweepRow[];
}

/**
 * The table of a run, or undefined when the run was no sweep.
 *
 * @param over Variables to average over; those that the sweep does not have are ignored.
 */
export function sweepTable(record: RunRecord, over: readonly string[]): SweepTable | undefined {
  const swept = record.stages.filter(hasPoint);
  if (swept.length === 0) return undefined;
  const variables = [...new Set(swept.flatMap(({ point }) => Object.keys(point)))];
  const averaged = variables.filter((name) => over.includes(name));
  const kept = variables.filter((name) => !averaged.includes(name));
  const points = maximalPoints(swept.map(({ point }) => point), variables);
  const groups = Map.groupBy(points, (point) => identity(point, kept));
  const byStage = Map.groupBy(record.scores, ({ stage }) => stage);
  const scored = swept.flatMap((stage) => (byStage.get(stage.name) ?? []).map((score) => score));
  const columns = columnsOf(scored);
  const index = new StageIndex(swept);
  const rows = [...groups.values()].map((group): SweepRow => {
    const stages = new Set(group.flatMap((point) => index.agreeing(point)));
    const scores = [...stages].flatMap(({ name }) => byStage.get(name) ?? []);
    const byColumn = Map.groupBy(scores, columnId);
    const point = Object.fromEntries(
      kept.flatMap((name) => group[0]?.[name] === undefined ? [] : [[name, group[0][name]]]),
    );
    return {
      point,
      size: group.length,
      state: gravest([...stages].map(({ state }) => state)),
      cells: columns.map((column) => statistics(byColumn.get(columnId(column)) ?? [])),
    };
  });
  return { variables, over: averaged, columns, rows };
}

/** The best mean of a column, and its row; undefined when there is nothing to win against. */
export function bestRow({ columns, rows }: SweepTable, column: number): number | undefined {
  const sign = columns[column]?.better === "higher" ? 1 : -1;
  const ranked = rows.flatMap(({ cells }, row) => {
    const mean = cells[column]?.mean;
    return mean === undefined || Number.isNaN(mean) ? [] : [{ row, value: sign * mean }];
  }).toSorted((a, b) => b.value - a.value);
  return ranked.length > 1 && ranked[0]?.value !== ranked[1]?.value ? ranked[0]?.row : undefined;
}

/** A value of a variable as people type it. */
export function valueText(value: Json | undefined): string {
  if (value === undefined) return "";
  return typeof value === "string" ? value : JSON.stringify(value);
}

/** Name of a stage without its point. */
export function baseOf(stage: string): string {
  return stage.replace(/@.*$/s, "");
}

type Point = Readonly<Record<string, Json>>;
type SweptStage = StageRecord & { readonly point: Point };

function hasPoint(stage: StageRecord): stage is SweptStage {
  return stage.point !== undefined;
}

/** Each point that no other extends, where it stands first. */
function maximalPoints(points: readonly Point[], variables: readonly string[]): readonly Point[] {
  const namesOf = (point: Point) => variables.filter((name) => point[name] !== undefined);
  const distinct = new Map(points.map((point) => [identity(point, namesOf(point)), point]));
  const shapes = new Map([...distinct.values()].map((point) => {
    const names = namesOf(point);
    return [names.join(), names] as const;
  }));
  const extended = new Set<string>();
  for (const point of distinct.values()) {
    const own = namesOf(point);
    for (const names of shapes.values()) {
      const isPart = names.length < own.length && names.every((name) => own.includes(name));
      if (isPart) extended.add(identity(point, names));
    }
  }
  return [...distinct].filter(([id]) => !extended.has(id)).map(([, point]) => point);
}

/** Finds the stages that a point belongs to, without looking at all of them for every point. */
class StageIndex {
  readonly #shapes = new Map<string, readonly string[]>();
  readonly #stages: ReadonlyMap<string, readonly SweptStage[]>;

  constructor(stages: readonly SweptStage[]) {
    this.#stages = Map.groupBy(stages, ({ point }) => {
      const names = Object.keys(point);
      this.#shapes.set(names.join(), names);
      return identity(point, names);
    });
  }

  agreeing(point: Point): readonly SweptStage[] {
    return [...this.#shapes.values()].flatMap((names) =>
      this.#stages.get(identity(point, names)) ?? []
    );
  }
}

function identity(point: Point, names: readonly string[]): string {
  return JSON.stringify(names.map((name) => [name, point[name] ?? null, name in point]));
}

function columnsOf(scores: readonly StageScore[]): readonly SweepColumn[] {
  const first = new Map<string, SweepColumn>();
  for (const { stage, metric, of, unit, better, protocol } of scores) {
    const column = { stage: baseOf(stage), metric, of, unit, better, protocol };
    const id = columnId(column);
    if (!first.has(id)) first.set(id, column);
  }
  return [...first.values()];
}

function columnId({ stage, metric, of, unit, better, protocol }: SweepColumn): string {
  return JSON.stringify([baseOf(stage), metric, of, unit, better, protocol]);
}

function statistics(scores: readonly StageScore[]): SweepCell | undefined {
  const [first] = scores;
  if (first === undefined) return undefined;
  const count = scores.length;
  const mean = scores.reduce((sum, { value }) => sum + value, 0) / count;
  if (count === 1) {
    return { mean, count, ...(first.interval === undefined ? {} : { interval: first.interval }) };
  }
  const squares = scores.reduce((sum, { value }) => sum + (value - mean) ** 2, 0);
  return { mean, count, deviation: Math.sqrt(squares / (count - 1)) };
}

const gravity: readonly StageState[] = ["failed", "skipped", "ran", "cached"];

function gravest(states: readonly StageState[]): StageState {
  return gravity.find((state) => states.includes(state)) ?? "skipped";
}
