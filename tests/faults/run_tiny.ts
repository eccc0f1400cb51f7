/** Runs `<folder>/config.yaml` in processes and prints each event as a line: a program to be killed. */

import { runConfig } from "../support/tiny_run.ts";

const [folder] = Deno.args;
if (folder === undefined) throw new Error("A folder is missing");
const say = (value: unknown) =>
  void Deno.stdout.writeSync(new TextEncoder().encode(`${JSON.stringify(value)}\n`));
const { states, digests } = await runConfig(folder, {
  inProcesses: true,
  jobs: 2,
  onEvent: (event) => {
    if (event.kind === "stage-progress") {
      say({
        kind: event.kind,
        stage: event.stage,
        isLast: event.progress.step >= event.progress.of,
      });
    } else if ("stage" in event) say({ kind: event.kind, stage: event.stage });
  },
});
say({ kind: "done", states, digests });
