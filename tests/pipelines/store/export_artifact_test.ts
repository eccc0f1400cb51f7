import assert from "node:assert/strict";
import { exportArtifact, ExportRefused } from "../../../pipelines/store/export_artifact.ts";
import { openLocalStore } from "../../../pipelines/store/local_store.ts";
import { DamagedBlobError, type StoredArtifact } from "../../../pipelines/store/store.ts";
import { blobPath, firstDigest, flipBit, putResult } from "../../support/put_result.ts";
import { withFolder } from "../../support/tiny_run.ts";

/** A store with one artifact of two files, and a folder to export to. */
async function withArtifact(
  use: (context: {
    readonly folder: string;
    readonly out: string;
    readonly artifact: StoredArtifact;
    readonly write: (isReplacing?: boolean) => Promise<void>;
    readonly damage: () => void;
  }) => Promise<void>,
): Promise<void> {
  await withFolder(async (folder) => {
    const root = `${folder}/store`;
    const action = await putResult(root, { "a.bin": "aaa", "b.bin": "b" });
    const artifact = action.outputs["curve"];
    assert.ok(artifact);
    const out = `${folder}/out`;
    const store = openLocalStore(root);
    await use({
      folder,
      out,
      artifact,
      write: (isReplacing = false) => exportArtifact(store, artifact, out, { isReplacing }),
      damage: () => flipBit(blobPath(root, firstDigest(action))),
    });
  });
}

function filesIn(folder: string): Readonly<Record<string, string>> {
  const names = [...Deno.readDirSync(folder)].map(({ name }) => name).sort();
  return Object.fromEntries(
    names.map((name) => [name, Deno.readTextFileSync(`${folder}/${name}`)]),
  );
}

/** Names beside the target, to find what an export left behind. */
function besides(folder: string): string[] {
  return [...Deno.readDirSync(folder)].map(({ name }) => name).sort();
}

const whole = { "a.bin": "aaa", "b.bin": "b" };

Deno.test("exportArtifact() writes into a new folder, also a deep one, and into an empty one", () =>
  withArtifact(async ({ folder, out, artifact, write }) => {
    await write();
    assert.deepEqual(filesIn(out), whole);
    assert.equal(((await Deno.stat(`${out}/a.bin`)).mode ?? 0) & 0o777, 0o644);
    await Deno.mkdir(`${folder}/empty`);
    const store = openLocalStore(`${folder}/store`);
    for (const target of ["empty", "deep/er/new"]) {
      await exportArtifact(store, artifact, `${folder}/${target}`, { isReplacing: false });
      assert.deepEqual(filesIn(`${folder}/${target}`), whole);
    }
    assert.deepEqual(besides(folder), ["deep", "empty", "out", "store"]);
  }));

Deno.test("exportArtifact() refuses a folder with anything in it by name, and replaces it when told so", () =>
  withArtifact(async ({ folder, out, write }) => {
    await Deno.mkdir(out);
    await Deno.writeTextFile(`${out}/a.bin`, "mine");
    await Deno.writeTextFile(`${out}/.left`, "over");
    await assert.rejects(write(), (error) => {
      assert.ok(error instanceof ExportRefused);
      assert.match(error.message, /it has "\.left" in it; --replace/);
      return true;
    });
    assert.deepEqual(filesIn(out), { ".left": "over", "a.bin": "mine" });
    await write(true);
    assert.deepEqual(filesIn(out), whole);
    assert.deepEqual(besides(folder), ["out", "store"]);
  }));

Deno.test("exportArtifact() follows no link and replaces no file, whatever it is told", () =>
  withArtifact(async ({ folder, out, write }) => {
    await Deno.mkdir(`${folder}/elsewhere`);
    for (const target of ["elsewhere", "nowhere"]) {
      await Deno.symlink(`${folder}/${target}`, out);
      for (const isReplacing of [false, true]) {
        await assert.rejects(write(isReplacing), /but it is a link/);
      }
      await Deno.remove(out);
    }
    await Deno.writeTextFile(out, "mine");
    await assert.rejects(write(true), /but it is a file/);
    assert.equal(await Deno.readTextFile(out), "mine");
    assert.deepEqual(filesIn(`${folder}/elsewhere`), {});
  }));

Deno.test("exportArtifact() of damaged bytes leaves what was there, and nothing beside it", () =>
  withArtifact(async ({ folder, out, write, damage }) => {
    await Deno.mkdir(out);
    await Deno.writeTextFile(`${out}/mine`, "mine");
    damage();
    await assert.rejects(write(true), (error) => {
      assert.ok(error instanceof DamagedBlobError && error.message.includes('"a.bin"'));
      return true;
    });
    assert.deepEqual(filesIn(out), { mine: "mine" });
    assert.deepEqual(besides(folder), ["out", "store"]);
  }));

Deno.test("exportArtifact() that cannot put its folder in place puts the old one back", () =>
  withArtifact(async ({ folder, out, write }) => {
    await Deno.mkdir(out);
    await Deno.writeTextFile(`${out}/mine`, "mine");
    const original = Deno.renameSync;
    // The second rename, of the new folder to its place.
    Deno.renameSync = (from, to) => {
      if (to === out && !String(from).endsWith("-before")) throw new Error("Input/output error");
      original(from, to);
    };
    try {
      await assert.rejects(write(true), /Input\/output error/);
    } finally {
      Deno.renameSync = original;
    }
    assert.deepEqual(filesIn(out), { mine: "mine" });
    assert.deepEqual(besides(folder), ["out", "store"]);
  }));
