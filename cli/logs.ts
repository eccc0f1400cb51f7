/** `logs [run|config] <stage>`: what a stage printed, also when its result was found in the store. */

import { resolve } from "node:path";
import { printable } from "../pipelines/config/diagnostic.ts";
import { didYouMean } from "../pipelines/config/did_you_mean.ts";
import { forecast } from "../pipelines/key/forecast.ts";
import { openLocalStore } from "../pipelines/store/local_store.ts";
import { parseRunRecord } from "../pipelines/parse_run_record.ts";
import type { StageRecord } from "../pipelines/run_record.ts";
import type { Store } from "../pipelines/store/store.ts";
import { chooseEngine } from "./engine_choice.ts";
import { ExitCode } from "./exit_code.ts";
import { keyContext } from "./key_context.ts";
import { loadPlan } from "./load_plan.ts";
import { formatDuration } from "./loggers/format_quantity.ts";
import { UsageError } from "./print_failure.ts";
import type {
  ConfigArguments,
  EngineArguments,
  Host,
  JsonArguments,
  StoreArguments,
} from "./verb.ts";

export interface LogsArguments
  extends Omit<ConfigArguments, "config">, StoreArguments, EngineArguments, JsonArguments {
  /** Folder of a run or path of a config; the stage itself when `stage` is absent. */
  readonly of: string;
  readonly stage?: string;
}

/** What is told of a stage. */
interface StageLog {
  readonly stage: string;
  readonly state: string;
  readonly key: string;
  /** Of a result that this run did not compute. */
  readonly finishedAt?: string;
  readonly seconds?: number;
  readonly warnings: readonly string[];
  /** Attempts after the first begin with a line of their own. */
  readonly log: string;
}

export async function logsVerb(args: LogsArguments, host: Host): Promise<ExitCode> {
  const stage = args.stage ?? args.of;
  const of = args.stage === undefined ? "runs/latest" : args.of;
  const store = openLocalStore(resolve(host.folder, args.store));
  const log = /\.ya?ml$/.test(of)
    ? await logOfConfig({ ...args, config: of }, stage, store, host)
    : await logOfRun(of, stage, store, host);
  host.terminal.out(args.json ? `${JSON.stringify(log, null, 2)}\n` : logText(log));
  return ExitCode.done;
}

function logText({ stage, state, key, finishedAt, seconds, warnings, log }: StageLog): string {
  const when = finishedAt === undefined ? "" : `, computed ${finishedAt}`;
  const time = seconds === undefined ? "" : ` in ${formatDuration(seconds)}`;
  const id = key === "" ? "" : `, key ${key.slice(0, 6)}`;
  const head = `--- ${stage}: ${state}${when}${time}${id} ---\n`;
  const said = warnings.map((warning) => `Warning: ${warning}\n`).join("");
  const text = log === "" || log.endsWith("\n") ? log : `${log}\n`;
  return printable(`${head}${said}${text}`);
}

/** Of a run that was killed there may be a log and no record. */
async function logOfRun(run: string, stage: string, store: Store, host: Host): Promise<StageLog> {
  const folder = resolve(host.folder, run);
  const text = await readIfThere(`${folder}/run.json`);
  const stages = text === undefined ? [] : parseRunRecord(text).stages;
  const record = stages.find(({ name }) => name === stage);
  const names = [...stages.map(({ name }) => name), ...namesOfLogs(folder)];
  if (names.length === 0) throw new UsageError(`Cannot find a run in "${run}"`);
  if (!names.includes(stage)) throw unknownStage(stage, names, `the run "${run}"`);
  const log = await readIfThere(`${folder}/logs/${stage}.log`);
  if (record?.state === "cached") return await logOfResult(record, store);
  const { state = "not finished", key = "" } = record ?? {};
  // The log of a run has its warnings in the place where they came.
  return { stage, state, key, warnings: [], log: log ?? messageOf(record) };
}

function messageOf(record: StageRecord | undefined): string {
  return record?.message === undefined ? "" : `${record.message}\n`;
}

async function logOfConfig(
  args: ConfigArguments & StoreArguments & EngineArguments,
  stage: string,
  store: Store,
  host: Host,
): Promise<StageLog> {
  const plan = await loadPlan(args, host);
  const names = plan.stages.map(({ name }) => name);
  if (!names.includes(stage)) throw unknownStage(stage, names, `the config "${args.config}"`);
  const memory = { store: store.location, isReadOnly: true };
  const forecasts = await forecast(
    plan,
    store,
    keyContext((await chooseEngine(args)).facts, memory),
  );
  const found = forecasts.find(({ planned }) => planned.name === stage);
  if (found?.state === "cached") {
    return await logOfResult({ name: stage, key: found.fingerprint.key, state: "cached" }, store);
  }
  const hint = `"logs <run> ${stage}" shows what it printed in an earlier run`;
  throw new UsageError(`Stage "${stage}" has no result (${found?.reason}); ${hint}`);
}

async function logOfResult(
  { name: stage, key, state }: Pick<StageRecord, "name" | "key" | "state">,
  store: Store,
): Promise<StageLog> {
  const found = await store.lookup(key, { stage, readOnly: true });
  if (found.state !== "hit") {
    throw new UsageError(`The result of stage "${stage}" is not in the store any more`);
  }
  const { finishedAt, seconds, warnings, log } = found.action;
  const bytes = log === undefined ? new Uint8Array() : await store.readBlob(log);
  return { stage, state, key, finishedAt, seconds, warnings, log: new TextDecoder().decode(bytes) };
}

function unknownStage(stage: string, names: readonly string[], where: string): UsageError {
  const hint = didYouMean(stage, names);
  return new UsageError(
    `Unknown stage "${stage}" in ${where}${hint === undefined ? "" : `. ${hint}`}`,
  );
}

function namesOfLogs(folder: string): readonly string[] {
  try {
    const files = [...Deno.readDirSync(`${folder}/logs`)].map(({ name }) => name);
    return files.map((name) => name.replace(/\.log$/, ""));
  } catch (error) {
    if (error instanceof Deno.errors.NotFound || error instanceof Deno.errors.NotADirectory) {
      return [];
    }
    throw error;
  }
}

async function readIfThere(path: string): Promise<string | undefined> {
  try {
    return await Deno.readTextFile(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound || error instanceof Deno.errors.NotADirectory) {
      return undefined;
    }
    throw error;
  }
}
