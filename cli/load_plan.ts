/** Config file -> Plan, for every verb that takes a config. */

import { parseConfig } from "../pipelines/parse_config.ts";
import { type Plan, planPipeline } from "../pipelines/plan.ts";
import type { ConfigArguments, Host } from "./verb.ts";

/** @throws {ConfigError} With everything that is wrong with the config. */
export async function loadPlan(args: ConfigArguments, host: Host): Promise<Plan> {
  const config = await parseConfig(args.config, {
    folder: host.folder,
    set: args.set,
    profiles: args.profile,
  });
  return await planPipeline(config, await host.loadStages());
}
