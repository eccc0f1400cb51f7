/** What a run hashes when nothing has changed: nothing, unless it reads it. */

import assert from "node:assert/strict";
import { digestOf } from "../../../pipelines/key/digest.ts";
import { digestOfFolder, digestOfKnownFile } from "../../../pipelines/key/folder_digest.ts";
import { folderMemory } from "../../../pipelines/key/folder_notes.ts";
import { hashedBytesOf } from "../../support/hashed_bytes.ts";
import {
  keyContext,
  runConfig,
  type TinyResult,
  tinyRun,
  withFolder,
} from "../../support/tiny_run.ts";

/** After it the status of a file that was just written proves something. */
const SETTLE_MS = 3100;

Deno.test("a run that finds everything hashes no content, but the curves that it reads to show them", () =>
  withFolder(async (folder) => {
    const yaml = `name: again
stages:
  file: { uses: tiny/open, with: { file: data.bin } }
  one: { uses: tiny/count, with: { to: 2, size: 50000 } }
  two: { uses: tiny/count, with: { to: 3, size: 40000, stepMs: ${
      SETTLE_MS / 3
    } }, inputs: { after: one.weights } }
`;
    await Deno.writeFile(`${folder}/data.bin`, new Uint8Array(300_000));
    const memory = folderMemory(`${folder}/store`, false);
    const keys = {
      ...keyContext,
      digestOfFile: (path: string) => digestOfKnownFile(path, memory),
      digestOfFolder: (path: string, project: string) => digestOfFolder(path, project, memory),
    };
    await tinyRun(folder, yaml, { keys });
    let last: TinyResult | undefined;
    const run = async () => last = await runConfig(folder, { keys });
    await new Promise((resolve) => setTimeout(resolve, SETTLE_MS));
    // What was written in the last two seconds of the first run is read once more.
    await run();
    const hashed = await hashedBytesOf(run);
    const curve = last?.record.stages.find(({ name }) => name === "file")?.outputs["curve"];
    assert.ok(curve !== undefined && curve.bytes > 0);
    assert.equal(hashed, curve.bytes);
    assert.deepEqual(new Set(Object.values(last?.states ?? {})), new Set(["cached"]));
  }));

Deno.test("digestOfKnownFile() reads a file once, and again when its bytes change and its time does not", () =>
  withFolder(async (folder) => {
    const path = `${folder}/data.bin`;
    const memory = laterMemory(folder);
    await Deno.writeFile(path, Uint8Array.of(1, 2, 3));
    // Seconds, because that is how Deno tells when a file's status changed.
    await new Promise((resolve) => setTimeout(resolve, 1010));
    const { mtime } = await Deno.stat(path);
    const digest = () => digestOfKnownFile(path, memory);
    assert.equal(await hashedBytesOf(digest), 3);
    assert.equal(await hashedBytesOf(digest), 0);
    await Deno.writeFile(path, Uint8Array.of(1, 2, 4));
    await Deno.utime(path, mtime ?? 0, mtime ?? 0);
    assert.equal(await digest(), digestOf(Uint8Array.of(1, 2, 4)));
    // While it may still change within the tick of the clock, it is read each time.
    await Deno.writeFile(path, Uint8Array.of(1, 2, 5));
    const now = folderMemory(`${folder}/store`, false);
    await digestOfKnownFile(path, now);
    assert.equal(await hashedBytesOf(() => digestOfKnownFile(path, now)), 3);
  }));

Deno.test("a file from the future is read each time: its status proves nothing", () =>
  withFolder(async (folder) => {
    const path = `${folder}/data.bin`;
    const memory = laterMemory(folder);
    await Deno.writeFile(path, Uint8Array.of(1, 2, 3));
    const future = new Date(Date.now() + 3_600_000);
    await Deno.utime(path, future, future);
    await digestOfKnownFile(path, memory);
    assert.equal(await hashedBytesOf(() => digestOfKnownFile(path, memory)), 3);
  }));

/** A memory whose clock is a minute ahead: change times cannot be set, so its time is. */
function laterMemory(folder: string) {
  return { ...folderMemory(`${folder}/store`, false), clockMs: () => Date.now() + 60_000 };
}
