/**
 * A command line for the tiny stages, so that tests can kill it.
 *
 * `worker <job file>` is what the executor starts; `run <folder>` runs `<folder>/config.yaml` and prints
 * states and digests.
 */

import { artifactKinds } from "../../artifacts/mod.ts";
import { serveJob } from "../../pipelines/run/executors/serve_job.ts";
import { hostileStages } from "./hostile_stages.ts";
import { tinyStages } from "./tiny_stages.ts";
import { troubleStages } from "./trouble_stages.ts";

const [verb, path] = Deno.args;
if (path === undefined) throw new Error("A path is missing");
if (verb === "worker") {
  Deno.exit(
    await serveJob(path, {
      stages: { ...tinyStages, ...hostileStages, ...troubleStages },
      kinds: artifactKinds,
    }),
  );
} else {
  const { runConfig } = await import("./tiny_run.ts");
  const { states, digests, events } = await runConfig(path, { inProcesses: true, jobs: 2 });
  const kinds = events.map(({ kind }) => kind);
  await Deno.stdout.write(new TextEncoder().encode(JSON.stringify({ states, digests, kinds })));
}
