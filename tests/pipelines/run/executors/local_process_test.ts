import assert from "node:assert/strict";
import { permissionFlags } from "../../../../pipelines/run/executors/local_process.ts";
import { runConfig, stopAtStep, tinyRun, withFolder } from "../../../support/tiny_run.ts";

function countStage(options: string): string {
  return `name: one\nstages: { s: { uses: tiny/count, with: { to: 3, stepMs: 1, ${options} } } }\n`;
}

Deno.test("a stage in a process gives the bytes that it gives in this one", () =>
  withFolder(async (folder) => {
    const inside = await tinyRun(folder, countStage("size: 9"));
    const store = `${folder}/other`;
    const outside = await tinyRun(folder, countStage("size: 9"), { inProcesses: true, store });
    assert.deepEqual(outside.states, { s: "ran" });
    assert.deepEqual(outside.digests, inside.digests);
  }));

Deno.test("what a library prints is log and breaks no message", () =>
  withFolder(async (folder) => {
    const print = 'print: "half a line, or \\n @0 {\\"kind\\":1}"';
    const { states, events } = await tinyRun(folder, countStage(print), { inProcesses: true });
    assert.deepEqual(states, { s: "ran" });
    const log = events.flatMap((event) => event.kind === "stage-log" ? [event.text] : []);
    assert.match(log.join(""), /half a line, or/);
    assert.equal(
      events.filter(({ kind }) => kind === "stage-progress").at(-1)?.kind,
      "stage-progress",
    );
  }));

Deno.test("a process that ends without a word fails its stage only", () =>
  withFolder(async (folder) => {
    const yaml = countStage("behaviour: exit, failAt: 1").replace(
      "stages: {",
      "stages: { good: { uses: tiny/numbers },",
    );
    const options = { inProcesses: true, keepGoing: true };
    const { record, states } = await tinyRun(folder, yaml, options);
    assert.deepEqual(states, { good: "ran", s: "failed" });
    assert.match(
      record.stages.find(({ name }) => name === "s")?.message ?? "",
      /ended without a result \(exit code 7\)/,
    );
  }));

Deno.test("a stage's error comes back as message and stack", () =>
  withFolder(async (folder) => {
    const yaml = countStage("behaviour: throw, failAt: 1");
    const { record, events } = await tinyRun(folder, yaml, { inProcesses: true });
    assert.equal(record.stages[0]?.message, "Cannot count further: it is enough");
    const log = events.flatMap((event) => event.kind === "stage-log" ? [event.text] : []);
    assert.match(log.join(""), /at .*tiny_stages\.ts/);
  }));

Deno.test("a stage may neither read outside the project nor use the network", () =>
  withFolder(async (folder) => {
    for (const behaviour of ["read outside", "fetch"]) {
      const yaml = countStage(`behaviour: ${behaviour}, failAt: 1`);
      const { record } = await tinyRun(folder, yaml, { inProcesses: true });
      assert.match(record.stages[0]?.message ?? "", /Requires (read|net) access/);
    }
  }));

Deno.test("a stage that takes too long is stopped, tried again and fails", () =>
  withFolder(async (folder) => {
    const yaml = `name: slow
stages:
  s: { uses: tiny/count, with: { to: 1000, stepMs: 5 }, timeout: 2s, retry: 1 }
`;
    const { record, events } = await tinyRun(folder, yaml, { inProcesses: true });
    assert.equal(record.stages[0]?.message, "The stage took longer than 2 s");
    assert.deepEqual(
      events.flatMap((event) => event.kind === "stage-retrying" ? [event.cause] : []),
      [
        "timeout",
      ],
    );
    const resumed = events.flatMap((event) => event.kind === "stage-resumed" ? [event.step] : []);
    assert.ok(
      (resumed[0] ?? 0) > 0,
      "the second attempt must start from the first one's checkpoint",
    );
  }));

Deno.test("stop lets a process save its checkpoint, and the next run continues from it", () =>
  withFolder(async (folder) => {
    const yaml = "name: one\nstages: { s: { uses: tiny/count, with: { to: 60, stepMs: 5 } } }\n";
    const stopped = await tinyRun(folder, yaml, { inProcesses: true, ...stopAtStep(1) });
    assert.equal(stopped.record.status, "interrupted");
    const resumed = await runConfig(folder, { inProcesses: true });
    const step = resumed.events.find((event) => event.kind === "stage-resumed")?.step ?? 0;
    assert.ok(step > 0 && step < 60, `resumed at ${step}`);
    const whole = await runConfig(folder, { store: `${folder}/other` });
    assert.deepEqual(resumed.digests, whole.digests);
  }));

Deno.test("stop reaches a stage that computes without a pause", () =>
  withFolder(async (folder) => {
    const started = performance.now();
    const options = { inProcesses: true, ...stopAtStep(0) };
    const { record } = await tinyRun(folder, countStage("behaviour: spin"), options);
    assert.equal(record.status, "interrupted");
    assert.ok(performance.now() - started < 10_000);
  }));

Deno.test("kill ends a process that does not stop by itself", () =>
  withFolder(async (folder) => {
    const stop = new AbortController();
    const kill = new AbortController();
    setTimeout(() => stop.abort(), 500);
    setTimeout(() => kill.abort(), 800);
    const started = performance.now();
    const { record } = await tinyRun(folder, countStage("behaviour: hang, failAt: 1"), {
      inProcesses: true,
      stop: stop.signal,
      kill: kill.signal,
    });
    assert.equal(record.status, "interrupted");
    assert.ok(performance.now() - started < 10_000);
  }));

Deno.test("permissionFlags() lets a stage on cuda read what its package looks at, and no other stage", () => {
  const job = {
    store: "/s",
    key: "ab".repeat(32),
    files: [],
    engine: { backend: "cuda", threads: 0 },
  } as const;
  const cuda = permissionFlags(job, { engine: true }, { packages: "/p" });
  assert.match(cuda[0]!, /^--allow-read=\/s,\/p\/engine\/cuda\/native$/);
  assert.deepEqual(cuda.slice(2), ["--allow-ffi", "--allow-env", "--allow-sys"]);
  const others = [
    permissionFlags(job, {}, { packages: "/p" }),
    permissionFlags({ ...job, engine: { backend: "onnx", threads: 0 } }, { engine: true }, {
      packages: "/p",
    }),
  ];
  for (const flags of others) {
    assert.equal(flags[0], "--allow-read=/s");
    assert.ok(!flags.some((flag) => /env|sys/.test(flag)));
  }
});

Deno.test("permissionFlags() gives the least that a stage declares", () => {
  const key = "0123".padEnd(64, "4");
  const job = { store: "/p/s,1", key, files: [{ written: "a", absolute: "/p/data/a,b" }] };
  const write = ["tmp", "objects", "corrupt", `partial/${key}`, "actions/01", "notes/01"]
    .map((name) => `/p/s,,1/${name}`).join(",");
  assert.deepEqual(permissionFlags(job, {}), [
    "--allow-read=/p/s,,1,/p/data/a,,b",
    `--allow-write=${write}`,
  ]);
  assert.deepEqual(permissionFlags({ ...job, files: [] }, { net: ["a.org", "b.org"] }), [
    "--allow-read=/p/s,,1",
    `--allow-write=${write}`,
    "--allow-net=a.org,b.org",
  ]);
  assert.ok(permissionFlags(job, { engine: true }).includes("--allow-ffi"));
});
