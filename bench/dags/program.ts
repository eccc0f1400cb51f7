/** Our command line, with trivial stages in place of the real ones; otherwise as main.ts. */

import { importVerb } from "../../cli/import_verb.ts";
import { processTerminal } from "../../cli/terminal.ts";

const [verb, path] = Deno.args;
if (verb === "worker" && path !== undefined) {
  const [{ serveJob }, { artifactKinds }, { trivialStages }] = await Promise.all([
    import("../../pipelines/run/executors/serve_job.ts"),
    import("../../artifacts/mod.ts"),
    import("./trivial_stage.ts"),
  ]);
  Deno.exit(await serveJob(path, { stages: trivialStages, kinds: artifactKinds }));
}
const { runProgram } = await importVerb<typeof import("../../cli/program.ts")>("program.ts");
Deno.exitCode = await runProgram(Deno.args, {
  terminal: processTerminal(),
  folder: Deno.cwd(),
  loadStages: async () => (await import("./trivial_stage.ts")).trivialStages,
});
