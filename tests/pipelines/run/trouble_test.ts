/** What a run does with stages that go wrong. */

import assert from "node:assert/strict";
import { artifactKinds } from "../../../artifacts/mod.ts";
import type { Event } from "../../../pipelines/event.ts";
import { executeStage } from "../../../pipelines/run/execute_stage.ts";
import type { Job } from "../../../pipelines/run/job.ts";
import { openLocalStore } from "../../../pipelines/store/local_store.ts";
import { parseConfig } from "../../../pipelines/config/parse_config.ts";
import { planPipeline } from "../../../pipelines/plan/plan.ts";
import type { Checkpoint } from "../../../pipelines/stage.ts";
import type { Store } from "../../../pipelines/store/store.ts";
import { waitForResult } from "../../../pipelines/run/wait_for_result.ts";
import {
  keyContext,
  runConfig,
  stopAtStep,
  type TinyOptions,
  tinyRun,
  withFolder,
} from "../../support/tiny_run.ts";
import { tinyStages } from "../../support/tiny_stages.ts";
import { troubleStages } from "../../support/trouble_stages.ts";

const stages = { ...tinyStages, ...troubleStages };

/** Runs one stage `s` that goes wrong. */
function runTrouble(folder: string, stage: string, options: TinyOptions = {}) {
  return tinyRun(folder, `name: trouble\nstages:\n  s: ${stage}\n`, { stages, ...options });
}

function retriesIn(events: readonly Event[]) {
  return events.flatMap((event) => event.kind === "stage-retrying" ? [event] : []);
}

Deno.test("a lost process is tried again, and the record says how often and why", () =>
  withFolder(async (folder) => {
    const stage = "{ uses: trouble/flaky, with: { failures: 2, how: exit }, " +
      "retry: { times: 3, backoff: 0s } }";
    const { record, states, events } = await runTrouble(folder, stage, { inProcesses: true });
    assert.deepEqual(states, { s: "ran" });
    const [s] = record.stages;
    assert.deepEqual([s?.attempts, s?.retriedFor], [3, ["lost", "lost"]]);
    assert.deepEqual(
      retriesIn(events).map(({ attempt, of, cause }) => [attempt, of, cause]),
      [[2, 4, "lost"], [3, 4, "lost"]],
    );
    // Each attempt continues from the checkpoint of the one before it.
    assert.deepEqual(
      events.flatMap((event) => event.kind === "stage-resumed" ? [event.step] : []),
      [1, 2],
    );
  }));

Deno.test("an error of the stage is not tried again, unless the config says that it may be luck", () =>
  withFolder(async (folder) => {
    const plain = await runTrouble(folder, "{ uses: trouble/flaky, retry: 5 }");
    assert.equal(retriesIn(plain.events).length, 0);
    const [s] = plain.record.stages;
    assert.deepEqual([s?.state, s?.cause, s?.attempts], ["failed", "failed", 1]);
    const named = "{ uses: trouble/flaky, with: { failures: 2 }, " +
      "retry: { times: 2, on: [failed], backoff: 0s } }";
    const { record, events } = await runTrouble(folder, named);
    assert.equal(record.stages[0]?.state, "ran", "in the third attempt");
    assert.equal(retriesIn(events).length, 2);
    assert.match(
      events.flatMap((event) => event.kind === "stage-log" ? [event.text] : []).join(""),
      /(Cannot go on: bad luck[^]*){2}/,
    );
  }));

Deno.test("when attempts are used up the last cause is told, in event and record", () =>
  withFolder(async (folder) => {
    const stage = "{ uses: trouble/flaky, with: { failures: 9, how: allocate }, " +
      "retry: { times: 1, backoff: 0s } }";
    const { record, events } = await runTrouble(folder, stage);
    const [s] = record.stages;
    assert.deepEqual([s?.cause, s?.attempts, s?.retriedFor], ["memory", 2, ["memory"]]);
    const failed = events.find((event) => event.kind === "stage-failed");
    assert.deepEqual([failed?.cause, failed?.message], [
      "memory",
      "Array buffer allocation failed",
    ]);
  }));

Deno.test("a process that V8 ends for lack of memory is told from one that was lost", () =>
  withFolder(async (folder) => {
    const before = Deno.env.get("DENO_V8_FLAGS");
    Deno.env.set("DENO_V8_FLAGS", "--max-old-space-size=64");
    try {
      const stage = "{ uses: trouble/flaky, with: { how: eat } }";
      const { record } = await runTrouble(folder, stage, { inProcesses: true });
      const [s] = record.stages;
      assert.deepEqual([s?.cause, s?.message], ["memory", "The stage's process ran out of memory"]);
    } finally {
      if (before === undefined) Deno.env.delete("DENO_V8_FLAGS");
      else Deno.env.set("DENO_V8_FLAGS", before);
    }
  }));

Deno.test("a pause before the next attempt ends when the run is stopped", () =>
  withFolder(async (folder) => {
    const stop = new AbortController();
    const started = performance.now();
    const stage =
      "{ uses: trouble/flaky, with: { how: allocate }, retry: { times: 1, backoff: 1h } }";
    const { record } = await runTrouble(folder, stage, {
      stop: stop.signal,
      onEvent(event) {
        if (event.kind === "stage-retrying") stop.abort("the time budget of 3 s is used up");
      },
    });
    assert.equal(record.status, "interrupted");
    assert.equal(
      record.stages[0]?.message,
      "Interrupted, because the time budget of 3 s is used up; its last checkpoint is kept",
    );
    assert.ok(performance.now() - started < 5000);
  }));

Deno.test("what a stopped run did not begin says why", () =>
  withFolder(async (folder) => {
    const stop = new AbortController();
    stop.abort("the time budget of 3 s is used up");
    const { record } = await runTrouble(folder, "{ uses: tiny/numbers }", { stop: stop.signal });
    assert.equal(record.stages[0]?.message, "Skipped, because the time budget of 3 s is used up");
  }));

Deno.test("a stage that does not stop when its time is up is killed after a grace", () =>
  withFolder(async (folder) => {
    const stage = "{ uses: trouble/flaky, with: { how: hang }, timeout: 1s }";
    const options = { inProcesses: true, graceSeconds: 0.3 };
    const started = performance.now();
    const { record } = await runTrouble(folder, stage, options);
    const [s] = record.stages;
    assert.deepEqual([s?.cause, s?.message], ["timeout", "The stage took longer than 1 s"]);
    const elapsed = performance.now() - started;
    assert.ok(elapsed >= 1300 && elapsed < 20_000, `${elapsed} ms`);
  }));

Deno.test("a run that waits for another one's lease too long says who has it", () =>
  withFolder(async (folder) => {
    const { record: { stages: [made] } } = await runTrouble(folder, "{ uses: tiny/numbers }");
    const key = made?.key ?? "";
    await Deno.remove(`${folder}/store`, { recursive: true });
    const lease = await openLocalStore(`${folder}/store`).tryLease(key);
    assert.ok("release" in lease);
    const options = { leaseTimeoutSeconds: 0.2 };
    const { record, events } = await runTrouble(folder, "{ uses: tiny/numbers }", options);
    lease.release();
    const [s] = record.stages;
    assert.equal(s?.cause, "lease");
    assert.match(
      s?.message ?? "",
      new RegExp(`^Waited 0.2 s for process ${Deno.pid} on .*, since \\d`),
    );
    assert.equal(events.filter(({ kind }) => kind === "stage-waiting").length, 1);
    // Nobody has it any more.
    assert.deepEqual((await runConfig(folder, { stages, ...options })).states, { s: "ran" });
  }));

Deno.test("force of some stages runs these and nothing else", () =>
  withFolder(async (folder) => {
    const yaml = `name: chain
stages:
  a: { uses: tiny/numbers }
  b: { uses: tiny/scale, inputs: { curve: a.curve } }
  c: { uses: tiny/total, inputs: { curve: b.curve } }
`;
    await tinyRun(folder, yaml);
    const { states, events } = await tinyRun(folder, yaml, { force: new Set(["b"]) });
    assert.deepEqual(states, { a: "cached", b: "ran", c: "cached" });
    assert.equal(events.find((event) => event.kind === "stage-started")?.reason, "forced");
  }));

Deno.test("a forced stage starts from nothing, although it has a checkpoint", () =>
  withFolder(async (folder) => {
    const yaml = "name: slow\nstages: { s: { uses: tiny/count, with: { to: 6, stepMs: 1 } } }\n";
    await tinyRun(folder, yaml, stopAtStep(2));
    const { events } = await runConfig(folder, { force: true });
    assert.ok(!events.some(({ kind }) => kind === "stage-resumed"));
  }));

for (const inProcesses of [false, true]) {
  const where = inProcesses ? "in processes" : "in this process";
  Deno.test(`checkDeterminism names the first file and byte that differ, ${where}`, () =>
    withFolder(async (folder) => {
      const yaml = `name: twice
stages:
  good: { uses: tiny/count, with: { to: 2, stepMs: 1 } }
  next: { uses: tiny/count, with: { to: 3, stepMs: 1 }, inputs: { after: good.weights } }
  bad: { uses: trouble/random, with: { from: 5, count: 9 } }
`;
      const options = { stages, checkDeterminism: true, inProcesses };
      const { record, events, digests } = await tinyRun(folder, yaml, options);
      assert.equal(record.status, "succeeded");
      const told = record.stages.map(({ name, isDeterministic }) => [name, isDeterministic]);
      assert.deepEqual(Object.fromEntries(told), { good: true, next: true, bad: false });
      const warning = record.stages.find(({ name }) => name === "bad")?.warnings.at(-1) ?? "";
      const [, file = "", byte] = /first in file "(.*)" at byte (\d+)$/.exec(warning) ?? [];
      assert.match(warning, /^Not deterministic: output "weights" of a second run differs, /);
      // A file of tensors ends with the 9 values of 4 bytes each; from the sixth on they differ, in one of
      // its first bytes at the latest.
      const size = await sizeOf(folder, file);
      const first = Number(byte) - (size - 4 * 9);
      assert.ok(first >= 4 * 5 && first < 4 * 6, `byte ${byte} of ${size}`);
      assert.equal(events.filter(({ kind }) => kind === "stage-checking").length, 3);
      const left = [...Deno.readDirSync(`${folder}/store/tmp`)].map(({ name }) => name);
      assert.deepEqual(left.filter((name) => name.startsWith("again-")), []);
      // The first result is the one that counts, and nothing is computed again for it.
      const again = await runConfig(folder, options);
      assert.deepEqual(again.states, { good: "cached", next: "cached", bad: "cached" });
      assert.deepEqual(again.digests, digests);
    }));
}

/** Size of the only file of this name that the store's records have for the stage that is bad. */
async function sizeOf(folder: string, path: string): Promise<number> {
  const actions = await openLocalStore(`${folder}/store`).listActions();
  const files = actions.find(({ stage }) => stage === "bad")?.outputs["weights"]?.files ?? [];
  return files.find((file) => file.path === path)?.size ?? 0;
}

Deno.test("keepFailed is given the job and the last checkpoint of a stage that failed", () =>
  withFolder(async (folder) => {
    const kept: [Job, Checkpoint | undefined][] = [];
    const { events } = await runTrouble(folder, "{ uses: trouble/flaky }", {
      keepFailed(job, checkpoint) {
        kept.push([job, checkpoint]);
        return "there";
      },
    });
    const [[job, checkpoint] = []] = kept;
    assert.equal(job?.uses, "trouble/flaky");
    assert.equal(checkpoint?.step, 1);
    assert.deepEqual(checkpoint?.files.get("state.bin"), Uint8Array.of(0));
    const warning = events.find((event) => event.kind === "stage-warning");
    assert.equal(warning?.message, "What is left of it is kept in there");
  }));

Deno.test("stages that compute tensors get the threads that command line, config and machine say", () =>
  withFolder(async (folder) => {
    const yaml = `name: threads
stages:
  all: { uses: trouble/threads, with: { of: all } }
  one: { uses: trouble/threads, with: { of: one }, resources: { cpus: 1 } }
`;
    const threadsIn = async (options: TinyOptions) => {
      const { record } = await tinyRun(folder, yaml, { stages, force: true, jobs: 2, ...options });
      return Object.fromEntries(record.scores.map(({ of, value }) => [of, value]));
    };
    const machine = { cpus: 7, gpus: 1, memoryMiB: 1000 };
    const backend = "cpu" as const;
    const engine = { backend, threads: 0 };
    assert.deepEqual(await threadsIn({ machine, engine }), { all: 7, one: 1 });
    const given = { backend, threads: 3 };
    assert.deepEqual(await threadsIn({ machine, engine: given }), { all: 3, one: 3 });
  }));

Deno.test("waitForResult() finds a result that shows late, and gives up on one that does not", () =>
  withFolder(async (folder) => {
    await runTrouble(folder, "{ uses: tiny/numbers }");
    const store = openLocalStore(`${folder}/store`);
    const key = (await store.listActions())[0]?.key ?? "";
    let looks = 0;
    const late: Store = Object.create(store, {
      lookup: {
        value: (...args: Parameters<Store["lookup"]>) =>
          ++looks < 4 ? Promise.resolve({ state: "miss" }) : store.lookup(...args),
      },
    });
    assert.equal((await waitForResult(late, key, { stage: "s" })).state, "hit");
    assert.equal(looks, 4);
    const none = await waitForResult(store, "0".repeat(64), { stage: "s" }, 0.2);
    assert.equal(none.state, "miss");
  }));

Deno.test("a result that vanished is told from a stage that failed", () =>
  withFolder(async (folder) => {
    await Deno.writeTextFile(`${folder}/config.yaml`, "stages: { s: { uses: tiny/numbers } }\n");
    const plan = await planPipeline(await parseConfig("config.yaml", { folder }), stages);
    const store = openLocalStore(`${folder}/store`);
    const [planned] = plan.stages;
    assert.ok(planned);
    const result = await executeStage(planned, {}, {
      plan,
      store,
      // Says that it is done, and has done nothing.
      executor: {
        start: () => ({ outcome: Promise.resolve({ kind: "done" }), stop() {}, kill() {} }),
      },
      sink: () => undefined,
      whyNothingNew: () => undefined,
      options: {
        keys: keyContext,
        kinds: artifactKinds,
        engine: { backend: "cpu", threads: 1 },
        jobs: 1,
        machine: { cpus: 1, gpus: 1, memoryMiB: 1 },
        keepGoing: false,
        force: false,
        configText: "",
        provenance: {},
        resultLatencySeconds: 0.1,
      },
    });
    assert.equal(result.record.cause, "lost");
    assert.match(result.record.message ?? "", /ended well, but the store does not show its result/);
  }));
