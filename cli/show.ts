/** `show [run] [stage]`: what became of a run, or of one stage of it. */

import { resolve } from "node:path";
import { printable } from "../pipelines/config/diagnostic.ts";
import { didYouMean } from "../pipelines/config/did_you_mean.ts";
import type { StageRecord } from "../pipelines/run_record.ts";
import { groupPoints } from "../report/group_points.ts";
import { sweepTable } from "../report/sweep_table.ts";
import { alignColumns } from "./align_columns.ts";
import { ExitCode } from "./exit_code.ts";
import { findRun, type FoundRun, timeOfRun } from "./find_run.ts";
import { formatDuration } from "./loggers/format_quantity.ts";
import { UsageError } from "./print_failure.ts";
import { scoreTable } from "./score_table.ts";
import { sweepText } from "./sweep_text.ts";
import type { Host, JsonArguments } from "./verb.ts";

export interface ShowArguments extends JsonArguments {
  readonly run: string;
  readonly stage?: string;
  /** Folder of run folders. */
  readonly runs: string;
}

export async function showVerb(args: ShowArguments, host: Host): Promise<ExitCode> {
  const found = await findRun(args.run, args.runs, host);
  const { terminal } = host;
  if (args.stage === undefined) {
    const { charts: _, ...rest } = found.record;
    terminal.out(
      args.json
        ? `${JSON.stringify({ run: found.name, ...rest }, null, 2)}\n`
        : printable(runText(found)),
    );
    return ExitCode.done;
  }
  const stage = stageOf(found, args.stage);
  const scores = found.record.scores.filter((score) => score.stage === stage.name);
  terminal.out(
    args.json
      ? `${JSON.stringify({ run: found.name, ...stage, scores }, null, 2)}\n`
      : printable(`${stageText(stage)}${scoreTable(scores)}${logLine(found, stage, host)}`),
  );
  return ExitCode.done;
}

/** More points than this are one line for all points of a stage. */
const MAX_UNFOLDED = 24;

function runText({ name, folder, record }: FoundRun): string {
  const time = timeOfRun(folder)?.toISOString().slice(0, 19).replace("T", " ");
  const started = time === undefined ? [] : [`started ${time} UTC`];
  const facts = [record.name, record.status, formatDuration(record.seconds), `seed ${record.seed}`];
  const head = `${[name, ...facts, ...started].join("   ")}\n`;
  const isLong = record.stages.length > MAX_UNFOLDED;
  const rows = isLong
    ? groupPoints(record.stages).map(({ stage, size, counts }) => [
      size > 1 ? `${stage.name} ×${size}` : stage.name,
      size > 1 ? counts.map(([state, count]) => `${count} ${state}`).join(", ") : stage.state,
      ...times(stage, size === 1),
    ])
    : record.stages.map((stage) => [stage.name, stage.state, ...times(stage, true)]);
  const table = alignColumns([["stage", "state", "time", "computed in", "key"], ...rows], lefts);
  const sweep = sweepTable(record, ["seed"]);
  const scores = sweep === undefined ? scoreTable(record.scores) : sweepText(sweep);
  return [
    head,
    ...table.map((line) => `  ${line}\n`),
    ...record.stages.flatMap(notes),
    scores,
    `report: ${name}/report.html\n`,
  ].join("");
}

const lefts: ReadonlySet<number> = new Set([0, 1, 4]);

function times({ state, seconds, computeSeconds, key }: StageRecord, isOne: boolean): string[] {
  if (state === "skipped") return ["-", "-", ""];
  const computed = isOne && computeSeconds > 0 ? formatDuration(computeSeconds) : "-";
  return [formatDuration(seconds), computed, isOne ? key.slice(0, 6) : ""];
}

function notes({ name, state, message, warnings }: StageRecord): readonly string[] {
  const failure = message !== undefined && state === "failed" ? [`✗ ${name}: ${message}\n`] : [];
  return [...failure, ...warnings.map((text) => `! ${name}: ${text}\n`)];
}

function stageOf({ name, record }: FoundRun, wanted: string): StageRecord {
  const stage = record.stages.find((each) => each.name === wanted);
  if (stage !== undefined) return stage;
  const hint = didYouMean(wanted, record.stages.map((each) => each.name));
  throw new UsageError(`Run "${name}" has no stage "${wanted}"${hint ? `. ${hint}` : ""}`);
}

function stageText(stage: StageRecord): string {
  const { name, uses, state, key, seconds, computeSeconds, message, warnings } = stage;
  const rows = [
    ["uses", uses],
    ["state", state],
    ["time", `${formatDuration(seconds)}, computed in ${formatDuration(computeSeconds)}`],
    ["key", key || "-"],
    ...Object.entries(stage.point ?? {}).map(([variable, value]) => [
      `matrix.${variable}`,
      JSON.stringify(value),
    ]),
    ...Object.entries(stage.inputs).map(([port, from]) => [`inputs.${port}`, from]),
    ...Object.entries(asMap(stage.params)).map(([param, value]) => [
      `with.${param}`,
      JSON.stringify(value),
    ]),
    ...Object.entries(stage.outputs).map(([port, { kind, bytes, digest }]) => [
      `outputs.${port}`,
      `${kind}, ${bytes} bytes, sha256 ${digest.slice(0, 12)}`,
    ]),
  ];
  const lines = alignColumns(rows, new Set([0, 1])).map((line) => `  ${line}\n`);
  const said = [...message === undefined ? [] : [message], ...warnings].map((text) =>
    `! ${text}\n`
  );
  return `${name}\n${lines.join("")}${said.join("")}`;
}

function logLine({ name, folder }: FoundRun, stage: StageRecord, host: Host): string {
  const file = `logs/${stage.name}.log`;
  try {
    Deno.statSync(resolve(host.folder, folder, file));
    return `log: ${name}/${file}\n`;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return "";
    throw error;
  }
}

function asMap(params: StageRecord["params"]): Readonly<Record<string, unknown>> {
  return typeof params === "object" && params !== null ? { ...params } : {};
}
