/** Several processes that run one config at once. */

import assert from "node:assert/strict";
import { verifyStore } from "../../pipelines/store/verify_store.ts";
import { withFolder } from "../support/tiny_run.ts";

const yaml = `name: together
seed: 5
stages:
  one: { uses: tiny/count, with: { to: 6, stepMs: 4 } }
  side: { uses: tiny/numbers }
  two: { uses: tiny/count, with: { to: 6, stepMs: 4 }, inputs: { after: one.weights } }
  scaled: { uses: tiny/scale, inputs: { curve: side.curve } }
`;

Deno.test("four processes on one config compute each stage once", () =>
  withFolder(async (folder) => {
    await Deno.writeTextFile(`${folder}/config.yaml`, yaml);
    const program = new URL("./run_tiny.ts", import.meta.url).pathname;
    const runs = await Promise.all([1, 2, 3, 4].map(async () => {
      const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
        args: ["run", "-A", "--quiet", "--no-check", "--node-modules-dir=manual", program, folder],
        stdout: "piped",
        stderr: "piped",
      }).output();
      assert.equal(code, 0, new TextDecoder().decode(stderr));
      return JSON.parse(new TextDecoder().decode(stdout).trim().split("\n").at(-1) ?? "");
    }));
    for (const stage of ["one", "two", "side", "scaled"]) {
      const states = runs.map((run) => run.states[stage]).sort();
      assert.deepEqual(states, ["cached", "cached", "cached", "ran"], stage);
    }
    for (const { digests } of runs) assert.deepEqual(digests, runs[0]?.digests);
    assert.deepEqual(verifyStore(`${folder}/store`).damages, []);
  }));
