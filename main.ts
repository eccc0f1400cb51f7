/** The command line of Zoetrope: `deno task run configs/movingmnist.yaml`. */

import { loadStageTable } from "./cli/stage_table.ts";
import { processTerminal } from "./cli/terminal.ts";
import type { Host } from "./cli/verb.ts";

if (import.meta.main) {
  const host: Host = {
    terminal: processTerminal(),
    // Asked for when it is needed: a worker may not read the folder it is started in.
    get folder() {
      return Deno.cwd();
    },
    loadStages: loadStageTable,
  };
  const [verb, job] = Deno.args;
  if (verb === "worker" && job !== undefined) {
    // For each stage a process: it loads nothing that only a person needs.
    const { workerVerb } = await import("./cli/worker.ts");
    Deno.exit(await workerVerb(job, host));
  }
  const { importVerb } = await import("./cli/import_verb.ts");
  const { runProgram } = await importVerb<typeof import("./cli/program.ts")>("program.ts");
  Deno.exitCode = await runProgram(Deno.args, host);
}
