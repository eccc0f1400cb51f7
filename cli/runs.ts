/** `runs`: the history, newest first. */

import { resolve } from "node:path";
import { parseDuration } from "../pipelines/config/quantity.ts";
import { printable } from "../pipelines/config/diagnostic.ts";
import { alignColumns } from "./align_columns.ts";
import { ExitCode } from "./exit_code.ts";
import { formatDuration, formatNumber } from "./loggers/format_quantity.ts";
import { paint } from "./paint.ts";
import { UsageError } from "./print_failure.ts";
import { openRunIndex } from "./run_index.ts";
import type { RunRow } from "./run_row.ts";
import type { Host, JsonArguments } from "./verb.ts";

export interface RunsArguments extends JsonArguments {
  /** Folder of run folders. */
  readonly runs: string;
  /** A part of the pipeline's name. */
  readonly name?: string;
  readonly status?: string;
  /** "7d", "12h", or a day such as "2026-11-21". */
  readonly since?: string;
  /** The newest so many; 0 for all. */
  readonly limit: number;
  /** Make the index anew. */
  readonly rebuild: boolean;
}

export function runsVerb(args: RunsArguments, host: Host): Promise<ExitCode> {
  const { name, status, limit } = args;
  const since = args.since === undefined ? undefined : startOf(args.since, new Date());
  const { database, warnings } = openRunIndex(resolve(host.folder, args.runs), args.rebuild);
  try {
    const rows = database.list({
      ...(name === undefined ? {} : { name }),
      ...(status === undefined ? {} : { status }),
      ...(since === undefined ? {} : { since }),
      ...(limit === 0 ? {} : { limit }),
    });
    for (const warning of warnings) host.terminal.err(`! ${printable(warning)}\n`);
    const text = rows.length === 0 ? "No runs\n" : runsText(rows, host.terminal.hasColor);
    host.terminal.out(args.json ? `${JSON.stringify({ runs: rows }, null, 2)}\n` : text);
  } finally {
    database.close();
  }
  return Promise.resolve(ExitCode.done);
}

/** @throws {UsageError} When the text is neither a span of time nor a day. */
export function startOf(text: string, now: Date): Date {
  const seconds = parseDuration(text);
  if (seconds !== undefined) return new Date(now.getTime() - seconds * 1000);
  const day = /^\d{4}-\d\d-\d\d(T[\d:.]+Z)?$/.test(text) ? new Date(text) : undefined;
  if (day === undefined || Number.isNaN(day.getTime())) {
    throw new UsageError(`--since must be like 7d, 12h or 2026-11-21, but is "${text}"`);
  }
  return day;
}

const colors = { succeeded: "green", failed: "red", interrupted: "yellow" } as const;

function runsText(rows: readonly RunRow[], hasColor: boolean): string {
  const head = ["started (UTC)", "status", "took", "ran", "cached", "failed", "score", "run"];
  const cells = rows.map((row) => [
    row.time.slice(0, 16).replace("T", " "),
    row.status,
    formatDuration(row.seconds),
    ...[row.ran, row.cached, row.failed].map((count) => count === 0 ? "-" : String(count)),
    scoreText(row),
    printable(row.folder),
  ]);
  const [first = "", ...lines] = alignColumns([head, ...cells], new Set([0, 1, 6, 7]));
  const colored = lines.map((line, i) => {
    const status = rows[i]?.status ?? "succeeded";
    return line.replace(status, paint(status, colors[status], hasColor));
  });
  return [paint(first, "dim", hasColor), ...colored].map((line) => `${line}\n`).join("");
}

function scoreText({ score }: RunRow): string {
  if (score === undefined) return "-";
  const { metric, of, value, unit, bestOf } = score;
  const shown = `${metric} ${formatNumber(value)}${unit === "dB" ? " dB" : ""}`;
  return printable(bestOf > 1 ? `${shown} (best of ${bestOf})` : `${shown} (${of})`);
}
