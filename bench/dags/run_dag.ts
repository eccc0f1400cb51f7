/** Runs a config of trivial stages from within a program. */

import { resolve } from "node:path";
import { artifactKinds } from "../../artifacts/mod.ts";
import { chooseEngine } from "../../cli/engine_choice.ts";
import { keyContext } from "../../cli/key_context.ts";
import { executePlan } from "../../pipelines/run/execute.ts";
import { inProcessExecutor } from "../../pipelines/run/executors/in_process.ts";
import { localProcessExecutor } from "../../pipelines/run/executors/local_process.ts";
import { forecast, type StageForecast } from "../../pipelines/key/forecast.ts";
import { openLocalStore } from "../../pipelines/store/local_store.ts";
import { parseConfig } from "../../pipelines/config/parse_config.ts";
import { type Plan, planPipeline } from "../../pipelines/plan/plan.ts";
import { trivialStages } from "./trivial_stage.ts";

/** What `plan` computes: the config read and checked, and for each stage what a run would do. */
export async function planDag(
  folder: string,
): Promise<{ readonly plan: Plan; readonly forecasts: readonly StageForecast[] }> {
  const config = await parseConfig("config.yaml", { folder, set: [] });
  const plan = await planPipeline(config, trivialStages);
  const store = openLocalStore(storeOf(folder));
  return { plan, forecasts: await forecast(plan, store, await keysOf(folder)) };
}

/** Runs `config.yaml` of a folder with the store that the command line takes; returns how many ran. */
export async function runDag(folder: string, { inProcesses }: { readonly inProcesses: boolean }) {
  const { plan } = await planDag(folder);
  const store = openLocalStore(storeOf(folder));
  const kinds = artifactKinds;
  const executor = inProcesses
    ? localProcessExecutor({
      main: new URL("program.ts", import.meta.url).href,
      packages: new URL("../../", import.meta.url).pathname.replace(/\/$/, ""),
    })
    : inProcessExecutor({ stages: trivialStages, kinds, store });
  const record = await executePlan(plan, store, executor, () => undefined, {
    keys: await keysOf(folder),
    kinds,
    engine: (await chooseEngine(trivialEngine)).choice,
    jobs: 1,
    machine: { cpus: navigator.hardwareConcurrency, gpus: 1, memoryMiB: 1024 },
    keepGoing: false,
    force: false,
    configText: "",
    provenance: {},
  });
  if (record.status !== "succeeded") {
    throw new Error(
      `Cannot run trivial stages: ${record.stages.find(({ message }) => message)?.message}`,
    );
  }
  return record.stages.filter(({ state }) => state === "ran").length;
}

/** Trivial stages use none; named, so that nobody looks for a GPU. */
const trivialEngine = { engine: "onnx", threads: 0 } as const;

async function keysOf(folder: string) {
  const { facts } = await chooseEngine(trivialEngine);
  return keyContext(facts, { store: storeOf(folder), isReadOnly: false });
}

function storeOf(folder: string): string {
  return resolve(folder, ".zoetrope");
}
