/** `plan <config>`: what a run would do, and why; computes nothing and writes nothing. */

import { configOrigins, configTextWithOrigins } from "../pipelines/config/config_origins.ts";
import { short } from "../pipelines/key/digest.ts";
import type { StageForecast } from "../pipelines/key/forecast.ts";
import type { Plan } from "../pipelines/plan/plan.ts";
import { resolvedConfig, resolvedConfigText } from "../pipelines/config/resolved_config.ts";
import { ExitCode } from "./exit_code.ts";
import { foldForecasts, foldNames } from "./fold_points.ts";
import { type ForecastArguments, forecastJson, forecastPlan } from "./forecast_plan.ts";
import { loadPlan } from "./load_plan.ts";
import { type Color, paint } from "./paint.ts";
import { UsageError } from "./print_failure.ts";
import type { Host, JsonArguments } from "./verb.ts";

export interface PlanArguments extends ForecastArguments, JsonArguments {
  /** Print the complete config instead: composed, interpolated, with every default. */
  readonly resolved: boolean;
  /** With `resolved`: where each value is written. */
  readonly origins: boolean;
  /** Exit code 6 when a run would not find everything cached. */
  readonly check: boolean;
}

/** @throws {UsageError} For `--origins` without `--resolved`. */
export async function planVerb(args: PlanArguments, host: Host): Promise<ExitCode> {
  if (args.origins && !args.resolved) throw new UsageError("--origins needs --resolved");
  const plan = await loadPlan(args, host);
  if (args.resolved) {
    host.terminal.out(args.json ? resolvedJson(plan, args) : resolvedText(plan, args));
    return ExitCode.done;
  }
  const stages = await forecastPlan(plan, args, host);
  host.terminal.out(
    args.json ? planJson(plan, stages) : planText(plan, stages, host.terminal.hasColor),
  );
  const isDone = stages.every(({ state }) => state === "cached");
  return args.check && !isDone ? ExitCode.frozenDiffers : ExitCode.done;
}

function resolvedText(plan: Plan, { origins }: PlanArguments): string {
  return origins ? configTextWithOrigins(plan) : resolvedConfigText(plan);
}

function resolvedJson(plan: Plan, { origins }: PlanArguments): string {
  const config = resolvedConfig(plan);
  const shown = origins ? { config, origins: configOrigins(plan) } : config;
  return `${JSON.stringify(shown, null, 2)}\n`;
}

function planJson(plan: Plan, forecasts: readonly StageForecast[]): string {
  const stages = forecasts.map((each) => ({
    name: each.planned.name,
    uses: each.planned.stage.id,
    state: each.state,
    ...forecastJson(each),
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
    const detail = first.state !== "cached"
      ? reason
      : first.trusted === undefined
      ? short(first.fingerprint.key)
      : "code changed, trusted";
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
