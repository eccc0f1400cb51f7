import assert from "node:assert/strict";
import { createRunFolder } from "../../cli/run_folder.ts";
import type { RunRecord } from "../../pipelines/run_record.ts";
import { withFolder } from "../support/tiny_run.ts";

const record: RunRecord = {
  format: 1,
  name: "r",
  status: "succeeded",
  seconds: 1,
  seed: 0,
  config: "",
  stages: [],
  scores: [],
  charts: [],
  media: [],
  previews: [],
  provenance: {},
};

Deno.test("createRunFolder() makes a folder per run, also for runs of one second", () =>
  withFolder(async (folder) => {
    const runs = `${folder}/runs`;
    const made = [1, 2, 3].map(() => createRunFolder(runs, "r"));
    assert.equal(new Set(made.map(({ path }) => path)).size, 3);
    for (const { finish, close } of made) {
      finish(record, "<html>");
      close();
    }
    assert.equal(await Deno.realPath(`${runs}/latest`), await Deno.realPath(made[2]?.path ?? ""));
    assert.deepEqual(JSON.parse(await Deno.readTextFile(`${runs}/latest/run.json`)), record);
    assert.equal(await Deno.readTextFile(`${runs}/latest/report.html`), "<html>");
  }));

Deno.test("the sink keeps logs apart, and progress now and then but always the last", () =>
  withFolder(async (folder) => {
    const { path, sink, close } = createRunFolder(`${folder}/runs`, "r");
    for (let step = 1; step <= 100; step++) {
      sink({ kind: "stage-progress", stage: "a", progress: { step, of: 100 } });
    }
    sink({ kind: "stage-log", stage: "a", text: "printed\n" });
    sink({ kind: "stage-warning", stage: "a", message: "odd" });
    sink({ kind: "stage-failed", stage: "b", cause: "failed", message: "bad" });
    close();
    const lines = (await Deno.readTextFile(`${path}/events.ndjson`)).trim().split("\n");
    const events = lines.map((line) => JSON.parse(line));
    assert.deepEqual(events.map(({ kind }) => kind), [
      "stage-progress",
      "stage-progress",
      "stage-warning",
      "stage-failed",
    ]);
    assert.equal(events[1].progress.step, 100);
    assert.equal(await Deno.readTextFile(`${path}/logs/a.log`), "printed\nWarning: odd\n");
    assert.equal(await Deno.readTextFile(`${path}/logs/b.log`), "Failed: bad\n");
  }));

Deno.test("keepPreview() writes pictures by stage, the last of a name, and says where", () =>
  withFolder(async (folder) => {
    const { path, keepPreview, close } = createRunFolder(`${folder}/runs`, "r");
    const item = { type: "image/png", width: 1, height: 1, caption: "", name: "a.png" } as const;
    for (const byte of [1, 2]) keepPreview("train", { ...item, bytes: Uint8Array.of(byte, 255) });
    const file = keepPreview("other", { ...item, bytes: Uint8Array.of(3) });
    close();
    assert.equal(file, "previews/other/a.png");
    assert.deepEqual(await Deno.readFile(`${path}/previews/train/a.png`), Uint8Array.of(2, 255));
    assert.deepEqual(await Deno.readFile(`${path}/${file}`), Uint8Array.of(3));
    const left = [...Deno.readDirSync(`${path}/previews/train`)].map(({ name }) => name);
    assert.deepEqual(left, ["a.png"]);
  }));
