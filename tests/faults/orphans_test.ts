/** A run is killed and nobody runs again: its stages must end by themselves. */

import assert from "node:assert/strict";
import { withFolder } from "../support/tiny_run.ts";
import { processesNaming } from "./kill_run.ts";

const program = new URL("./run_tiny.ts", import.meta.url).pathname;

for (const [what, options] of [["waits", "to: 10000"], ["never pauses", "behaviour: spin"]]) {
  Deno.test({
    name: `a killed run's child that ${what} ends although nobody runs again`,
    ignore: Deno.build.os !== "linux",
    fn: () =>
      withFolder(async (folder) => {
        const slow = `name: slow\nstages: { s: { uses: tiny/count, with: { ${options} } } }\n`;
        await Deno.writeTextFile(`${folder}/config.yaml`, slow);
        const run = new Deno.Command(Deno.execPath(), {
          args: [
            "run",
            "-A",
            "--quiet",
            "--no-check",
            "--node-modules-dir=manual",
            program,
            folder,
          ],
          stdout: "null",
          stderr: "null",
        }).spawn();
        const wait = async (until: () => boolean) => {
          const deadline = performance.now() + 10_000;
          while (!until()) {
            assert.ok(performance.now() < deadline, processesNaming(folder).join("; "));
            await new Promise((resolve) => setTimeout(resolve, 20));
          }
        };
        await wait(() => processesNaming(folder).some((line) => line.includes(" worker ")));
        // Long enough for the child to be in its stage.
        await new Promise((resolve) => setTimeout(resolve, 500));
        run.kill("SIGKILL");
        await run.status;
        await wait(() => processesNaming(folder).length === 0);
      }),
  });
}
