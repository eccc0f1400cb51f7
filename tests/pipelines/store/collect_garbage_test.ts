import assert from "node:assert/strict";
import {
  collectGarbage,
  GarbageCollectionBusy,
  type GarbageOptions,
} from "../../../pipelines/store/collect_garbage.ts";
import { openLocalStore } from "../../../pipelines/store/local_store.ts";
import { forgetRoot, namesOfRoot } from "../../../pipelines/store/roots.ts";
import { storeLayout } from "../../../pipelines/store/store_layout.ts";
import { trashIfUnused } from "../../../pipelines/store/trash.ts";
import {
  age,
  blobPath,
  firstDigest,
  flipBit,
  putResult,
  recordPath,
  snapshotOf,
} from "../../support/put_result.ts";
import { runConfig, tinyRun, withFolder } from "../../support/tiny_run.ts";

const DAY_S = 86_400;

const options: GarbageOptions = { isDryRun: false, graceMs: 3_600_000, roots: [] };

/** Makes `folder/runs/<name>/<file>` and remembers `folder/runs`. */
async function addRun(folder: string, root: string, file: string, text: string, name = "1") {
  await Deno.mkdir(`${folder}/runs/${name}`, { recursive: true });
  await Deno.writeTextFile(`${folder}/runs/${name}/${file}`, text);
  await openLocalStore(root).addRoot(`${folder}/runs`);
}

async function isHit(root: string, key: string): Promise<boolean> {
  const found = await openLocalStore(root).lookup(key, { stage: "x", readOnly: true });
  return found.state === "hit";
}

function exists(path: string): boolean {
  try {
    Deno.lstatSync(path);
    return true;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}

Deno.test("collectGarbage() keeps what a run, a run without an end, or a lock file names, and takes the rest", () =>
  withFolder(async (folder) => {
    const root = `${folder}/store`;
    const old = { ageS: DAY_S };
    const [ended, running, locked, sides, none, young] = [
      await putResult(root, { "a.bin": "a", "shared.bin": "s" }, { ...old, log: "printed" }),
      await putResult(root, { "b.bin": "b" }, old),
      await putResult(root, { "c.bin": "c" }, old),
      await putResult(root, { "d.bin": "d" }, old),
      await putResult(root, { "e.bin": "e", "shared.bin": "s" }, { ...old, log: "gone" }),
      await putResult(root, { "f.bin": "f" }),
    ];
    age(blobPath(root, ended.outputs["curve"]?.files[1]?.sha256), DAY_S);
    const runText = JSON.stringify({ stages: [{ key: ended.key }] });
    await addRun(folder, root, "run.json", runText);
    await addRun(folder, root, "events.ndjson", `{"key":"${running.key}"}\n{"k`, "2");
    await Deno.writeTextFile(
      `${folder}/x.lock.yaml`,
      [
        "<<<<<<< ours",
        `curve: ${locked.outputs["curve"]?.digest}`,
        "=======",
        `curve: ${sides.outputs["curve"]?.digest}`,
        ">>>>>>> theirs",
      ].join("\n"),
    );
    await openLocalStore(root).addRoot(`${folder}/x.lock.yaml`);

    const before = snapshotOf(root);
    const dry = await collectGarbage(root, { ...options, isDryRun: true });
    assert.deepEqual(
      snapshotOf(root).filter((line) => !line.includes("/tmp")),
      before.filter((line) => !line.includes("/tmp")),
    );
    const report = await collectGarbage(root, options);
    assert.deepEqual(report, dry);
    assert.deepEqual(report.removed.results.map(({ key }) => key), [none.key]);
    // Its file and its log; the shared file is still used.
    const bytes = report.removed.blobs.map((blob) => blob.bytes).sort();
    assert.deepEqual(bytes, [1, 4]);
    assert.deepEqual(report.kept.results, 5);
    assert.deepEqual(report.notices, []);
    for (const { key } of [ended, running, locked, sides, young]) assert.ok(await isHit(root, key));
    assert.ok(!(await isHit(root, none.key)));
    assert.equal(
      new TextDecoder().decode(await openLocalStore(root).readBlob(ended.log ?? "")),
      "printed",
    );
    assert.ok(!exists(`${root}/trash`));
    assert.equal((await collectGarbage(root, options)).removedBytes, 0);
  }));

Deno.test("collectGarbage() keeps results of every project that uses the store, and of a disk that is away for now", () =>
  withFolder(async (folder) => {
    const root = `${folder}/store`;
    const [mine, theirs, away, nobodys] = [
      await putResult(root, { "a.bin": "a" }, { ageS: DAY_S }),
      await putResult(root, { "b.bin": "b" }, { ageS: DAY_S }),
      await putResult(root, { "c.bin": "c" }, { ageS: DAY_S }),
      await putResult(root, { "d.bin": "d" }, { ageS: DAY_S }),
    ];
    for (const [name, { key }] of Object.entries({ mine, theirs, away })) {
      await addRun(`${folder}/${name}`, root, "run.json", JSON.stringify({ key }));
    }
    await Deno.rename(`${folder}/away`, `${folder}/elsewhere`);
    const [note] = [...Deno.readDirSync(`${root}/roots`)].map(({ name }) => `${root}/roots/${name}`)
      .filter((path) => Deno.readTextFileSync(path).includes("away"));
    age(note ?? "", 29 * DAY_S);
    const report = await collectGarbage(root, options);
    assert.match(report.notices.join("\n"), /Cannot reach root ".*away\/runs": .*--forget/);
    for (const { key } of [mine, theirs, away, nobodys]) assert.ok(await isHit(root, key));

    age(note ?? "", 31 * DAY_S);
    const missed = await collectGarbage(root, { ...options, isDryRun: true });
    assert.equal(missed.removed.results.length, 2);
    await Deno.rename(`${folder}/elsewhere`, `${folder}/away`);
    const complete = await collectGarbage(root, options);
    assert.deepEqual(complete.removed.results.map(({ key }) => key), [nobodys.key]);

    // Its folder of runs was deleted, and then the whole project.
    await Deno.remove(`${folder}/theirs/runs`, { recursive: true });
    const deleted = await collectGarbage(root, options);
    assert.deepEqual(deleted.removed.results.map(({ key }) => key), [theirs.key]);
    await Deno.remove(`${folder}/away`, { recursive: true });
    assert.equal((await collectGarbage(root, options)).removed.results.length, 0);
    assert.ok(forgetRoot(storeLayout(root), `${folder}/away/runs`));
    const forgotten = await collectGarbage(root, options);
    assert.deepEqual(forgotten.removed.results.map(({ key }) => key), [away.key]);
    assert.ok(await isHit(root, mine.key));
  }));

Deno.test("namesOfRoot() finds names wherever a large file is cut, and no part of a longer number", () =>
  withFolder(async (folder) => {
    const name = "0123456789abcdef".repeat(4);
    await Deno.mkdir(`${folder}/runs/1`, { recursive: true });
    const path = `${folder}/runs/1/events.ndjson`;
    for (let before = 2 ** 20 - 70; before <= 2 ** 20 + 5; before++) {
      await Deno.writeTextFile(path, `${" ".repeat(before)}"${name}"\n`);
      assert.deepEqual([...namesOfRoot(`${folder}/runs`)], [name], `${before} before it`);
    }
    await Deno.writeTextFile(path, `${name}0 x${name}y`);
    assert.deepEqual([...namesOfRoot(`${folder}/runs`)], [name]);
    await Deno.writeTextFile(path, `${name}0`);
    assert.deepEqual([...namesOfRoot(`${folder}/runs`)], []);
  }));

Deno.test("a run that is deleted while roots are read takes no other run's names along", () =>
  withFolder(async (folder) => {
    for (const [run, digit] of [["1", "1"], ["2", "2"], ["3", "3"]] as const) {
      await Deno.mkdir(`${folder}/runs/${run}`, { recursive: true });
      await Deno.writeTextFile(`${folder}/runs/${run}/run.json`, `"${digit.repeat(64)}"`);
    }
    const original = Deno.openSync;
    Deno.openSync = (path, options) => {
      if (String(path).endsWith("/2/run.json")) Deno.removeSync(path);
      return original(path, options);
    };
    try {
      assert.deepEqual([...namesOfRoot(`${folder}/runs`)], ["1".repeat(64), "3".repeat(64)]);
    } finally {
      Deno.openSync = original;
    }
  }));

Deno.test("collectGarbage() takes no result while the note of a root is damaged; a run mends it", () =>
  withFolder(async (folder) => {
    const root = `${folder}/store`;
    const named = await putResult(root, { "a.bin": "a" }, { ageS: DAY_S });
    const unnamed = await putResult(root, { "b.bin": "b" }, { ageS: DAY_S });
    await addRun(folder, root, "run.json", JSON.stringify([named.key]));
    const [note] = [...Deno.readDirSync(`${root}/roots`)].map(({ name }) =>
      `${root}/roots/${name}`
    );
    const whole = await Deno.readTextFile(note ?? "");
    for (const text of ["", "{", whole.replace("runs", "rums")]) {
      await Deno.writeTextFile(note ?? "", text);
      const { removed, notices } = await collectGarbage(root, options);
      assert.equal(removed.results.length, 0);
      assert.match(notices.join("\n"), /The note ".*" is damaged/);
    }
    await openLocalStore(root).addRoot(`${folder}/runs`);
    assert.equal(await Deno.readTextFile(note ?? ""), whole);
    const { removed } = await collectGarbage(root, options);
    assert.deepEqual(removed.results.map(({ key }) => key), [unnamed.key]);
  }));

Deno.test("collectGarbage() of a store that knows no run takes no result", () =>
  withFolder(async (root) => {
    const { key } = await putResult(root, { "a.bin": "a" }, { ageS: DAY_S });
    const report = await collectGarbage(root, options);
    assert.match(report.notices.join(), /No run and no lock file is known/);
    assert.ok(await isHit(root, key));
    await collectGarbage(root, { ...options, maxAgeMs: 3_600_000 });
    assert.ok(!(await isHit(root, key)));
  }));

Deno.test("collectGarbage() takes orphans, finished and forgotten checkpoints, and what was left behind", () =>
  withFolder(async (folder) => {
    const root = `${folder}/store`;
    const store = openLocalStore(root);
    const kept = await putResult(root, { "a.bin": "a" }, { ageS: 40 * DAY_S });
    const [named, forgotten, old] = ["1", "2", "3"].map((digit) => digit.repeat(64));
    await addRun(folder, root, "run.json", JSON.stringify([kept.key, named, old]));
    const orphan = blobPath(root, await store.putBlob(Uint8Array.of(1, 2)));
    const younger = blobPath(root, await store.putBlob(Uint8Array.of(3)));
    age(orphan, DAY_S);
    for (const [key, days] of [[kept.key, 1], [named, 1], [forgotten, 1], [old, 31]] as const) {
      const slot = store.checkpointSlot(key ?? "");
      await slot.save({ step: 1, files: new Map([["s.bin", Uint8Array.of(1)]]) });
      const partial = storeLayout(root).partial(key ?? "");
      for (const { name } of Deno.readDirSync(partial)) age(`${partial}/${name}`, days * DAY_S);
      age(partial, days * DAY_S);
    }
    for (
      const [path, days] of [["tmp/new", 0], ["tmp/old", 2], ["corrupt/new", 2], [
        "corrupt/old",
        31,
      ]]
    ) {
      await Deno.mkdir(`${root}/${String(path).split("/")[0]}`, { recursive: true });
      await Deno.writeTextFile(`${root}/${path}`, "left");
      age(`${root}/${path}`, Number(days) * DAY_S);
    }
    await Deno.mkdir(`${root}/trash/killed`, { recursive: true });
    await Deno.writeTextFile(`${root}/trash/killed/objects-ab-cd`, "left");
    const ended = new Deno.Command("true").spawn();
    await ended.status;
    await Deno.writeTextFile(
      `${root}/leases/${named}.json`,
      JSON.stringify({
        token: "t",
        host: Deno.hostname(),
        processes: [{ pid: ended.pid, startedMs: 0 }],
        since: "2026-01-01T00:00:00.000Z",
      }),
    );

    const report = await collectGarbage(root, options);
    assert.deepEqual(
      report.removed.checkpoints.map(({ key }) => key).sort(),
      [kept.key, forgotten, old].sort(),
    );
    assert.deepEqual(report.removed.blobs.map(({ path }) => path), [orphan]);
    assert.ok(exists(younger) && exists(`${root}/tmp/new`) && exists(`${root}/corrupt/new`));
    for (
      const gone of ["tmp/old", "corrupt/old", "trash", `leases/${named}.json`, "leases/gc.json"]
    ) {
      assert.ok(!exists(`${root}/${gone}`), gone);
    }
    assert.ok(await isHit(root, kept.key));
    assert.deepEqual((await store.checkpointSlot(named ?? "").load())?.step, 1);
  }));

Deno.test("collectGarbage() takes no checkpoint and no result of a key that somebody computes", () =>
  withFolder(async (root) => {
    const store = openLocalStore(root);
    const action = await putResult(root, { "a.bin": "a" }, { ageS: DAY_S });
    const lease = await store.tryLease(action.key);
    assert.ok("release" in lease);
    await store.checkpointSlot(action.key).save({ step: 3, files: new Map() });
    age(storeLayout(root).partial(action.key), 90 * DAY_S);
    const all = { ...options, graceMs: 0, maxBytes: 0 };
    const report = await collectGarbage(root, all);
    assert.deepEqual(report.kept, { results: 1, checkpoints: 1 });
    assert.match(report.notices.join("\n"), /at most 0 bytes, but it has \d+: the rest is in use/);
    lease.release();
    assert.deepEqual((await collectGarbage(root, all)).kept, { results: 0, checkpoints: 0 });
  }));

Deno.test("collectGarbage() with maxBytes frees a size, unrooted and least recently used first", () =>
  withFolder(async (folder) => {
    const root = `${folder}/store`;
    const text = "x".repeat(10_000);
    const rooted = await putResult(root, { "a.bin": `${text}a` }, { ageS: 9 * DAY_S });
    const older = await putResult(root, { "b.bin": `${text}b` }, { ageS: 8 * DAY_S });
    const newer = await putResult(root, { "c.bin": `${text}c` }, { ageS: 7 * DAY_S });
    await addRun(folder, root, "run.json", JSON.stringify([rooted.key]));
    const { keptBytes } = await collectGarbage(root, { ...options, isDryRun: true, maxBytes: 1e9 });
    const report = await collectGarbage(root, { ...options, maxBytes: keptBytes - 1 });
    assert.deepEqual(report.removed.results.map(({ key }) => key), [older.key]);
    assert.ok(report.keptBytes <= keptBytes - 10_000);
    await collectGarbage(root, { ...options, maxBytes: 15_000 });
    assert.deepEqual([await isHit(root, rooted.key), await isHit(root, newer.key)], [true, false]);
    await collectGarbage(root, { ...options, maxBytes: 0 });
    assert.ok(!(await isHit(root, rooted.key)));
  }));

Deno.test("collectGarbage() is refused while another process collects", () =>
  withFolder(async (root) => {
    await putResult(root, { "a.bin": "a" });
    const lease = await openLocalStore(root).tryLease("gc");
    assert.ok("release" in lease);
    await assert.rejects(collectGarbage(root, options), (error) => {
      assert.ok(error instanceof GarbageCollectionBusy);
      assert.match(error.message, new RegExp(`process ${Deno.pid} on ${Deno.hostname()}`));
      return true;
    });
    await collectGarbage(root, { ...options, isDryRun: true });
    lease.release();
  }));

Deno.test("collectGarbage() makes nothing where there is no store", () =>
  withFolder(async (folder) => {
    assert.equal((await collectGarbage(`${folder}/none`, options)).removedBytes, 0);
    assert.ok(!exists(`${folder}/none`));
  }));

/** Does something right before each rename of a file whose path has `part` in it, once. */
async function beforeRename<Value>(
  part: string,
  first: () => void,
  use: () => Promise<Value>,
): Promise<Value> {
  const original = Deno.renameSync;
  let isDone = false;
  Deno.renameSync = (from, to) => {
    if (!isDone && String(from).includes(part)) {
      isDone = true;
      first();
    }
    original(from, to);
  };
  try {
    return await use();
  } finally {
    Deno.renameSync = original;
  }
}

Deno.test("a result that is hit while it is being taken away comes back with its blobs", () =>
  withFolder(async (folder) => {
    const root = `${folder}/store`;
    const action = await putResult(root, { "a.bin": "a" }, { ageS: DAY_S });
    await addRun(folder, root, "run.json", "{}");
    const hit = () => {
      const { state } = awaitSync(openLocalStore(root), action.key);
      assert.equal(state, "hit");
    };
    const report = await beforeRename("/actions/", hit, () => collectGarbage(root, options));
    assert.equal(report.removed.results.length, 0);
    assert.ok(await isHit(root, action.key));
  }));

/** A lookup that is over before this returns: the store does its work at once. */
function awaitSync(store: ReturnType<typeof openLocalStore>, key: string): { state: string } {
  const found = { state: "unknown" };
  const path = recordPath(store.location, key);
  const before = Deno.statSync(path).mtime?.getTime() ?? 0;
  void store.lookup(key, { stage: "x" });
  // A lookup touches what it finds.
  if ((Deno.statSync(path).mtime?.getTime() ?? 0) > before) found.state = "hit";
  return found;
}

Deno.test("a blob that is put again while it is being taken away comes back", () =>
  withFolder(async (folder) => {
    const root = `${folder}/store`;
    const store = openLocalStore(root);
    await addRun(folder, root, "run.json", "{}");
    const digest = await store.putBlob(Uint8Array.of(7));
    age(blobPath(root, digest), DAY_S);
    const put = () => void store.putBlob(Uint8Array.of(7));
    const report = await beforeRename("/objects/", put, () => collectGarbage(root, options));
    assert.equal(report.removed.blobs.length, 0);
    assert.deepEqual(await store.readBlob(digest), Uint8Array.of(7));
  }));

Deno.test("putAction() brings a blob back that a killed collection left in the trash", () =>
  withFolder(async (root) => {
    const action = await putResult(root, { "a.bin": "a" });
    const path = blobPath(root, firstDigest(action));
    const { mtime } = await Deno.stat(path);
    assert.ok(trashIfUnused(path, mtime?.getTime() ?? 0, `${root}/trash/bin`));
    const store = openLocalStore(root);
    assert.equal((await store.lookup(action.key, { stage: "x" })).state, "damaged");
    await store.putAction(action);
    assert.ok(await isHit(root, action.key));

    await Deno.remove(path);
    const trashed = `${root}/trash/bin/objects-${firstDigest(action).slice(0, 2)}-${
      firstDigest(action).slice(2)
    }`;
    flipBit(trashed);
    await assert.rejects(async () => await store.putAction(action), /somebody has removed them/);
  }));

Deno.test("collectGarbage() beside a run that goes on never takes what the run needs", () =>
  withFolder(async (folder) => {
    const yaml = `name: busy
seed: 3
stages:
  one: { uses: tiny/count, with: { to: 4, stepMs: 15 } }
  two: { uses: tiny/count, with: { to: 4, stepMs: 15 }, inputs: { after: one.weights } }
  curve: { uses: tiny/numbers }
  scaled: { uses: tiny/scale, inputs: { curve: curve.curve } }
  three: { uses: tiny/count, with: { to: 5, stepMs: 15 }, inputs: { after: two.weights } }
  total: { uses: tiny/total, inputs: { curve: scaled.curve } }
`;
    const root = `${folder}/store`;
    await addRun(folder, root, "events.ndjson", "");
    const expected = await tinyRun(folder, yaml, { store: `${folder}/undisturbed` });
    // Old results of the same stages, with other sizes, are what there is to take.
    const garbage = await Promise.all(
      [1, 2, 3].map((n) => putResult(root, { "a.bin": `garbage ${n}` }, { ageS: DAY_S })),
    );
    let isRunning = true;
    let rounds = 0;
    const collecting = (async () => {
      while (isRunning) {
        await collectGarbage(root, { ...options, graceMs: 0 });
        rounds++;
        await new Promise((resolve) => setTimeout(resolve, 1));
      }
    })();
    // As the run's folder does: what a run has found or begun is named by its events at once.
    const onEvent = (event: unknown) =>
      Deno.writeTextFileSync(`${folder}/runs/1/events.ndjson`, `${JSON.stringify(event)}\n`, {
        append: true,
      });
    const first = await runConfig(folder, { onEvent }).finally(() => isRunning = false);
    await collecting;
    assert.ok(rounds >= 3, `only ${rounds} collections`);
    assert.deepEqual(first.digests, expected.digests);
    assert.deepEqual(new Set(Object.values(first.states)), new Set(["ran"]));
    await collectGarbage(root, { ...options, graceMs: 0 });
    for (const { key } of garbage) assert.ok(!(await isHit(root, key)));
    const again = await runConfig(folder);
    assert.deepEqual(new Set(Object.values(again.states)), new Set(["cached"]));
  }));
