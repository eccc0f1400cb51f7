import assert from "node:assert/strict";
import { openLocalStore } from "../../../pipelines/store/local_store.ts";
import { storeLayout } from "../../../pipelines/store/store_layout.ts";
import { verifyStore } from "../../../pipelines/store/verify_store.ts";
import { blobPath, firstDigest, flipBit, putResult, recordPath } from "../../support/put_result.ts";
import { withFolder } from "../../support/tiny_run.ts";

Deno.test("verifyStore() of a good store finds nothing and tells how much it has read", () =>
  withFolder(async (root) => {
    await putResult(root, { "a.bin": "aaa", "b.bin": "bb" }, { log: "printed" });
    await openLocalStore(root).checkpointSlot("1".repeat(64)).save({ step: 1, files: new Map() });
    const told: (readonly number[])[] = [];
    const report = verifyStore(root, (...numbers) => void told.push(numbers));
    assert.deepEqual(report, { results: 1, blobs: 3, bytes: 12, damages: [] });
    assert.deepEqual(told.at(-1), [12, 12]);
    assert.equal(told.length, 3);
  }));

Deno.test("verifyStore() names stage, port and file of a flipped, cut, deleted blob, and puts it aside", () =>
  withFolder(async (root) => {
    const a = await putResult(root, { "a.bin": "aaa", "same.bin": "aaa" }, { stage: "one" });
    await putResult(root, { "other.bin": "aaa" }, { stage: "two" });
    const cut = await putResult(root, { "b.bin": "bbb" }, { stage: "cut" });
    const gone = await putResult(root, { "c.bin": "ccc" }, { stage: "gone" });
    const log = await putResult(root, { "d.bin": "ddd" }, { stage: "log", log: "printed" });
    flipBit(blobPath(root, firstDigest(a)));
    await Deno.chmod(blobPath(root, firstDigest(cut)), 0o644);
    await Deno.truncate(blobPath(root, firstDigest(cut)), 1);
    await Deno.remove(blobPath(root, firstDigest(gone)));
    flipBit(blobPath(root, log.log));

    const { damages } = verifyStore(root);
    const uses = damages.map(({ kind, uses }) => [
      kind,
      uses.map(({ stage, port, file }) => `${stage}.${port}:${file}`).sort(),
    ]);
    assert.deepEqual(
      uses.sort((x, y) => String(x) < String(y) ? -1 : 1),
      [
        ["blob", ["cut.curve:b.bin"]],
        ["blob", ["gone.curve:c.bin"]],
        ["blob", ["log.log:"]],
        ["blob", ["one.curve:a.bin", "one.curve:same.bin", "two.curve:other.bin"]],
      ],
    );
    const flipped = damages.find(({ uses }) => uses.length === 3);
    assert.match(
      flipped?.message ?? "",
      new RegExp(`must have digest ${firstDigest(a)}, but have`),
    );
    const moved = /moved to (corrupt\/\S+)/.exec(flipped?.message ?? "")?.[1];
    assert.equal((await Deno.stat(`${root}/${moved}`)).size, 3);

    // What cannot be used is out of the way, and a result that has only lost its log is not.
    assert.deepEqual(verifyStore(root), { results: 1, blobs: 1, bytes: 3, damages: [] });
    assert.equal((await openLocalStore(root).lookup(a.key, { stage: "one" })).state, "miss");
    assert.equal((await openLocalStore(root).lookup(log.key, { stage: "log" })).state, "hit");
  }));

Deno.test("verifyStore() finds a damaged record, and one that lies under another key", () =>
  withFolder(async (root) => {
    const { key } = await putResult(root, { "a.bin": "a" });
    await Deno.mkdir(`${root}/actions/00`);
    await Deno.copyFile(recordPath(root, key), recordPath(root, "0".repeat(64)));
    flipBit(recordPath(root, key), 30);
    const { damages, results } = verifyStore(root);
    assert.equal(results, 0);
    assert.deepEqual(damages.map(({ kind }) => kind), ["record", "record"]);
    assert.match(damages.map(({ message }) => message).join(), /belongs to key|it must be|must be/);
    assert.deepEqual(verifyStore(root).damages, []);
  }));

Deno.test("verifyStore() finds a record whose artifact is not made of its files", () =>
  withFolder(async (root) => {
    const store = openLocalStore(root);
    const action = await putResult(root, { "a.bin": "a" });
    const curve = action.outputs["curve"];
    assert.ok(curve);
    await store.putAction({ ...action, outputs: { curve: { ...curve, digest: "1".repeat(64) } } });
    const { damages } = verifyStore(root);
    assert.match(damages[0]?.message ?? "", /stage "x": output "curve" must have digest 1111/);
    assert.equal((await store.lookup(action.key, { stage: "x" })).state, "miss");
  }));

Deno.test("verifyStore() finds a damaged checkpoint", () =>
  withFolder(async (root) => {
    const key = "1".repeat(64);
    const files = new Map([["s.bin", Uint8Array.of(1, 2)]]);
    await openLocalStore(root).checkpointSlot(key).save({ step: 1, files });
    const partial = storeLayout(root).partial(key);
    const [stored] = [...Deno.readDirSync(partial)].filter(({ name }) => name.endsWith("s.bin"));
    flipBit(`${partial}/${stored?.name}`);
    const { damages } = verifyStore(root);
    assert.deepEqual(damages.map(({ kind, path }) => [kind, path]), [[
      "checkpoint",
      `partial/${key}`,
    ]]);
    assert.match(damages[0]?.message ?? "", /the digest of ".*s\.bin" must be/);
  }));
