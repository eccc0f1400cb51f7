import assert from "node:assert/strict";
import { StoreError } from "../../../pipelines/store/store.ts";
import { runConfig, stopAtStep, tinyRun, withFolder } from "../../support/tiny_run.ts";

const chain = `name: chain
seed: 3
stages:
  a: { uses: tiny/numbers }
  b: { uses: tiny/scale, inputs: { curve: a.curve }, with: { by: 3 } }
  c: { uses: tiny/total, inputs: { curve: b.curve } }
`;

Deno.test("executePlan() runs each stage once; the second run finds all of it", () =>
  withFolder(async (folder) => {
    const first = await tinyRun(folder, chain);
    assert.deepEqual(first.states, { a: "ran", b: "ran", c: "ran" });
    assert.equal(first.record.status, "succeeded");
    const second = await tinyRun(folder, chain);
    assert.deepEqual(second.states, { a: "cached", b: "cached", c: "cached" });
    assert.deepEqual(second.digests, first.digests);
    assert.deepEqual(second.record.scores, first.record.scores);
    assert.equal(second.record.scores[0]?.stage, "c");
    assert.equal(second.record.charts.length, 2);
    assert.deepEqual(
      second.record.stages.map(({ computeSeconds }) => computeSeconds > 0),
      [true, true, true],
    );
  }));

Deno.test("executePlan() runs again only what a changed parameter reaches, and finds the old result", () =>
  withFolder(async (folder) => {
    await tinyRun(folder, chain);
    const changed = await tinyRun(folder, chain.replace("by: 3", "by: 4"));
    assert.deepEqual(changed.states, { a: "cached", b: "ran", c: "ran" });
    const back = await tinyRun(folder, chain);
    assert.deepEqual(back.states, { a: "cached", b: "cached", c: "cached" });
  }));

Deno.test("executePlan() runs nothing again for a comment, key order, a stage's name or an ignored parameter", () =>
  withFolder(async (folder) => {
    await tinyRun(folder, chain);
    const same = `# another look
stages:
  total: { inputs: { curve: scaled.curve }, uses: tiny/total }
  scaled: { with: { logEvery: 9, by: 3.0 }, inputs: { curve: numbers.curve }, uses: tiny/scale }
  numbers: { uses: tiny/numbers }
seed: 3
name: other
`;
    const { states } = await tinyRun(folder, same);
    assert.deepEqual(states, { numbers: "cached", scaled: "cached", total: "cached" });
  }));

Deno.test("executePlan() runs nothing again in another checkout with the same store", () =>
  withFolder(async (folder) => {
    await Deno.mkdir(`${folder}/one`);
    await Deno.mkdir(`${folder}/two`);
    const store = `${folder}/store`;
    const yaml = `${chain}  d: { uses: tiny/open, with: { file: data.txt } }\n`;
    for (const name of ["one", "two"]) {
      await Deno.writeTextFile(`${folder}/${name}/data.txt`, "data");
    }
    await tinyRun(`${folder}/one`, yaml, { store });
    const { states } = await tinyRun(`${folder}/two`, yaml, { store });
    assert.deepEqual(states, { a: "cached", b: "cached", c: "cached", d: "cached" });
    await Deno.writeTextFile(`${folder}/two/data.txt`, "other");
    const changed = await tinyRun(`${folder}/two`, yaml, { store });
    assert.deepEqual(changed.states, { a: "cached", b: "cached", c: "cached", d: "ran" });
  }));

Deno.test("executePlan() cuts off early: equal bytes keep what follows cached", () =>
  withFolder(async (folder) => {
    await tinyRun(folder, chain);
    const { states } = await tinyRun(folder, chain.replace("by: 3", 'by: 3, note: "no effect"'));
    assert.deepEqual(states, { a: "cached", b: "ran", c: "cached" });
  }));

Deno.test("executePlan() with force runs all again and gives the same bytes", () =>
  withFolder(async (folder) => {
    const first = await tinyRun(folder, chain);
    const forced = await tinyRun(folder, chain, { force: true });
    assert.deepEqual(forced.states, { a: "ran", b: "ran", c: "ran" });
    assert.deepEqual(forced.digests, first.digests);
    assert.ok(!forced.events.some(({ kind }) => kind === "stage-warning"));
  }));

Deno.test("executePlan() finds a flipped byte, a cut and a deleted object nobody reads, and computes them again", () =>
  withFolder(async (folder) => {
    const first = await tinyRun(folder, chain);
    const damages: ((path: string, bytes: Uint8Array) => Promise<void>)[] = [
      (path, bytes) => Deno.writeFile(path, bytes.map((byte, at) => (at === 9 ? byte ^ 4 : byte))),
      (path, bytes) => Deno.writeFile(path, bytes.slice(0, -1)),
      (path) => Deno.remove(path),
    ];
    for (const damage of damages) {
      const objects = [...walk(`${folder}/store/objects`)];
      assert.equal(objects.length, 3);
      for (const path of objects) {
        await Deno.chmod(path, 0o644);
        await damage(path, await Deno.readFile(path));
        const again = await runConfig(folder);
        const ran = again.record.stages.filter(({ state }) => state === "ran");
        assert.equal(ran.length, 1, `only the stage of ${path} must run`);
        const found = again.events.flatMap((event) =>
          event.kind === "artifact-damaged" ? [event] : []
        );
        assert.equal(found[0]?.stage, ran[0]?.name);
        assert.match(found[0]?.message ?? "", /stage ".", output "\w+", file "\w+\.json"/);
        assert.deepEqual(again.digests, first.digests);
      }
    }
  }));

Deno.test("executePlan() computes again what has a damaged record", () =>
  withFolder(async (folder) => {
    await tinyRun(folder, chain);
    for (const path of walk(`${folder}/store/actions`)) {
      await Deno.truncate(path, 50);
      const { record, events } = await runConfig(folder);
      assert.deepEqual(record.stages.filter(({ state }) => state === "ran").length, 1);
      assert.equal(events.filter(({ kind }) => kind === "artifact-damaged").length, 1);
    }
  }));

Deno.test("a disk that changes bytes behind an unchanged status is found on reading; the next run mends it", () =>
  withFolder(async (folder) => {
    const first = await tinyRun(folder, chain);
    const key = first.record.stages[0]?.key ?? "";
    const notes = `${folder}/store/notes/${key.slice(0, 2)}/${key.slice(2)}.json`;
    const [[digest = ""] = []] = Object.entries(JSON.parse(await Deno.readTextFile(notes)));
    const path = `${folder}/store/objects/${digest.slice(0, 2)}/${digest.slice(2)}`;
    await Deno.chmod(path, 0o644);
    await Deno.writeFile(
      path,
      (await Deno.readFile(path)).map((byte, at) => at === 5 ? byte ^ 1 : byte),
    );
    // Notes that vouch for what is there now stand for a status that did not change.
    const { ino, size, mtime, ctime } = await Deno.stat(path);
    const status = [ino, size, mtime?.getTime(), ctime?.getTime(), true];
    await Deno.writeTextFile(notes, JSON.stringify({ [digest]: status }));

    const changed = chain.replace("by: 3", "by: 5");
    const found = await tinyRun(folder, changed);
    assert.deepEqual(found.states, { a: "failed", b: "failed", c: "skipped" });
    assert.match(found.record.stages[0]?.message ?? "", /the next run computes it again/);
    const message = found.record.stages[1]?.message ?? "";
    assert.match(message, new RegExp(`Cannot read "curves.json": its digest must be ${digest}`));
    assert.match(message, /moved to corrupt/);
    const mended = await tinyRun(folder, changed);
    assert.deepEqual(mended.states, { a: "ran", b: "ran", c: "ran" });
    assert.equal(mended.digests["a.curve"], first.digests["a.curve"]);
  }));

const failing = `name: failing
stages:
  bad: { uses: tiny/count, with: { behaviour: throw, failAt: 2, stepMs: 1 } }
  after: { uses: tiny/count, inputs: { after: bad.weights } }
  last: { uses: tiny/count, inputs: { after: after.weights } }
  other: { uses: tiny/numbers }
`;

Deno.test("executePlan() skips what needs a failed stage, and starts nothing new", () =>
  withFolder(async (folder) => {
    const { record, states } = await tinyRun(folder, failing);
    assert.equal(record.status, "failed");
    assert.deepEqual(states, {
      bad: "failed",
      after: "skipped",
      last: "skipped",
      other: "skipped",
    });
    assert.deepEqual(record.stages.map(({ name, message }) => [name, message]).sort(), [
      ["after", 'Skipped, because it needs stage "bad", which failed'],
      ["bad", "Cannot count further: it is enough"],
      ["last", 'Skipped, because it needs stage "after", which was skipped'],
      ["other", 'Skipped, because stage "bad" failed'],
    ]);
  }));

Deno.test("executePlan() with keepGoing runs what does not need a failed stage", () =>
  withFolder(async (folder) => {
    const { states, record } = await tinyRun(folder, failing, { keepGoing: true });
    assert.equal(record.status, "failed");
    assert.deepEqual(states, { bad: "failed", after: "skipped", last: "skipped", other: "ran" });
  }));

Deno.test("executePlan() still finds cached stages after a failure", () =>
  withFolder(async (folder) => {
    await tinyRun(folder, "name: other\nstages: { other: { uses: tiny/numbers } }\n");
    const { states } = await tinyRun(folder, failing);
    assert.equal(states["other"], "cached");
  }));

Deno.test("executePlan() continues a stopped stage from its checkpoint, to the same bytes", () =>
  withFolder(async (folder) => {
    const yaml =
      "name: slow\nstages: { slow: { uses: tiny/count, with: { to: 30, stepMs: 2 } } }\n";
    const whole = await tinyRun(folder, yaml);
    await Deno.mkdir(`${folder}/cut`);
    await Deno.writeTextFile(`${folder}/cut/config.yaml`, yaml);
    const stopped = await runConfig(`${folder}/cut`, stopAtStep(3));
    assert.equal(stopped.record.status, "interrupted");
    assert.match(
      stopped.record.stages[0]?.message ?? "",
      /Interrupted; its last checkpoint is kept/,
    );
    const resumed = await runConfig(`${folder}/cut`);
    const step = resumed.events.find((event) => event.kind === "stage-resumed")?.step ?? 0;
    assert.ok(step > 0 && step < 30, `resumed at step ${step}`);
    assert.deepEqual(resumed.digests, whole.digests);
    assert.deepEqual([...Deno.readDirSync(`${folder}/cut/store/partial`)], []);
  }));

Deno.test("executePlan() runs independent branches at once, up to `jobs`", () =>
  withFolder(async (folder) => {
    const stage = (n: number) => `  s${n}: { uses: tiny/count, with: { to: 4, seed: ${n} } }\n`;
    const yaml = `name: wide\nstages:\n${[1, 2, 3, 4].map(stage).join("")}`
      .replaceAll(/seed: (\d)/g, "size: 1$1");
    for (const [jobs, most] of [[1, 1], [3, 3]] as const) {
      const { events } = await tinyRun(folder, yaml, { jobs, force: true });
      let now = 0;
      let peak = 0;
      for (const { kind } of events) {
        if (kind === "stage-started") peak = Math.max(peak, ++now);
        if (kind === "stage-finished") now--;
      }
      assert.equal(peak, most);
    }
  }));

Deno.test("executePlan() keeps two stages off one accelerator", () =>
  withFolder(async (folder) => {
    const stage = (n: number) =>
      `  s${n}: { uses: tiny/count, with: { to: 3, size: ${n} }, resources: { gpu: 1 } }\n`;
    const yaml = `name: gpus\nstages:\n${[1, 2].map(stage).join("")}`;
    const { events } = await tinyRun(folder, yaml, { jobs: 4 });
    const order = events.map(({ kind }) => kind).filter((kind) => /started|finished/.test(kind));
    const once = ["stage-started", "stage-finished"];
    assert.deepEqual(order, ["run-started", ...once, ...once, "run-finished"]);
  }));

Deno.test("two runs at once compute each stage once, and both have the result", () =>
  withFolder(async (folder) => {
    const yaml = `name: shared
stages:
  one: { uses: tiny/count, with: { to: 10 } }
  two: { uses: tiny/count, with: { to: 5 }, inputs: { after: one.weights } }
`;
    await Deno.writeTextFile(`${folder}/config.yaml`, yaml);
    const [a, b] = await Promise.all([runConfig(folder), runConfig(folder)]);
    for (const stage of ["one", "two"]) {
      assert.deepEqual([a.states[stage], b.states[stage]].sort(), ["cached", "ran"]);
    }
    assert.deepEqual(a.digests, b.digests);
    const waits = [...a.events, ...b.events].filter(({ kind }) => kind === "stage-waiting");
    assert.ok(waits.length > 0);
  }));

Deno.test("executePlan() keeps a stage's warnings with its result", () =>
  withFolder(async (folder) => {
    const yaml = chain.replace("by: 3", "by: 0");
    await tinyRun(folder, yaml);
    const { record } = await tinyRun(folder, yaml);
    assert.deepEqual(record.stages[1]?.warnings, ["Everything becomes 0"]);
  }));

Deno.test("executePlan() throws a StoreError when the store cannot be written", () =>
  withFolder(async (folder) => {
    await Deno.writeTextFile(`${folder}/store`, "no folder");
    await assert.rejects(tinyRun(folder, chain), StoreError);
  }));

Deno.test("executePlan() stops what runs when the store fails under it", () =>
  withFolder(async (folder) => {
    const yaml = `name: wide
stages:
  slow: { uses: tiny/count, with: { to: 10000, stepMs: 2 } }
  quick: { uses: tiny/numbers }
`;
    await tinyRun(folder, "name: n\nstages: { a: { uses: tiny/numbers, with: { count: 9 } } }\n");
    // Blobs can no longer be written, leases and checkpoints can.
    await Deno.remove(`${folder}/store/objects`, { recursive: true });
    await Deno.writeTextFile(`${folder}/store/objects`, "");
    const started = performance.now();
    await assert.rejects(tinyRun(folder, yaml, { jobs: 2 }), StoreError);
    assert.ok(performance.now() - started < 10_000);
  }));

function* walk(folder: string): Generator<string> {
  for (const { name, isDirectory } of Deno.readDirSync(folder)) {
    if (isDirectory) yield* walk(`${folder}/${name}`);
    else yield `${folder}/${name}`;
  }
}
