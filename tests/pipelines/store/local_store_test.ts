import assert from "node:assert/strict";
import fc from "fast-check";
import { digestOf } from "../../../pipelines/key/digest.ts";
import { openLocalStore } from "../../../pipelines/store/local_store.ts";
import { type Action, DamagedBlobError, StoreError } from "../../../pipelines/store/store.ts";
import { artifactDigest } from "../../../pipelines/store/stored_artifact.ts";
import { hashedBytesOf } from "../../support/hashed_bytes.ts";
import { withFolder } from "../../support/tiny_run.ts";

/** Longer than file times may lag behind: after it a status proves that nothing changed. */
const SETTLE_MS = 3100;

/** Stores one action with a curve made of `files`, and returns it. */
async function putAction(root: string, files: Readonly<Record<string, Uint8Array>>) {
  const store = openLocalStore(root);
  const stored = [];
  for (const [path, bytes] of Object.entries(files)) {
    stored.push({ path, size: bytes.length, sha256: await store.putBlob(bytes) });
  }
  const action: Action = {
    format: 1,
    key: digestOf(JSON.stringify(stored)),
    document: { stage: { id: "tiny/x", version: 1 } },
    stage: "x",
    outputs: {
      curve: {
        kind: "curves",
        kindVersion: 1,
        digest: artifactDigest(stored),
        bytes: stored.reduce((sum, { size }) => sum + size, 0),
        files: stored,
      },
    },
    warnings: ["odd \ud800 text"],
    seconds: 1.5,
    finishedAt: "2026-01-01T00:00:00.000Z",
    provenance: { deno: "2.9" },
  };
  await store.putAction(action);
  return { store, action };
}

function blobPath(root: string, digest: string | undefined): string {
  return `${root}/objects/${digest?.slice(0, 2)}/${digest?.slice(2)}`;
}

function firstDigest(action: Action): string {
  return action.outputs["curve"]?.files[0]?.sha256 ?? "";
}

/** Changes a file whatever its permissions, keeping its size. */
async function flipByte(path: string, at: number): Promise<void> {
  const bytes = await Deno.readFile(path);
  bytes[at] = (bytes[at] ?? 0) ^ 1;
  await Deno.chmod(path, 0o644);
  await Deno.writeFile(path, bytes);
}

Deno.test("lookup() finds an action again, in another process too", () =>
  withFolder(async (root) => {
    const { action } = await putAction(root, { "a.bin": Uint8Array.of(1, 2) });
    assert.deepEqual(await openLocalStore(root).lookup(action.key, { stage: "x" }), {
      state: "hit",
      action,
    });
    assert.deepEqual(await openLocalStore(root).lookup("0".repeat(64), { stage: "x" }), {
      state: "miss",
    });
    assert.deepEqual(await openLocalStore(root).listActions(), [action]);
  }));

Deno.test("putBlob() writes read-only files, tagged as a cache", () =>
  withFolder(async (root) => {
    const { action } = await putAction(root, { "a.bin": Uint8Array.of(1, 2) });
    const { mode } = await Deno.stat(blobPath(root, firstDigest(action)));
    assert.equal((mode ?? 0) & 0o777, 0o444);
    assert.match(await Deno.readTextFile(`${root}/CACHEDIR.TAG`), /^Signature: 8a477f597d28d17/);
    assert.deepEqual([...Deno.readDirSync(`${root}/tmp`)], []);
  }));

Deno.test("readBlob() returns the bytes of putBlob(), and names a damaged or missing blob", () =>
  withFolder((root) =>
    fc.assert(
      fc.asyncProperty(fc.uint8Array(), fc.nat(), async (bytes, at) => {
        const store = openLocalStore(root);
        const digest = await store.putBlob(bytes);
        assert.deepEqual(await store.readBlob(digest), new Uint8Array(bytes));
        if (bytes.length === 0) return;
        await flipByte(blobPath(root, digest), at % bytes.length);
        await assert.rejects(store.readBlob(digest), (error) => {
          assert.ok(error instanceof DamagedBlobError && error.message.includes(digest));
          return true;
        });
        await assert.rejects(store.readBlob(digest), /it is missing/);
        await store.putBlob(bytes);
        assert.deepEqual(await store.readBlob(digest), new Uint8Array(bytes));
      }),
      { numRuns: 20 },
    )
  ));

Deno.test("putBlob() replaces a damaged blob instead of believing it", () =>
  withFolder(async (root) => {
    const store = openLocalStore(root);
    const bytes = Uint8Array.of(1, 2, 3);
    const digest = await store.putBlob(bytes);
    await flipByte(blobPath(root, digest), 0);
    await store.putBlob(bytes);
    assert.deepEqual(await store.readBlob(digest), bytes);
  }));

Deno.test("lookup() names stage, port, file and both digests of any flipped byte, and moves it away", () =>
  withFolder((root) =>
    fc.assert(
      fc.asyncProperty(fc.uint8Array({ minLength: 1 }), fc.nat(), async (bytes, at) => {
        const { store, action } = await putAction(root, { "a.bin": bytes });
        const digest = firstDigest(action);
        await flipByte(blobPath(root, digest), at % bytes.length);
        const found = await store.lookup(action.key, { stage: "train" });
        assert.ok(found.state === "damaged");
        const [damage] = found.damages;
        assert.match(damage?.message ?? "", /stage "train", output "curve", file "a.bin"/);
        assert.match(
          damage?.message ?? "",
          new RegExp(`must have digest ${digest}, but found [0-9a-f]{64}`),
        );
        const moved = /moved to (corrupt\/\S+)/.exec(damage?.message ?? "")?.[1];
        assert.equal((await Deno.readFile(`${root}/${moved}`)).length, bytes.length);
        await putAction(root, { "a.bin": bytes });
        assert.equal((await store.lookup(action.key, { stage: "train" })).state, "hit");
      }),
      { numRuns: 20 },
    )
  ));

Deno.test("lookup() names a truncated, a deleted and a lengthened blob", () =>
  withFolder(async (root) => {
    for (const size of [undefined, 0, 3, 5]) {
      const { store, action } = await putAction(root, { "a.bin": Uint8Array.of(1, 2, 3, 4) });
      const path = blobPath(root, firstDigest(action));
      await Deno.chmod(path, 0o644);
      if (size === undefined) await Deno.remove(path);
      else await Deno.writeFile(path, new Uint8Array(size));
      const found = await store.lookup(action.key, { stage: "x" });
      assert.ok(found.state === "damaged");
      const expected = size === undefined
        ? /they are missing/
        : new RegExp(`found of ${size} bytes`);
      assert.match(found.damages[0]?.message ?? "", expected);
    }
  }));

Deno.test("lookup() with readOnly leaves a damaged blob where it is", () =>
  withFolder(async (root) => {
    const { store, action } = await putAction(root, { "a.bin": Uint8Array.of(1) });
    const path = blobPath(root, firstDigest(action));
    await flipByte(path, 0);
    const found = await store.lookup(action.key, { stage: "x", readOnly: true });
    assert.equal(found.state, "damaged");
    assert.ok((await Deno.stat(path)).isFile);
  }));

Deno.test("lookup() believes no damaged record, wherever a bit flips", () =>
  withFolder(async (root) => {
    const { store, action } = await putAction(root, { "a.bin": Uint8Array.of(1) });
    const path = `${root}/actions/${action.key.slice(0, 2)}/${action.key.slice(2)}.json`;
    const good = await Deno.readFile(path);
    await fc.assert(fc.asyncProperty(fc.nat(good.length - 1), fc.nat(7), async (at, bit) => {
      const bad = good.slice();
      bad[at] = (bad[at] ?? 0) ^ (1 << bit);
      await Deno.writeFile(path, bad);
      const found = await store.lookup(action.key, { stage: "x" });
      assert.ok(found.state === "damaged" && found.damages[0]?.kind === "record");
      assert.match(found.damages[0].message, /Cannot read the record of key/);
      assert.equal((await store.lookup(action.key, { stage: "x" })).state, "miss");
    }));
  }));

Deno.test("lookup() believes no record that lies under another key", () =>
  withFolder(async (root) => {
    const { store, action } = await putAction(root, { "a.bin": Uint8Array.of(1) });
    await Deno.mkdir(`${root}/actions/00`);
    const from = `${root}/actions/${action.key.slice(0, 2)}/${action.key.slice(2)}.json`;
    await Deno.copyFile(from, `${root}/actions/00/${"0".repeat(62)}.json`);
    assert.equal((await store.lookup("0".repeat(64), { stage: "x" })).state, "damaged");
  }));

Deno.test("lookup() reads no blob once its status is settled, settle() saves that reading, and a change that sets mtime back is noticed", () =>
  withFolder(async (root) => {
    const { store, action } = await putAction(root, { "a.bin": Uint8Array.of(1, 2, 3) });
    const settled = await putAction(root, { "b.bin": Uint8Array.of(4, 5) });
    const changed = await putAction(root, { "c.bin": Uint8Array.of(6) });
    const hashedIn = ({ key }: Action) => hashedBytesOf(() => store.lookup(key, { stage: "x" }));
    const path = blobPath(root, firstDigest(action));
    await flipByte(blobPath(root, firstDigest(changed.action)), 0);
    await new Promise((resolve) => setTimeout(resolve, SETTLE_MS));
    const before = await Deno.stat(path);
    assert.equal(await hashedIn(action), 3);
    assert.equal(await hashedIn(action), 0);

    await store.settle([settled.action.key, changed.action.key]);
    assert.equal(await hashedIn(settled.action), 0);
    // Nobody has read it since it was written, so settle() does not take its status for a proof.
    assert.equal((await store.lookup(changed.action.key, { stage: "x" })).state, "damaged");

    await flipByte(path, 1);
    await Deno.chmod(path, 0o444);
    await Deno.utime(path, before.atime ?? 0, before.mtime ?? 0);
    const after = await Deno.stat(path);
    assert.deepEqual([after.mtime, after.size, after.ino], [before.mtime, before.size, before.ino]);
    assert.equal((await store.lookup(action.key, { stage: "x" })).state, "damaged");
  }));

Deno.test("lookup() does without notes that are damaged", () =>
  withFolder(async (root) => {
    const { store, action } = await putAction(root, { "a.bin": Uint8Array.of(1, 2, 3) });
    const path = `${root}/notes/${action.key.slice(0, 2)}/${action.key.slice(2)}.json`;
    for (const text of ["{", "[]", '{"x":[1]}', ""]) {
      await Deno.writeTextFile(path, text);
      assert.equal((await store.lookup(action.key, { stage: "x" })).state, "hit");
    }
  }));

Deno.test("a store that is no folder is a StoreError with the path", () =>
  withFolder(async (folder) => {
    await Deno.writeTextFile(`${folder}/store`, "");
    const store = openLocalStore(`${folder}/store`);
    await assert.rejects(async () => await store.putBlob(Uint8Array.of(1)), (error) => {
      assert.ok(error instanceof StoreError && error.message.includes(`${folder}/store`));
      return true;
    });
    await assert.rejects(
      async () => await store.lookup("0".repeat(64), { stage: "x" }),
      /the store must be a folder/,
    );
  }));

Deno.test("checkpointSlot() is the key's own, and clearPartial() empties it", () =>
  withFolder(async (root) => {
    const store = openLocalStore(root);
    const slot = store.checkpointSlot("k");
    assert.equal(await slot.load(), undefined);
    const checkpoint = { step: 2, files: new Map([["s.bin", Uint8Array.of(2, 9)]]) };
    await slot.save(checkpoint);
    assert.deepEqual(await store.checkpointSlot("k").load(), checkpoint);
    assert.equal(await store.checkpointSlot("other").load(), undefined);
    await store.clearPartial("k");
    assert.equal(await slot.load(), undefined);
  }));

Deno.test("lookup() and listActions() make no store where there is none", () =>
  withFolder(async (folder) => {
    const store = openLocalStore(`${folder}/store`);
    assert.equal((await store.lookup("0".repeat(64), { stage: "x" })).state, "miss");
    assert.deepEqual(await store.listActions(), []);
    assert.deepEqual([...Deno.readDirSync(folder)], []);
  }));

Deno.test("lookup() remembers the use of a hit, by the file system's clock, and with readOnly it does not", () =>
  withFolder(async (root) => {
    const { action } = await putAction(root, { "a.bin": Uint8Array.of(1) });
    const path = `${root}/actions/${action.key.slice(0, 2)}/${action.key.slice(2)}.json`;
    const old = new Date(1_000_000_000_000);
    const usedMs = () => Deno.statSync(path).mtime?.getTime() ?? 0;
    const original = Date.now;
    // This machine's clock is a day ahead.
    Date.now = () => original() + 86_400_000;
    try {
      await Deno.utime(path, old, old);
      await openLocalStore(root).lookup(action.key, { stage: "x", readOnly: true });
      assert.equal(usedMs(), old.getTime());
      await openLocalStore(root).lookup(action.key, { stage: "x" });
      assert.ok(Math.abs(usedMs() - original()) < 10_000, new Date(usedMs()).toISOString());
    } finally {
      Date.now = original;
    }
  }));

Deno.test("the first write removes what was abandoned a day ago, by the file system's clock", () =>
  withFolder(async (root) => {
    await Deno.mkdir(`${root}/tmp`);
    for (const [name, hours] of [["young", 23], ["abandoned", 25]] as const) {
      await Deno.writeTextFile(`${root}/tmp/${name}`, "part");
      const time = new Date(Date.now() - hours * 3_600_000);
      await Deno.utime(`${root}/tmp/${name}`, time, time);
    }
    const original = Date.now;
    Date.now = () => original() + 10 * 86_400_000;
    try {
      await openLocalStore(root).putBlob(Uint8Array.of(1));
    } finally {
      Date.now = original;
    }
    assert.deepEqual([...Deno.readDirSync(`${root}/tmp`)].map(({ name }) => name), ["young"]);
  }));

Deno.test("addRoot() needs an absolute path, and a store that cannot be written forgets it", () =>
  withFolder(async (folder) => {
    assert.throws(() => void openLocalStore(folder).addRoot("runs"), /it must be absolute/);
    await Deno.writeTextFile(`${folder}/file`, "");
    await openLocalStore(`${folder}/file`).addRoot("/runs");
  }));
