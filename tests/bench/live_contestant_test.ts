import assert from "node:assert/strict";
import type { Command } from "../../bench/contestant.ts";
import { LiveContestant } from "../../bench/live_contestant.ts";

const ready = {
  version: "test 1",
  parameters: 1,
  firstMs: 2,
  stepMs: 1,
  losses: [1, 1, 1],
};

Deno.test("LiveContestant passes numbers of steps in and times out, past other lines", async () => {
  const live = await LiveContestant.start(
    shell(`echo hello; echo '${JSON.stringify(ready)}'; read steps
      echo "{\\"stepsMs\\": [$steps], \\"stepCpuMs\\": 1, \\"cpuMs\\": 0, \\"peakRssMb\\": 3}"; cat`),
    10_000,
  );
  assert.deepEqual(live.ready, ready);
  const { stepsMs, peakRssMb } = await live.run(7, 10_000);
  assert.deepEqual([stepsMs, peakRssMb], [[7], 3]);
  await live.close();
});

Deno.test("LiveContestant.start() tells what a process that fails complained of", async () => {
  await assert.rejects(
    LiveContestant.start(shell("echo no such library >&2; exit 3"), 10_000),
    /^Error: it failed with code 3: no such library$/,
  );
});

Deno.test("LiveContestant.start() kills a process that takes too long", async () => {
  await assert.rejects(
    LiveContestant.start(shell("exec sleep 60"), 100),
    /^Error: it took longer than 0 s$/,
  );
});

Deno.test("LiveContestant.run() tells when the process has died meanwhile", async () => {
  const live = await LiveContestant.start(
    shell(`echo '${JSON.stringify(ready)}'; read steps; echo killed >&2; kill -SEGV $$`),
    10_000,
  );
  await assert.rejects(live.run(1, 10_000), /^Error: it failed with SIGSEGV: killed$/);
  await live.close();
});

function shell(script: string): Command {
  return { program: "sh", args: ["-c", script], env: {} };
}
