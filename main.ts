/** The command line of Zoetrope: `deno task run configs/movingmnist.yaml`. */

import { runProgram } from "./cli/program.ts";
import { loadStageTable } from "./cli/stage_table.ts";
import { processTerminal } from "./cli/terminal.ts";

if (import.meta.main) {
  Deno.exitCode = await runProgram(Deno.args, {
    terminal: processTerminal(),
    // Asked for when it is needed: a worker may not read the folder it is started in.
    get folder() {
      return Deno.cwd();
    },
    loadStages: loadStageTable,
  });
}
