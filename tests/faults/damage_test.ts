/** A flipped bit, a cut and a deletion in every kind of file of the store, and what a run makes of it. */

import assert from "node:assert/strict";
import { digestOfFolder } from "../../pipelines/key/folder_digest.ts";
import { folderMemory } from "../../pipelines/key/folder_notes.ts";
import { openLocalStore } from "../../pipelines/store/local_store.ts";
import { verifyStore } from "../../pipelines/store/verify_store.ts";
import { withMemoryDisk } from "../support/memory_disk.ts";
import { runConfig, stopAtStep, tinyRun, withFolder } from "../support/tiny_run.ts";

const yaml = `seed: 5
stages:
  one: { uses: tiny/count, with: { to: 5, stepMs: 0, size: 50 } }
  two: { uses: tiny/count, with: { to: 5, stepMs: 0, size: 60 }, inputs: { after: one.weights } }
`;

/** Bytes of a disk in memory: a slow disk would make this a test of the disk. */
const ROOM = 2 ** 26;

/** All ways to damage a file, by name. */
const damages: Readonly<Record<string, (path: string) => void>> = {
  "first bit": (path) => flip(path, () => 0),
  "middle bit": (path) => flip(path, (length) => length >> 1),
  "last bit": (path) => flip(path, (length) => length - 1),
  "cut in half": (path) => cut(path, (length) => length >> 1),
  "cut by a byte": (path) => cut(path, (length) => length - 1),
  "emptied": (path) => cut(path, () => 0),
  "grown": (path) => rewrite(path, (bytes) => Uint8Array.of(...bytes, 0)),
  "deleted": (path) => Deno.removeSync(path),
};

function flip(path: string, at: (length: number) => number): void {
  rewrite(path, (bytes) => {
    const place = at(bytes.length);
    bytes[place] = (bytes[place] ?? 0) ^ 1;
    return bytes;
  });
}

function cut(path: string, to: (length: number) => number): void {
  rewrite(path, (bytes) => bytes.subarray(0, to(bytes.length)));
}

function rewrite(path: string, change: (bytes: Uint8Array) => Uint8Array): void {
  const bytes = change(Deno.readFileSync(path));
  Deno.chmodSync(path, 0o644);
  Deno.writeFileSync(path, bytes);
}

/** Files below a folder. */
function filesIn(folder: string): string[] {
  return [...Deno.readDirSync(folder)].flatMap(({ name, isDirectory }) =>
    isDirectory ? filesIn(`${folder}/${name}`) : [`${folder}/${name}`]
  ).sort();
}

async function damageEach(
  part: string,
  check: (run: Awaited<ReturnType<typeof runConfig>>, what: string, path: string) => void,
  prepare: (path: string) => void = () => undefined,
): Promise<void> {
  await withMemoryDisk(ROOM, async (folder) => {
    const store = `${folder}/store`;
    const { digests } = await tinyRun(folder, yaml);
    await openLocalStore(store).addRoot(`${folder}/runs`);
    const count = filesIn(`${store}/${part}`).length;
    assert.ok(count > 0, `there must be files in ${part}`);
    for (let index = 0; index < count; index++) {
      for (const [what, damage] of Object.entries(damages)) {
        const path = filesIn(`${store}/${part}`)[index] ?? "";
        damage(path);
        prepare(path);
        const run = await runConfig(folder);
        assert.deepEqual(run.digests, digests, `${what} ${path}`);
        check(run, what, path);
        const left = verifyStore(store).damages;
        assert.deepEqual(left, [], `${what} ${path}`);
      }
    }
  });
}

Deno.test("a damaged blob is named, put aside and computed again", () =>
  damageEach("objects", ({ events, states }, what, path) => {
    const damaged = events.filter((event) => event.kind === "artifact-damaged");
    assert.equal(damaged.length, 1, `${what} ${path}`);
    const [event] = damaged;
    assert.match(event?.message ?? "", /stage "(one|two)", output "weights", file "/);
    assert.equal(states[event?.stage ?? ""], "ran");
    if (what !== "deleted") assert.match(event?.message ?? "", /moved to corrupt\//);
  }));

Deno.test("a damaged record is named, put aside and computed again; a deleted one is computed again", () =>
  damageEach("actions", ({ events, states }, what, path) => {
    const damaged = events.filter((event) => event.kind === "artifact-damaged");
    assert.equal(damaged.length, what === "deleted" ? 0 : 1, `${what} ${path}`);
    assert.ok(Object.values(states).includes("ran"), `${what} ${path}`);
  }));

for (const part of ["notes", "roots"]) {
  Deno.test(`damaged files in ${part} change nothing`, () =>
    damageEach(part, ({ events, states }, what, path) => {
      assert.deepEqual(states, { one: "cached", two: "cached" }, `${what} ${path}`);
      assert.ok(events.every(({ kind }) => kind !== "artifact-damaged"));
      // A root that is gone for good has nothing left to damage.
      if (what === "deleted" && part === "roots") Deno.writeTextFileSync(path, "{}");
      if (what === "deleted" && part === "notes") Deno.writeTextFileSync(path, "{}");
    }));
}

Deno.test("damaged notes of folders change no digest", () =>
  withFolder(async (folder) => {
    const root = await Deno.realPath(folder);
    await Deno.mkdir(`${root}/data`);
    await Deno.writeTextFile(`${root}/data/a.txt`, "a");
    const memory = folderMemory(`${root}/store`, false);
    const digest = await digestOfFolder(`${root}/data`, root, memory);
    const [notes = ""] = filesIn(`${root}/store/notes`);
    for (const [what, damage] of Object.entries(damages)) {
      if (what === "deleted") continue;
      damage(notes);
      assert.equal(await digestOfFolder(`${root}/data`, root, memory), digest, what);
    }
  }));

Deno.test("a damaged checkpoint is passed over, and the result is the same", () =>
  withMemoryDisk(ROOM, async (folder) => {
    const { digests } = await tinyRun(folder, yaml, { store: `${folder}/other` });
    for (const [what, damage] of Object.entries(damages)) {
      for (const index of [0, 1, 2, 3]) {
        const store = `${folder}/${what.replaceAll(" ", "-")}-${index}`;
        await tinyRun(folder, yaml, { store, ...stopAtStep(3) });
        const path = filesIn(`${store}/partial`)[index];
        assert.ok(path !== undefined, "two checkpoints of two files must be there");
        damage(path);
        const run = await runConfig(folder, { store });
        assert.equal(run.states["one"], "ran");
        assert.deepEqual(run.digests, digests, `${what} ${path}`);
        const steps = run.events.flatMap((e) => e.kind === "stage-resumed" ? [e.step] : []);
        assert.ok(steps[0] === 2 || steps[0] === 3, `one of two checkpoints is whole: ${steps}`);
      }
    }
  }));

Deno.test("a damaged lease that nobody renews is taken over", () =>
  withFolder(async (folder) => {
    const { digests, record } = await tinyRun(folder, yaml);
    const key = record.stages[0]?.key ?? "";
    for (const content of ["", "{", '{"token":"x"}', "\0\0\0\0", '{"token":"a","host":"b"}']) {
      const store = `${folder}/store`;
      await Deno.writeTextFile(`${store}/leases/${key}.json`, content);
      await Deno.utime(`${store}/leases/${key}.json`, new Date(0), new Date(0));
      await Deno.remove(`${store}/actions/${key.slice(0, 2)}/${key.slice(2)}.json`);
      const run = await runConfig(folder);
      assert.deepEqual([run.states["one"], run.digests], ["ran", digests], content);
      assert.deepEqual([...Deno.readDirSync(`${store}/leases`)], []);
    }
  }));
