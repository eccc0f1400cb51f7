/** `compare`: the points of a sweep by their scores, or several runs by config and scores. */

import { parseResolvedConfig } from "../pipelines/config/resolved_config.ts";
import { sweepTable, valueText } from "../report/sweep_table.ts";
import { compareConfigs, configText } from "./compare_configs.ts";
import { compareScores, scoresText } from "./compare_scores.ts";
import { csvText } from "./csv.ts";
import { ExitCode } from "./exit_code.ts";
import { findRun, type FoundRun } from "./find_run.ts";
import { UsageError } from "./print_failure.ts";
import { sweepText } from "./sweep_text.ts";
import type { Host, JsonArguments } from "./verb.ts";

export interface CompareArguments extends JsonArguments {
  /** Folders, `latest`, or names; none means the latest. */
  readonly named: readonly string[];
  /** Folder of run folders. */
  readonly runs: string;
  /** Variables to average over; `seed` unless given. */
  readonly over: readonly string[];
  /** Do not average: every point by itself. */
  readonly each: boolean;
  readonly csv: boolean;
}

export async function compareVerb(args: CompareArguments, host: Host): Promise<ExitCode> {
  if (args.csv && args.json) throw new UsageError("--csv and --json exclude each other");
  const runs: FoundRun[] = [];
  for (const named of args.named.length === 0 ? ["latest"] : args.named) {
    runs.push(await findRun(named, args.runs, host));
  }
  if (runs.length > 1 && (args.each || args.over.length > 0)) {
    throw new UsageError("--over and --each are for the points of one run");
  }
  const [first, ...others] = runs;
  if (first === undefined) return ExitCode.usage;
  host.terminal.out(others.length === 0 ? comparePoints(first, args) : compareRuns(runs, args));
  return ExitCode.done;
}

function comparePoints({ name, record }: FoundRun, args: CompareArguments): string {
  const over = args.each ? [] : args.over.length === 0 ? ["seed"] : args.over;
  const sweep = sweepTable(record, over);
  if (sweep === undefined) {
    const hint = 'it has no matrix; give a second run, as in "compare latest other"';
    throw new UsageError(`Cannot compare the points of run "${name}": ${hint}`);
  }
  for (const variable of args.over) {
    if (sweep.variables.includes(variable)) continue;
    const known = sweep.variables.join(", ");
    throw new UsageError(`Cannot average over "${variable}": the variables are ${known}`);
  }
  const points = sweepTable(record, [])?.rows.length ?? 0;
  if (args.json) {
    return `${JSON.stringify({ run: name, name: record.name, points, ...sweep }, null, 2)}\n`;
  }
  const names = sweep.variables.filter((variable) => !sweep.over.includes(variable));
  if (args.csv) {
    const head = ["state", "stage", "of", "metric", "unit", "better", "mean", "deviation", "n"];
    const rows = sweep.rows.flatMap(({ point, state, cells }) =>
      sweep.columns.map(({ stage, of, metric, unit, better, protocol }, index) => [
        ...names.map((variable) => valueText(point[variable])),
        ...[state, stage, of, metric, unit, better],
        ...[cells[index]?.mean, cells[index]?.deviation, cells[index]?.count ?? 0, protocol],
      ])
    );
    return csvText([[...names, ...head, "protocol"], ...rows]);
  }
  const averaged = sweep.over.length === 0
    ? ""
    : `   mean ± sample standard deviation over ${sweep.over.join(", ")}`;
  const variables = sweep.variables.join(", ");
  const head = `sweep  ${name}  ${points} points over ${variables}  ${record.status}${averaged}\n`;
  return `${head}${sweepText(sweep)}`;
}

function configOf({ name, record }: FoundRun) {
  try {
    return parseResolvedConfig(record.config);
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    throw new UsageError(`Cannot compare run "${name}": ${error.message}`);
  }
}

function compareRuns(runs: readonly FoundRun[], args: CompareArguments): string {
  const configs = runs.map(configOf);
  const config = compareConfigs(configs);
  const scores = compareScores(runs.map(({ record }) => record.scores));
  if (args.json) {
    const facts = runs.map(({ name, record }) => ({
      run: name,
      name: record.name,
      status: record.status,
    }));
    return `${JSON.stringify({ runs: facts, config, ...scores }, null, 2)}\n`;
  }
  const letters = runs.map((_, i) => String.fromCharCode(65 + i));
  if (args.csv) {
    const head = ["stage", "of", "metric", "unit", "better", "protocol", ...letters];
    const rows = scores.matched.map(({ stages, of, metric, unit, better, protocol, values }) => [
      ...[[...new Set(stages)].join(" "), of, metric, unit, better, protocol],
      ...values.map((value) => value?.value),
    ]);
    return csvText([head, ...rows]);
  }
  const heads = runs.map(({ name, record }, i) =>
    `${letters[i]}  ${name}  ${record.name}  ${record.status}\n`
  );
  return `${heads.join("")}${configText(config, letters)}${scoresText(scores, letters)}`;
}
