/** `dag <config>`: the stages of a config and what flows between them, as text or as a drawing. */

import { resolve } from "node:path";
import { type DagStage, drawDag } from "./draw_dag.ts";
import { ExitCode } from "./exit_code.ts";
import { type ForecastArguments, forecastPlan } from "./forecast_plan.ts";
import { loadPlan } from "./load_plan.ts";
import type { Host } from "./verb.ts";

export interface DagArguments extends ForecastArguments {
  readonly format: "text" | "mermaid" | "dot" | "json";
}

/** With the state of each stage, where there is a store. */
export async function dagVerb(args: DagArguments, host: Host): Promise<ExitCode> {
  const plan = await loadPlan(args, host);
  const hasStore = await isFolder(resolve(host.folder, args.store));
  const forecasts = hasStore ? await forecastPlan(plan, args, host) : [];
  const states = new Map(forecasts.map(({ planned, state }) => [planned.name, state]));
  const stages = plan.stages.map((planned): DagStage => {
    const state = states.get(planned.name);
    return { planned, ...(state === undefined ? {} : { state }) };
  });
  host.terminal.out(drawDag[args.format](plan.config.name, stages));
  return ExitCode.done;
}

async function isFolder(path: string): Promise<boolean> {
  try {
    return (await Deno.stat(path)).isDirectory;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}
