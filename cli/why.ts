/** `why <config> [stage]`: cached or not, and which field of the key decides it. */

import { didYouMean } from "../pipelines/config/did_you_mean.ts";
import { short } from "../pipelines/key/digest.ts";
import type { KeyChange } from "../pipelines/key/explain.ts";
import type { StageForecast } from "../pipelines/key/forecast.ts";
import { formatChange } from "../pipelines/key/format_change.ts";
import { baseName } from "../pipelines/sweep/point_name.ts";
import { ExitCode } from "./exit_code.ts";
import { type ForecastArguments, forecastJson, forecastPlan } from "./forecast_plan.ts";
import { loadPlan } from "./load_plan.ts";
import { paint } from "./paint.ts";
import { UsageError } from "./print_failure.ts";
import type { Host, JsonArguments } from "./verb.ts";

export interface WhyArguments extends ForecastArguments, JsonArguments {
  /** Of a sweep one point, or by the stage's name all of them; undefined for all stages. */
  readonly stage?: string;
}

/** More modules than this nobody reads; `--json` has all of them. */
const SHOWN_MODULES = 20;

/** @throws {UsageError} When the config has no such stage. */
export async function whyVerb(args: WhyArguments, host: Host): Promise<ExitCode> {
  const plan = await loadPlan(args, host);
  const names = plan.stages.flatMap(({ name }) => [name, baseName(name)]);
  if (args.stage !== undefined && !names.includes(args.stage)) {
    const hint = didYouMean(args.stage, names);
    throw new UsageError(`Unknown stage "${args.stage}"${hint === undefined ? "" : `. ${hint}`}`);
  }
  const forecasts = await forecastPlan(plan, args, host);
  const shown = forecasts.filter(({ planned: { name } }) =>
    [undefined, name, baseName(name)].includes(args.stage)
  );
  const byName = new Map(forecasts.map((each) => [each.planned.name, each]));
  host.terminal.out(
    args.json
      ? `${JSON.stringify(shown.map(whyJson), null, 2)}\n`
      : shown.map((each) => whyText(each, byName, host.terminal.hasColor)).join(""),
  );
  return ExitCode.done;
}

function whyJson(each: StageForecast): unknown {
  const { planned, state } = each;
  return { stage: planned.name, uses: planned.stage.id, state, ...forecastJson(each) };
}

function whyText(
  each: StageForecast,
  all: ReadonlyMap<string, StageForecast>,
  hasColor: boolean,
): string {
  const name = paint(each.planned.name, "bold", hasColor);
  if (each.state === "cached") {
    const trusted = each.trusted === undefined ? "" : "; code changed, trusted";
    const head = `${name}  is cached (${short(each.fingerprint.key)}${trusted})`;
    return [head, ...changeLines(each.trusted ?? []), ""].join("\n");
  }
  const before = each.waitsFor.flatMap((stage) => {
    const other = all.get(stage);
    if (other === undefined || other.state === "cached") return [];
    return [`  ${stage} ${other.state === "run" ? "runs" : "may run"} before it: ${other.reason}`];
  });
  const head = each.state === "unknown" ? `${name}  is ${each.reason}` : `${name}  will run`;
  const lines = each.changes.length > 0 ? changeLines(each.changes) : [`  ${each.reason}`];
  return [head, ...lines, ...before, ""].join("\n");
}

function changeLines(changes: readonly KeyChange[]): readonly string[] {
  const code = changes.filter(({ field }) => field.startsWith("code "));
  const hidden = new Set(code.slice(SHOWN_MODULES));
  const lines = changes.filter((each) => !hidden.has(each)).map((each) =>
    `  ${formatChange(each)}`
  );
  return hidden.size === 0 ? lines : [...lines, `  code of ${hidden.size} more modules`];
}
