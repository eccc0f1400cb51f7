/** `check <config...>`: everything that can be known to be wrong before anything runs. */

import { ConfigError, type Diagnostic } from "../pipelines/config/diagnostic.ts";
import { isLockPath } from "../pipelines/run/lock_file.ts";
import { ExitCode } from "./exit_code.ts";
import { loadPlan } from "./load_plan.ts";
import { paint } from "./paint.ts";
import { printFailure, UsageError } from "./print_failure.ts";
import type { ConfigArguments, Host, JsonArguments } from "./verb.ts";

export interface CheckArguments extends Omit<ConfigArguments, "config">, JsonArguments {
  readonly configs: readonly string[];
}

interface Checked {
  readonly config: string;
  readonly stages: number;
  readonly diagnostics: readonly Diagnostic[];
}

export async function checkVerb(args: CheckArguments, host: Host): Promise<ExitCode> {
  const { terminal } = host;
  const all: Checked[] = [];
  // `check configs/*.yaml` names lock files too, which lie beside their configs.
  const configs = args.configs.filter((path) => !isLockPath(path));
  if (configs.length === 0) throw new UsageError(`"${args.configs[0]}" is a lock file, no config`);
  for (const config of configs) {
    try {
      const plan = await loadPlan({ ...args, config }, host);
      all.push({ config, stages: plan.stages.length, diagnostics: [] });
      const count = plan.stages.length === 1 ? "1 stage" : `${plan.stages.length} stages`;
      if (!args.json) {
        terminal.out(`${paint("ok", "green", terminal.hasColor)}  ${config}  ${count}\n`);
      }
    } catch (error) {
      if (!(error instanceof ConfigError)) throw error;
      printFailure(error, terminal, false);
      all.push({ config, stages: 0, diagnostics: error.diagnostics });
    }
  }
  const isValid = all.every(({ diagnostics }) => diagnostics.length === 0);
  if (args.json) terminal.out(`${JSON.stringify({ valid: isValid, configs: all }, null, 2)}\n`);
  return isValid ? ExitCode.done : ExitCode.configInvalid;
}
