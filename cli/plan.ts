/** `plan <config>`: what a run would do, and why; computes nothing and writes nothing. */

import { resolve } from "node:path";
import { forecast, type StageForecast } from "../pipelines/forecast.ts";
import { short } from "../pipelines/digest.ts";
import { openLocalStore } from "../pipelines/local_store.ts";
import type { Plan } from "../pipelines/plan.ts";
import { resolvedConfig, resolvedConfigText } from "../pipelines/resolved_config.ts";
import { chooseEngine } from "./engine_choice.ts";
import { ExitCode } from "./exit_code.ts";
import { foldForecasts, foldNames } from "./fold_points.ts";
import { keyContext } from "./key_context.ts";
import { loadPlan } from "./load_plan.ts";
import { type Color, paint } from "./paint.ts";
import type {
  ConfigArguments,
  EngineArguments,
  Host,
  JsonArguments,
  StoreArguments,
} from "./verb.ts";

export interface PlanArguments
  extends ConfigArguments, StoreArguments, EngineArguments, JsonArguments {
  /** Print the complete config instead: composed, interpolated, with every default. */
  readonly resolved: boolean;
}

export async function planVerb(args: PlanArguments, host: Host): Promise<ExitCode> {
  const plan = await loadPlan(args, host);
  if (args.resolved) {
    const text = args.json
      ? `${JSON.stringify(resolvedConfig(plan), null, 2)}\n`
      : resolvedConfigText(plan);
    host.terminal.out(text);
    return ExitCode.done;
  }
  const store = openLocalStore(resolve(host.folder, args.store));
  const memory = { store: store.location, isReadOnly: true };
  const stages = await forecast(plan, store, keyContext(chooseEngine(args).facts, memory));
  host.terminal.out(
    args.json ? planJson(plan, stages) : planText(plan, stages, host.terminal.hasColor),
  );
  return ExitCode.done;
}

function planJson(plan: Plan, forecasts: readonly StageForecast[]): string {
  const stages = forecasts.map((each) => ({
    name: each.planned.name,
    uses: each.planned.stage.id,
    state: each.state,
    ...("fingerprint" in each ? { key: each.fingerprint?.key } : {}),
    ...(each.state === "cached" ? {} : { reason: each.reason, waitsFor: each.waitsFor }),
    ...(each.state === "run" ? { changes: each.changes } : {}),
  }));
  return `${JSON.stringify({ name: plan.config.name, stages }, null, 2)}\n`;
}

const colors: Readonly<Record<StageForecast["state"], Color>> = {
  cached: "green",
  run: "yellow",
  unknown: "dim",
};

/** The headline and one line per stage, of a long sweep one for the points of a stage. */
export function planText(
  plan: Plan,
  forecasts: readonly StageForecast[],
  hasColor: boolean,
): string {
  const folded = foldForecasts(forecasts);
  const nameWidth = Math.max(...folded.map(({ name }) => name.length));
  const usesWidth = Math.max(...forecasts.map(({ planned }) => planned.stage.id.length));
  const lines = folded.map(({ first, name, reason }) => {
    const word = paint(first.state.padEnd(7), colors[first.state], hasColor);
    const detail = first.state === "cached" ? short(first.fingerprint.key) : reason;
    const uses = first.planned.stage.id.padEnd(usesWidth);
    return `${word}  ${name.padEnd(nameWidth)}  ${uses}  ${detail}`;
  });
  return `${planHeadline(plan, forecasts)}\n${lines.join("\n")}\n`;
}

/** `plan   tiny  3 stages   cached: clips   to run: train   unknown: scores`. */
export function planHeadline(plan: Plan, forecasts: readonly StageForecast[]): string {
  const count = forecasts.length === 1 ? "1 stage" : `${forecasts.length} stages`;
  const groups = [["cached", "cached"], ["to run", "run"], ["unknown", "unknown"]] as const;
  const parts = groups.flatMap(([label, state]) => {
    const names = foldNames(
      forecasts.filter((each) => each.state === state).map(({ planned }) => planned.name),
    );
    if (names.length === 0) return [];
    const shown = names.length > 8 ? [...names.slice(0, 8), `(${names.length - 8} more)`] : names;
    return [`${label}: ${shown.join(" ")}`];
  });
  return ["plan", plan.config.name + "  " + count, ...parts].join("   ");
}
