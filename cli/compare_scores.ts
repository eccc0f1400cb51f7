/** The scores of runs side by side; only what was computed alike is compared. */

import type { StageScore } from "../report/sweep_table.ts";
import { alignColumns } from "./align_columns.ts";
import { formatNumber } from "./loggers/format_quantity.ts";

export type Verdict = "better" | "worse" | "equal" | "within the interval";

export interface ScoreDifference {
  /** This run's value less the first run's. */
  readonly difference: number;
  readonly verdict: Verdict;
}

export interface MatchedScore {
  readonly metric: string;
  readonly of: string;
  readonly unit: string;
  readonly better: "higher" | "lower";
  readonly protocol: string;
  /** The stages that gave it, by run. */
  readonly stages: readonly string[];
  readonly values: readonly (Pick<StageScore, "value" | "interval" | "count"> | undefined)[];
  /** Of each run but the first; undefined where one of the two has no value. */
  readonly differences: readonly (ScoreDifference | undefined)[];
}

export interface ScoreComparison {
  /** In at least two runs. */
  readonly matched: readonly MatchedScore[];
  /** Same metric of the same thing, but computed in different ways. */
  readonly differentProtocols: readonly {
    readonly metric: string;
    readonly of: string;
    /** By run; undefined where the run has no such score. */
    readonly protocols: readonly (string | undefined)[];
  }[];
  /** In one run only. @property run Its index. */
  readonly alone: readonly { readonly run: number; readonly score: StageScore }[];
}

/**
 * Matches by metric, thing scored, unit, direction and protocol; where a run has several of one kind also by
 * stage.
 */
export function compareScores(runs: readonly (readonly StageScore[])[]): ScoreComparison {
  const isRepeated = runs.map((scores) => repeatedKinds(scores));
  const keyed = runs.map((scores) => {
    const own = new Map<string, StageScore>();
    for (const score of scores) {
      const kind = kindOf(score);
      const isAmbiguous = isRepeated.some((repeated) => repeated.has(kind));
      const key = isAmbiguous ? `${kind} ${score.stage}` : kind;
      if (!own.has(key)) own.set(key, score);
    }
    return own;
  });
  const matched: MatchedScore[] = [];
  const alone: { run: number; score: StageScore }[] = [];
  for (const key of new Set(keyed.flatMap((own) => [...own.keys()]))) {
    const scores = keyed.map((own) => own.get(key));
    const present = scores.filter((score) => score !== undefined);
    const [first] = present;
    if (first === undefined) continue;
    if (present.length === 1) {
      alone.push({ run: scores.indexOf(first), score: first });
    } else {
      matched.push(describeMatch(first, scores));
    }
  }
  const differentProtocols = protocolsOf(alone, runs.length);
  const isExplained = (score: StageScore) =>
    differentProtocols.some(({ metric, of }) => metric === score.metric && of === score.of);
  return {
    matched,
    differentProtocols,
    alone: alone.filter(({ score }) => !isExplained(score)),
  };
}

/** Better and worse follow the metric's direction; a difference below the intervals decides nothing. */
export function differenceOf(a: StageScore, b: StageScore): ScoreDifference {
  const difference = b.value - a.value;
  // Of independent estimates the half widths add up like standard errors.
  const halfWidth = Math.hypot(a.interval ?? 0, b.interval ?? 0);
  if (difference === 0) return { difference, verdict: "equal" };
  if (Math.abs(difference) <= halfWidth) return { difference, verdict: "within the interval" };
  return { difference, verdict: difference > 0 === (a.better === "higher") ? "better" : "worse" };
}

/** Lines for a person. @param letters Names of the runs. */
export function scoresText(
  { matched, differentProtocols, alone }: ScoreComparison,
  letters: readonly string[],
): string {
  const [a = "A", ...others] = letters;
  const head = ["scores", ...letters, ...others.flatMap((letter) => [`${letter} - ${a}`, ""])];
  const rows = matched.map(({ metric, of, stages, unit, better, values, differences }) => {
    const isSwept = stages.some((stage) => stage.includes("@"));
    const sign = better === "higher" ? "↑" : "↓";
    const name = `  ${metric} ${sign} of ${of}${
      isSwept ? ` (${[...new Set(stages)].join(", ")})` : ""
    }`;
    return [
      unit === "1" || unit === "" ? name : `${name}, ${unit}`,
      ...values.map((value) => value === undefined ? "-" : measured(value)),
      ...differences.flatMap((each) =>
        each === undefined ? ["-", ""] : [signed(each.difference), each.verdict]
      ),
    ];
  });
  const left = new Set([0, ...others.map((_, i) => letters.length + 2 + 2 * i)]);
  const lines = rows.length === 0
    ? ["scores  none in common"]
    : alignColumns([head, ...rows], left);
  const notes = differentProtocols.flatMap(({ metric, of, protocols }) => [
    `! ${metric} of ${of} is not compared, its protocols differ:`,
    ...protocols.flatMap((text, i) => text === undefined ? [] : [`    ${letters[i]}  ${text}`]),
  ]);
  const lonely = letters.flatMap((letter, run) => {
    const own = alone.filter((each) => each.run === run);
    const names = Map.groupBy(own, ({ score: { metric, of } }) => `${metric} of ${of}`);
    const shown = [...names].slice(0, 12).map(([name, { length }]) =>
      length === 1 ? name : `${name} ×${length}`
    );
    if (names.size > 12) shown.push(`${names.size - 12} more`);
    return own.length === 0 ? [] : [`only in ${letter}: ${shown.join(", ")}`];
  });
  return [...lines, ...notes, ...lonely].map((line) => `${line}\n`).join("");
}

function kindOf({ metric, of, unit, better, protocol }: StageScore): string {
  return JSON.stringify([metric, of, unit, better, protocol]);
}

function repeatedKinds(scores: readonly StageScore[]): ReadonlySet<string> {
  const groups = Map.groupBy(scores, kindOf);
  return new Set([...groups].filter(([, own]) => own.length > 1).map(([kind]) => kind));
}

function describeMatch(
  { metric, of, unit, better, protocol }: StageScore,
  scores: readonly (StageScore | undefined)[],
): MatchedScore {
  const [base] = scores;
  return {
    ...{ metric, of, unit, better, protocol },
    stages: scores.map((score) => score?.stage ?? ""),
    values: scores.map((score) => {
      if (score === undefined) return undefined;
      const { value, count, interval } = score;
      return { value, count, ...(interval === undefined ? {} : { interval }) };
    }),
    differences: scores.slice(1).map((score) => base && score && differenceOf(base, score)),
  };
}

function protocolsOf(
  alone: readonly { readonly run: number; readonly score: StageScore }[],
  runs: number,
): ScoreComparison["differentProtocols"] {
  const groups = Map.groupBy(alone, ({ score: { metric, of } }) => JSON.stringify([metric, of]));
  return [...groups.values()].flatMap((group) => {
    const [first] = group;
    if (first === undefined || new Set(group.map(({ run }) => run)).size < 2) return [];
    if (new Set(group.map(({ score }) => score.protocol)).size < 2) return [];
    const protocols = Array.from(
      { length: runs },
      (_, run) => group.find((each) => each.run === run)?.score.protocol,
    );
    return [{ metric: first.score.metric, of: first.score.of, protocols }];
  });
}

function measured({ value, interval }: Pick<StageScore, "value" | "interval">): string {
  return interval === undefined
    ? formatNumber(value)
    : `${formatNumber(value)} ± ${formatNumber(interval)}`;
}

function signed(value: number): string {
  return `${value > 0 ? "+" : ""}${formatNumber(value)}`;
}
