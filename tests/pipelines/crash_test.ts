/** What is left when processes are killed, and what two of them do to one store. */

import assert from "node:assert/strict";
import { withFolder } from "../support/tiny_run.ts";

const yaml = `name: crash
seed: 5
stages:
  one: { uses: tiny/count, with: { to: 6, stepMs: 4, size: 20000 } }
  two: { uses: tiny/count, with: { to: 6, stepMs: 4, size: 30000 }, inputs: { after: one.weights } }
  side: { uses: tiny/numbers }
  scaled: { uses: tiny/scale, inputs: { curve: side.curve } }
`;

/** Moments spread over a run of about a second, start-up included. */
const KILLS = 12;

function startRun(folder: string): Deno.ChildProcess {
  const main = new URL("../support/tiny_main.ts", import.meta.url).pathname;
  return new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "--no-check", main, "run", folder],
    stdout: "piped",
    stderr: "piped",
  }).spawn();
}

/** A busy machine may have been slow when the length of a run was measured: then some end in time. */
function killIfRunning(run: Deno.ChildProcess): boolean {
  try {
    run.kill("SIGKILL");
    return true;
  } catch (error) {
    if (error instanceof TypeError) return false;
    throw error;
  }
}

async function finish(run: Deno.ChildProcess) {
  const { code, stdout, stderr } = await run.output();
  assert.equal(code, 0, new TextDecoder().decode(stderr));
  return JSON.parse(new TextDecoder().decode(stdout));
}

/** Processes whose command line names the folder. */
async function processesOf(folder: string): Promise<string[]> {
  const { stdout } = await new Deno.Command("ps", { args: ["-eo", "pid=,args="] }).output();
  const lines = new TextDecoder().decode(stdout).split("\n");
  return lines.filter((line) => line.includes(folder));
}

Deno.test("kill -9 of a run at any moment leaves no orphan and no false hit", () =>
  withFolder(async (outer) => {
    const expected = await withFolder(async (folder) => {
      await Deno.writeTextFile(`${folder}/config.yaml`, yaml);
      const started = performance.now();
      const { digests } = await finish(startRun(folder));
      return { digests, ms: performance.now() - started };
    });
    let killed = 0;
    for (let moment = 0; moment < KILLS; moment++) {
      const folder = `${outer}/${moment}`;
      await Deno.mkdir(folder);
      await Deno.writeTextFile(`${folder}/config.yaml`, yaml);
      const run = startRun(folder);
      const delayMs = expected.ms * (moment + 0.5) / KILLS;
      await new Promise((resolve) => setTimeout(resolve, delayMs));
      if (killIfRunning(run)) killed++;
      await run.output();
      const again = await finish(startRun(folder));
      assert.deepEqual(again.digests, expected.digests, `killed after ${delayMs} ms`);
      assert.ok(!again.kinds.includes("artifact-damaged"));
      assert.deepEqual(await processesOf(folder), [], `killed after ${delayMs} ms`);
    }
    assert.ok(killed >= KILLS / 2, `only ${killed} runs were killed before they ended`);
  }));

for (const [what, options] of [["waits", "to: 10000"], ["never pauses", "behaviour: spin"]]) {
  Deno.test(`a killed run's child that ${what} ends although nobody runs again`, () =>
    withFolder(async (folder) => {
      const slow = `name: slow\nstages: { s: { uses: tiny/count, with: { ${options} } } }\n`;
      await Deno.writeTextFile(`${folder}/config.yaml`, slow);
      const run = startRun(folder);
      while (!(await processesOf(folder)).some((line) => line.includes(" worker "))) {
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
      // Long enough for the child to be in its stage.
      await new Promise((resolve) => setTimeout(resolve, 500));
      run.kill("SIGKILL");
      await run.output();
      await new Promise((resolve) => setTimeout(resolve, 1500));
      assert.deepEqual(await processesOf(folder), []);
    }));
}

Deno.test("two processes on one store compute each stage once", () =>
  withFolder(async (folder) => {
    await Deno.writeTextFile(`${folder}/config.yaml`, yaml);
    const [a, b] = await Promise.all([finish(startRun(folder)), finish(startRun(folder))]);
    assert.deepEqual(a.digests, b.digests);
    for (const stage of ["one", "two", "side", "scaled"]) {
      assert.deepEqual([a.states[stage], b.states[stage]].sort(), ["cached", "ran"], stage);
    }
  }));
