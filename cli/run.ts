/** `run <config>`: the whole program. */

import { relative, resolve } from "node:path";
import { fileURLToPath as fromFileUrl } from "node:url";
import { artifactKinds } from "../artifacts/mod.ts";
import type { EventSink } from "../pipelines/event.ts";
import { executePlan } from "../pipelines/run/execute.ts";
import { localProcessExecutor } from "../pipelines/run/executors/local_process.ts";
import { forecast, reasonToRun } from "../pipelines/key/forecast.ts";
import { openLocalStore } from "../pipelines/store/local_store.ts";
import { redactError, redactor, type Secrets } from "../pipelines/run/redact.ts";
import { resolvedConfigText } from "../pipelines/config/resolved_config.ts";
import { trustedLookup } from "../pipelines/key/trust_code.ts";
import { valuesOfSecrets } from "../pipelines/config/secrets.ts";
import type { Machine } from "../pipelines/plan/resources.ts";
import { renderReport } from "../report/render_report.ts";
import { drawingMemo } from "./drawing_memo.ts";
import { chooseEngine } from "./engine_choice.ts";
import type { ExitCode } from "./exit_code.ts";
import { exitCodeOfRun } from "./exit_code_of_run.ts";
import { type ForceArguments, forcedStages } from "./forced_stages.ts";
import { keepFailed } from "./keep_failed.ts";
import { keyContext } from "./key_context.ts";
import { loadPlan } from "./load_plan.ts";
import { openLock } from "./lock.ts";
import { openRunOutput, type OutputOptions } from "./loggers/run_output.ts";
import { openTensorboard } from "./open_tensorboard.ts";
import { parallelHint } from "./parallel_hint.ts";
import { planText } from "./plan.ts";
import { gatherProvenance } from "./provenance.ts";
import { redactedHost } from "./redacted_host.ts";
import { createRunFolder } from "./run_folder.ts";
import { indexRun } from "./run_index.ts";
import { summaryText } from "./run_summary.ts";
import { listenForStop } from "./stop_signals.ts";
import type { ConfigArguments, EngineArguments, Host, StoreArguments } from "./verb.ts";

export interface RunArguments
  extends ConfigArguments, StoreArguments, EngineArguments, OutputOptions, ForceArguments {
  /** Folder of run folders. */
  readonly runs: string;
  /** Stages at the same time. */
  readonly jobs: number;
  readonly keepGoing: boolean;
  /** Every key and result must be that of the lock file. */
  readonly frozen: boolean;
  readonly checkDeterminism: boolean;
  /** Take results of code that was edited since. */
  readonly trustCode: boolean;
  /** In seconds. */
  readonly timeBudget?: number;
  /** In seconds. */
  readonly leaseTimeout?: number;
  readonly keepFailed: boolean;
  /** Write files that TensorBoard reads. */
  readonly tensorboard: boolean;
}

export async function runVerb(args: RunArguments, given: Host): Promise<ExitCode> {
  const plan = await loadPlan(args, given);
  const secrets = valuesOfSecrets(plan.config.secrets);
  const redact = redactor(secrets.values());
  const host = redactedHost(given, redact);
  const store = openLocalStore(resolve(host.folder, args.store));
  const engine = await chooseEngine(args);
  const keys = keyContext(engine.facts, { store: store.location, isReadOnly: false });
  const force = forcedStages(args, plan);
  const lock = await openLock(args, plan, keys, host);
  const output = await openRunOutput(args, plan.stages.map(({ name }) => name), host);
  const trust = args.trustCode ? { trusted: trustedLookup(store) } : {};
  output.say(planText(plan, await forecast(plan, store, keys, trust), output.hasColor));
  // Listed once: a sweep has as many reasons as points, and the store as many results.
  let history: ReturnType<typeof store.listActions> | undefined;
  const machine = thisMachine();
  const hint = parallelHint(plan, { jobs: args.jobs, machine, engine: engine.choice });
  if (hint !== undefined) output.say(hint);

  const folder = createRunFolder(resolve(host.folder, args.runs), plan.config.name);
  const { timeBudget, leaseTimeout } = args;
  const stop = listenForStop(
    (text) => output.note(text),
    timeBudget === undefined ? {} : { budgetSeconds: timeBudget },
  );
  const configText = redact(resolvedConfigText(plan));
  const tensorboard = args.tensorboard
    ? openTensorboard({ plan, configText, folder: folder.path, warn: output.note })
    : undefined;
  const sink: EventSink = (event) => {
    folder.sink(event);
    tensorboard?.sink(event);
    output.sink(event);
  };
  try {
    const record = await executePlan(plan, store, processes(secrets), sink, {
      redact,
      keys,
      kinds: artifactKinds,
      engine: engine.choice,
      jobs: args.jobs,
      machine,
      keepGoing: args.keepGoing,
      force,
      ...trust,
      inspect: (planned, action) => lock.inspect(planned, action),
      checkDeterminism: args.checkDeterminism,
      ...(leaseTimeout !== undefined && { leaseTimeoutSeconds: leaseTimeout }),
      ...(args.keepFailed && {
        keepFailed: (job, last) => relative(host.folder, keepFailed(folder.path, job, last)),
      }),
      configText,
      provenance: gatherProvenance(engine),
      explain: async (planned, { document }) =>
        reasonToRun(planned, document, await (history ??= store.listActions())).reason,
      keepPreview: folder.keepPreview,
      stop: stop.stop,
      kill: stop.kill,
    });
    await tensorboard?.finish(record, (digest) => store.readBlob(digest));
    const memo = drawingMemo(store.location);
    const preview = (file: string) => Deno.readFile(`${folder.path}/${file}`);
    const html = await renderReport(record, (digest) => store.readBlob(digest), { memo, preview });
    const report = relative(host.folder, folder.finish(record, html));
    const unlisted = indexRun(folder.path, record);
    if (unlisted !== undefined) output.note(`${unlisted}\n`);
    if (args.json) host.terminal.out(`${JSON.stringify(record, null, 2)}\n`);
    output.say(summaryText(record, report, output.hasColor));
    const complaint = lock.write(record);
    if (complaint !== undefined) output.note(`${complaint}\n`);
    await store.addRoot(resolve(host.folder, args.runs));
    if (lock.path !== undefined) await store.addRoot(lock.path);
    return exitCodeOfRun(record, stop.exitCode());
  } catch (error) {
    throw redactError(error, redact);
  } finally {
    stop.close();
    folder.close();
    output.close();
  }
}

/** Of accelerators one is assumed: no engine uses more. */
function thisMachine(): Machine {
  const memoryMiB = Math.floor(Deno.systemMemoryInfo().total / 2 ** 20);
  return { cpus: navigator.hardwareConcurrency, gpus: 1, memoryMiB };
}

/** One child process per stage, by this very program. */
function processes(secrets: Secrets) {
  const root = new URL("../", import.meta.url);
  const main = new URL("main.ts", root).href;
  if (root.protocol !== "file:") return localProcessExecutor({ main, secrets });
  const folder = fromFileUrl(root).replace(/[/\\]$/, "");
  return localProcessExecutor({ main, packages: folder, secrets });
}
