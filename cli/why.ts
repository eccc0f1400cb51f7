/** `why <config> [stage]`: cached or not, and which field of the key decides it. */

import { resolve } from "node:path";
import { didYouMean } from "../pipelines/did_you_mean.ts";
import { short } from "../pipelines/digest.ts";
import { formatChange } from "../pipelines/format_change.ts";
import { forecast, type StageForecast } from "../pipelines/forecast.ts";
import { openLocalStore } from "../pipelines/local_store.ts";
import { chooseEngine } from "./engine_choice.ts";
import { ExitCode } from "./exit_code.ts";
import { keyContext } from "./key_context.ts";
import { loadPlan } from "./load_plan.ts";
import { paint } from "./paint.ts";
import { UsageError } from "./print_failure.ts";
import type {
  ConfigArguments,
  EngineArguments,
  Host,
  JsonArguments,
  StoreArguments,
} from "./verb.ts";

export interface WhyArguments
  extends ConfigArguments, StoreArguments, EngineArguments, JsonArguments {
  /** Undefined for all stages. */
  readonly stage?: string;
}

export async function whyVerb(args: WhyArguments, host: Host): Promise<ExitCode> {
  const plan = await loadPlan(args, host);
  const names = plan.stages.map(({ name }) => name);
  if (args.stage !== undefined && !names.includes(args.stage)) {
    const hint = didYouMean(args.stage, names);
    throw new UsageError(`Unknown stage "${args.stage}"${hint === undefined ? "" : `. ${hint}`}`);
  }
  const store = openLocalStore(resolve(host.folder, args.store));
  const memory = { store: store.location, isReadOnly: true };
  const forecasts = await forecast(plan, store, keyContext(chooseEngine(args).facts, memory));
  const shown = forecasts.filter(({ planned }) => [undefined, planned.name].includes(args.stage));
  host.terminal.out(
    args.json
      ? `${JSON.stringify(shown.map(whyJson), null, 2)}\n`
      : shown.map((each) => whyText(each, forecasts, host.terminal.hasColor)).join(""),
  );
  return ExitCode.done;
}

function whyJson(each: StageForecast): unknown {
  const { planned, state } = each;
  const base = { stage: planned.name, uses: planned.stage.id, state };
  if (each.state === "cached") return { ...base, key: each.fingerprint.key };
  if (each.state === "unknown") return { ...base, reason: each.reason, waitsFor: each.waitsFor };
  const { reason, changes, waitsFor, fingerprint } = each;
  return { ...base, key: fingerprint?.key, reason, changes, waitsFor };
}

function whyText(
  each: StageForecast,
  all: readonly StageForecast[],
  hasColor: boolean,
): string {
  const name = paint(each.planned.name, "bold", hasColor);
  if (each.state === "cached") return `${name}  is cached (${short(each.fingerprint.key)})\n`;
  const before = each.waitsFor.flatMap((stage) => {
    const other = all.find(({ planned }) => planned.name === stage);
    if (other === undefined || other.state === "cached") return [];
    return [`  ${stage} ${other.state === "run" ? "runs" : "may run"} before it: ${other.reason}`];
  });
  if (each.state === "unknown") return [`${name}  is ${each.reason}`, ...before, ""].join("\n");
  const changes = each.changes.length > 0
    ? each.changes.map((change) => `  ${formatChange(change)}`)
    : [`  ${each.reason}`];
  return [`${name}  will run`, ...changes, ...before, ""].join("\n");
}
