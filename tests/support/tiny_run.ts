/** Runs of tiny pipelines in a folder of their own. */

import { artifactKinds } from "../../artifacts/mod.ts";
import { digestOfFile } from "../../pipelines/key/digest.ts";
import { digestOfFolder } from "../../pipelines/key/folder_digest.ts";
import type { Event } from "../../pipelines/event.ts";
import { executePlan } from "../../pipelines/run/execute.ts";
import type { ExecuteOptions } from "../../pipelines/run/execute_stage.ts";
import type { Executor } from "../../pipelines/run/executors/executor.ts";
import { inProcessExecutor } from "../../pipelines/run/executors/in_process.ts";
import { localProcessExecutor } from "../../pipelines/run/executors/local_process.ts";
import type { KeyContext } from "../../pipelines/key/fingerprint.ts";
import { openLocalStore } from "../../pipelines/store/local_store.ts";
import { parseConfig } from "../../pipelines/config/parse_config.ts";
import { planPipeline } from "../../pipelines/plan/plan.ts";
import type { RunRecord } from "../../pipelines/run_record.ts";
import { redactor, type Secrets } from "../../pipelines/run/redact.ts";
import type { StageTable } from "../../pipelines/stage.ts";
import { tinyStages } from "./tiny_stages.ts";

export interface TinyOptions extends Partial<ExecuteOptions> {
  readonly set?: readonly string[];
  readonly store?: string;
  readonly stages?: StageTable;
  readonly onEvent?: (event: Event) => void;
  readonly secrets?: Secrets;
  /** In processes of their own rather than in this one. */
  readonly inProcesses?: boolean;
}

export interface TinyResult {
  readonly record: RunRecord;
  readonly events: readonly Event[];
  /** "cached", "ran", ... by stage. */
  readonly states: Readonly<Record<string, string>>;
  /** Digests by "stage.output". */
  readonly digests: Readonly<Record<string, string>>;
}

export const keyContext: KeyContext = {
  engine: { backend: "cpu", version: "tiny 1" },
  kindVersions: {
    clips: 1,
    curves: 1,
    feature_extractor: 1,
    feature_stats: 1,
    images: 1,
    media: 1,
    scores: 1,
    weights: 1,
  },
  codeOf: () => Promise.resolve(null),
  digestOfFile,
  digestOfFolder,
};

/** Writes `yaml` to `folder/config.yaml` and runs it with the store `folder/store`. */
export async function tinyRun(
  folder: string,
  yaml: string,
  options: TinyOptions = {},
): Promise<TinyResult> {
  await Deno.writeTextFile(`${folder}/config.yaml`, yaml);
  return await runConfig(folder, options);
}

/** Runs `folder/config.yaml`. */
export async function runConfig(folder: string, options: TinyOptions = {}): Promise<TinyResult> {
  const stages = options.stages ?? tinyStages;
  const config = await parseConfig("config.yaml", { folder, set: options.set ?? [] });
  const plan = await planPipeline(config, stages);
  const store = openLocalStore(options.store ?? `${folder}/store`);
  const { secrets = new Map() } = options;
  const redact = redactor(secrets.values());
  const executor = options.inProcesses
    ? tinyProcesses(secrets)
    : inProcessExecutor({ stages, kinds: artifactKinds, store, redact });
  const events: Event[] = [];
  const sink = (event: Event) => {
    events.push(event);
    options.onEvent?.(event);
  };
  const record = await executePlan(plan, store, executor, sink, {
    keys: keyContext,
    kinds: artifactKinds,
    engine: { backend: "cpu", threads: 1 },
    jobs: 1,
    machine: { cpus: 2, gpus: 1, memoryMiB: 4096 },
    keepGoing: false,
    force: false,
    configText: yamlOf(folder),
    provenance: {},
    redact,
    ...options,
  });
  const states = record.stages.map(({ name, state }) => [name, state]);
  const digests = record.stages.flatMap(({ name, outputs }) =>
    Object.entries(outputs).map(([output, { digest }]) => [`${name}.${output}`, digest])
  );
  return {
    record,
    events,
    states: Object.fromEntries(states),
    digests: Object.fromEntries(digests),
  };
}

/** Options of a run that is stopped as soon as a stage has told its progress at `step`. */
export function stopAtStep(step: number): Pick<TinyOptions, "stop" | "onEvent"> {
  const abort = new AbortController();
  return {
    stop: abort.signal,
    onEvent(event) {
      if (event.kind === "stage-progress" && event.progress.step >= step) abort.abort();
    },
  };
}

/** Runs the tiny stages as child processes. */
export function tinyProcesses(secrets: Secrets = new Map()): Executor {
  const root = new URL("../../", import.meta.url).pathname;
  return localProcessExecutor({
    main: new URL("./tiny_main.ts", import.meta.url).href,
    packages: root,
    secrets,
  });
}

/** A new folder that is removed after `use`. */
export async function withFolder<Value>(use: (folder: string) => Promise<Value>): Promise<Value> {
  const folder = await Deno.makeTempDir({ prefix: "zoetrope-" });
  try {
    return await use(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

function yamlOf(folder: string): string {
  return Deno.readTextFileSync(`${folder}/config.yaml`);
}
