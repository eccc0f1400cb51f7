/** A project that brings along a store, or run folders, made to reach or hurt what is not its own. */

import assert from "node:assert/strict";
import { createRunFolder } from "../../cli/run_folder.ts";
import type { RunRecord } from "../../pipelines/run_record.ts";
import { runConfig, tinyRun, withFolder } from "../support/tiny_run.ts";

const yaml = "stages: { s: { uses: tiny/numbers } }\n";

for (
  const name of ["tmp", "objects", "actions", "leases", "partial", "corrupt", "notes", "trash"]
) {
  Deno.test(`a store whose ${name} leads elsewhere is refused, and nothing there changes`, () =>
    withFolder(async (folder) => {
      await Deno.mkdir(`${folder}/documents`);
      await Deno.writeTextFile(`${folder}/documents/thesis.txt`, "mine");
      await Deno.utime(`${folder}/documents/thesis.txt`, new Date(0), new Date(0));
      await Deno.mkdir(`${folder}/store`);
      await Deno.symlink("../documents", `${folder}/store/${name}`);
      await Deno.writeTextFile(`${folder}/store/CACHEDIR.TAG`, "Signature: 8a477f597d28d172789f");
      await assert.rejects(tinyRun(folder, yaml), {
        name: "StoreError",
        message: new RegExp(`"${name}" in it must be a folder, but is a link`),
      });
      const left = [...Deno.readDirSync(`${folder}/documents`)].map((entry) => entry.name);
      assert.deepEqual(left, ["thesis.txt"]);
    }));
}

/** Replaces the only file below a part of the store. */
function replaceIn(folder: string, replace: (path: string) => void): void {
  for (const { name, isDirectory } of Deno.readDirSync(folder)) {
    if (isDirectory) replaceIn(`${folder}/${name}`, replace);
    else {
      Deno.removeSync(`${folder}/${name}`);
      replace(`${folder}/${name}`);
    }
  }
}

const replacements: Readonly<Record<string, (path: string, folder: string) => void>> = {
  "a pipe": (path) => void new Deno.Command("mkfifo", { args: [path] }).outputSync(),
  "a file of 8 GiB": (path) => {
    Deno.writeFileSync(path, new Uint8Array());
    Deno.truncateSync(path, 2 ** 33);
  },
  "a link to a secret": (path, folder) => Deno.symlinkSync(`${folder}/secret.txt`, path),
  "a link to itself": (path) => Deno.symlinkSync(path.slice(path.lastIndexOf("/") + 1), path),
};

for (const part of ["actions", "objects", "notes"]) {
  for (const [what, replace] of Object.entries(replacements)) {
    Deno.test(`${what} in the place of a file in ${part} is not believed, followed or waited for`, () =>
      withFolder(async (folder) => {
        const { digests } = await tinyRun(folder, yaml);
        await Deno.writeTextFile(`${folder}/secret.txt`, "secret");
        replaceIn(`${folder}/store/${part}`, (path) => replace(path, folder));
        const run = await runConfig(folder);
        assert.deepEqual(run.digests, digests);
        assert.equal(run.states["s"], part === "notes" ? "cached" : "ran");
        assert.doesNotMatch(JSON.stringify([run.events, run.record]), /secret/);
        assert.equal(await Deno.readTextFile(`${folder}/secret.txt`), "secret");
        assert.equal((await runConfig(folder)).states["s"], "cached");
      }));
  }
}

Deno.test("a folder of one's own in the place of runs/latest stays", () =>
  withFolder(async (folder) => {
    await Deno.mkdir(`${folder}/latest`);
    await Deno.writeTextFile(`${folder}/latest/mine.txt`, "mine");
    const run = createRunFolder(folder, "x");
    run.finish({} as unknown as RunRecord, "<html>");
    run.close();
    assert.equal(await Deno.readTextFile(`${folder}/latest/mine.txt`), "mine");
  }));
