import assert from "node:assert/strict";
import { z } from "zod";
import type { Digest } from "../../../pipelines/key/digest.ts";
import { ConfigError } from "../../../pipelines/config/diagnostic.ts";
import { digestOfFolder } from "../../../pipelines/key/folder_digest.ts";
import {
  decodeFolderNotes,
  encodeFolderNotes,
  folderMemory,
} from "../../../pipelines/key/folder_notes.ts";
import { folderLimits, listFolder } from "../../../pipelines/key/list_folder.ts";
import { openConfinedFolder } from "../../../pipelines/run/open_confined.ts";
import { defineStage } from "../../../pipelines/stage.ts";
import { tinyRun, withFolder } from "../../support/tiny_run.ts";

/** A project with `data/{a.txt, b/c.txt, .hidden}`, and a secret beside it. */
function withProject(use: (project: string, outer: string) => Promise<void>): Promise<void> {
  return withFolder(async (folder) => {
    const outer = await Deno.realPath(folder);
    const project = `${outer}/project`;
    await Deno.mkdir(`${project}/data/b`, { recursive: true });
    await Deno.writeTextFile(`${project}/data/a.txt`, "a");
    await Deno.writeTextFile(`${project}/data/b/c.txt`, "c");
    await Deno.writeTextFile(`${project}/data/.hidden`, "h");
    await Deno.mkdir(`${outer}/private`);
    await Deno.writeTextFile(`${outer}/private/secret.txt`, "secret");
    await use(project, outer);
  });
}

const stages = {
  "tiny/folder": defineStage({
    id: "tiny/folder",
    version: 1,
    summary: "Count the files of a folder and their bytes",
    params: z.strictObject({ folder: z.string().optional() }),
    folders: ["folder"],
    inputs: {},
    outputs: { images: "images" },
    async run({ params, openFolder }) {
      const { paths, read, size } = await openFolder(params.folder ?? "");
      const bytes = await Promise.all(paths.map(read));
      const sizes = await Promise.all(paths.map(size));
      assert.deepEqual(sizes, bytes.map(({ length }) => length));
      const pixels = Uint8Array.from(sizes);
      const shape = [1, 1, pixels.length, 1] as const;
      return { images: { pixels, shape, split: "train" as const, source: paths.join() } };
    },
  }),
};
const yaml = "stages: { one: { uses: tiny/folder, with: { folder: data } } }\n";

Deno.test("a stage runs again when a file of its folder changes, comes, goes or is renamed", () =>
  withProject(async (project, outer) => {
    const run = async () => (await tinyRun(project, yaml, { stages, store: `${outer}/s` })).states;
    assert.deepEqual(await run(), { one: "ran" });
    assert.deepEqual(await run(), { one: "cached" });
    const changes = [
      () => Deno.writeTextFile(`${project}/data/b/c.txt`, "d"),
      () => Deno.writeTextFile(`${project}/data/new.txt`, ""),
      () => Deno.rename(`${project}/data/new.txt`, `${project}/data/newer.txt`),
      () => Deno.rename(`${project}/data/b/c.txt`, `${project}/data/c.txt`),
    ];
    for (const change of changes) {
      await change();
      assert.deepEqual(await run(), { one: "ran" });
      assert.deepEqual(await run(), { one: "cached" });
    }
    await Deno.writeTextFile(`${project}/data/.hidden`, "changed");
    await Deno.mkdir(`${project}/data/empty`);
    assert.deepEqual(await run(), { one: "cached" });
  }));

Deno.test("a moved project and a renamed folder run nothing again", () =>
  withProject(async (project, outer) => {
    await tinyRun(project, yaml, { stages, store: `${outer}/s` });
    const moved = `${outer}/moved`;
    await Deno.rename(project, moved);
    const { states } = await tinyRun(moved, yaml, { stages, store: `${outer}/s` });
    assert.deepEqual(states, { one: "cached" });
    await Deno.rename(`${moved}/data`, `${moved}/photos`);
    const renamed = yaml.replace("data", "photos");
    const again = await tinyRun(moved, renamed, { stages, store: `${outer}/s` });
    assert.deepEqual(again.states, { one: "cached" });
  }));

Deno.test("folders that lead outside, are missing or are files are refused at their place", () =>
  withProject(async (project, outer) => {
    await Deno.symlink(`${outer}/private`, `${project}/link`);
    await Deno.mkdir(`${project}/evil`);
    await Deno.symlink(`${outer}/private/secret.txt`, `${project}/evil/x.txt`);
    await Deno.mkdir(`${project}/nested/deep`, { recursive: true });
    await Deno.symlink("../../..", `${project}/nested/deep/up`);
    const cases: Readonly<Record<string, RegExp>> = {
      "../private": /lies outside the project/,
      "link": /lies outside the project/,
      "data/../../private": /lies outside the project/,
      "/etc": /must be relative/,
      "data/none": /does not exist/,
      "data/a.txt": /is not a folder/,
      "evil": /"x.txt": the link must not leave the project/,
      "nested": /"deep\/up": the link must not leave the project/,
    };
    for (const [path, message] of Object.entries(cases)) {
      await assert.rejects(tinyRun(project, yaml.replace("data", path), { stages }), (error) => {
        assert.ok(error instanceof ConfigError, `${path}: ${error}`);
        assert.match(error.message, message);
        assert.doesNotMatch(error.message, /secret/);
        return true;
      });
    }
  }));

Deno.test("openConfinedFolder() reads what is in the folder and nothing else", () =>
  withProject(async (project, outer) => {
    const files = [
      { written: "data", absolute: `${project}/data` },
      { written: "link", absolute: `${project}/link` },
    ];
    const confinement = { projectFolder: project, files };
    const { paths, read } = await openConfinedFolder("data", confinement);
    assert.deepEqual(paths, ["a.txt", "b/c.txt"]);
    assert.equal(new TextDecoder().decode(await read("b/c.txt")), "c");
    for (
      const path of ["../../private/secret.txt", "b/../a.txt", ".hidden", "b", "", "/etc/hostname"]
    ) {
      await assert.rejects(read(path), /there is no such file in folder "data"/, path);
    }
    for (const path of ["../private", "/etc", `${outer}/private`, "data/b", "./data"]) {
      await assert.rejects(openConfinedFolder(path, confinement), /no parameter .* names it/, path);
    }
    // As if a link had taken the folder's place since the plan was made.
    await Deno.symlink(`${outer}/private`, `${project}/link`);
    await assert.rejects(openConfinedFolder("link", confinement), /inside the project/);
  }));

Deno.test("listFolder() sorts by code units and follows links to files of the project only", () =>
  withProject(async (project) => {
    for (const name of ["Z.txt", "é.txt", "b.txt"]) {
      await Deno.writeTextFile(`${project}/data/${name}`, "");
    }
    await Deno.symlink("a.txt", `${project}/data/l.txt`);
    const list = async () => (await listFolder(`${project}/data`, project)).map(({ path }) => path);
    assert.deepEqual(await list(), ["Z.txt", "a.txt", "b.txt", "b/c.txt", "l.txt", "é.txt"]);
    await Deno.symlink("b", `${project}/data/m`);
    await assert.rejects(list(), /"m": the link must lead to a file/);
    await Deno.remove(`${project}/data/m`);
    await Deno.symlink("nowhere", `${project}/data/m`);
    await assert.rejects(list(), /"m": the link must lead to a file/);
    await Deno.remove(`${project}/data/m`);
    const deep = `${project}/data${"/x".repeat(folderLimits.depth)}`;
    await Deno.mkdir(deep, { recursive: true });
    await assert.rejects(list(), /must be at most 16 folders deep/);
  }));

Deno.test("digestOfFolder() reads no file twice while nothing changes, and trusts no young file", () =>
  withProject(async (project, outer) => {
    const memory = folderMemory(`${outer}/store`, false);
    const folder = `${project}/data`;
    const digest = (own = memory) => digestOfFolder(folder, project, own);
    const first = await digest();
    const old = new Date(Date.now() - 3_600_000);
    const noteOf = (path: string) => memory.load(folder).get(path);
    assert.equal(noteOf("a.txt")?.isSettled, false);
    // As if written long ago: change times cannot be set, so the memory's clock is put forward instead.
    const later = { ...memory, clockMs: () => Date.now() + 60_000 };
    assert.equal(await digest(later), first);
    assert.equal(noteOf("a.txt")?.isSettled, true);
    // A wrong digest in a settled note is believed: so the file was not read.
    const notes = new Map(memory.load(folder));
    notes.set("a.txt", { ...notes.get("a.txt")!, digest: "0".repeat(64) as Digest });
    memory.save(folder, notes);
    assert.notEqual(await digest(later), first);
    // Another status, and it is read.
    await Deno.utime(`${folder}/a.txt`, old, old);
    assert.equal(await digest(later), first);
    assert.equal(await digestOfFolder(folder, project), first);
  }));

Deno.test("folderMemory() writes nothing when it is read-only, and forgets damaged notes", () =>
  withProject(async (project, outer) => {
    await digestOfFolder(`${project}/data`, project, folderMemory(`${outer}/store`, true));
    await assert.rejects(Deno.stat(`${outer}/store`), Deno.errors.NotFound);
    const notes = new Map([["a", {
      digest: "1".repeat(64) as Digest,
      status: { ino: 1, size: 2, mtimeMs: 3, ctimeMs: 4 },
      isSettled: true,
    }]]);
    const text = new TextDecoder().decode(encodeFolderNotes(notes));
    assert.deepEqual(decodeFolderNotes(text), notes);
    for (
      const damaged of ["", "[", text.slice(0, -3), text.replace("1".repeat(64), "2".repeat(64))]
    ) {
      assert.equal(decodeFolderNotes(damaged).size, 0);
    }
  }));
