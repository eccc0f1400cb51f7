/** Config file -> Plan, for every verb that takes a config. */

import { PointChoiceError } from "../pipelines/sweep/choose_points.ts";
import { formatDiagnostic } from "../pipelines/config/diagnostic.ts";
import { parseConfig } from "../pipelines/config/parse_config.ts";
import { type Plan, planPipeline } from "../pipelines/plan/plan.ts";
import { UsageError } from "./print_failure.ts";
import type { ConfigArguments, Host } from "./verb.ts";

/**
 * @throws {ConfigError} With everything that is wrong with the config.
 * @throws {UsageError} When the sweep has no point that was asked for.
 */
export async function loadPlan(args: ConfigArguments, host: Host): Promise<Plan> {
  const config = await parseConfig(args.config, {
    folder: host.folder,
    set: args.set,
    profiles: args.profile,
    points: args.point ?? [],
  }).catch((error: unknown) => {
    throw error instanceof PointChoiceError ? new UsageError(error.message) : error;
  });
  for (const warning of config.warnings) host.terminal.err(`${formatDiagnostic(warning)}\n`);
  const uses = config.stages.values().map(({ uses }) => uses.value);
  return await planPipeline(config, await host.loadStages(uses));
}
