import assert from "node:assert/strict";
import { createRunFolder } from "../../../cli/run_folder.ts";
import { parseRunRecord } from "../../../pipelines/parse_run_record.ts";
import {
  type PreviewMessage,
  receivePreview,
  sendPreview,
} from "../../../pipelines/run/preview.ts";
import { StoreError } from "../../../pipelines/store/store.ts";
import { type TinyOptions, tinyRun, withFolder } from "../../support/tiny_run.ts";

const bytes = Uint8Array.from({ length: 256 }, (_, i) => i);
const item = {
  name: "row.png",
  type: "image/png",
  width: 16,
  height: 16,
  caption: "A row",
  bytes,
} as const;

function messageOf(preview: typeof item): PreviewMessage {
  const event = sendPreview(preview, 7);
  assert.ok(event.kind === "preview");
  // Through the pipe, as text.
  return JSON.parse(JSON.stringify(event.preview));
}

Deno.test("a preview arrives with every byte, its step and its description", () => {
  const kept: unknown[] = [];
  const event = receivePreview("train", messageOf(item), (stage, received) => {
    kept.push(stage, received);
    return "previews/train/row.png";
  });
  assert.deepEqual(kept, ["train", item]);
  const { bytes: _, ...description } = item;
  assert.deepEqual(event, {
    kind: "stage-preview",
    stage: "train",
    step: 7,
    ...description,
    file: "previews/train/row.png",
  });
});

Deno.test("a preview that nobody could take becomes a warning", () => {
  const bad = sendPreview({ ...item, name: "../row.png" }, 1);
  assert.match(bad.kind === "warning" ? bad.message : "", /Cannot show preview "\.\.\/row\.png"/);
  const large = sendPreview({ ...item, bytes: new Uint8Array(2 ** 23 + 1) }, 1);
  assert.match(
    large.kind === "warning" ? large.message : "",
    /8388609 bytes are more than 8388608/,
  );
});

Deno.test("a preview's name is checked where it becomes a path too", () => {
  const message = { ...messageOf(item), name: "../../row.png" };
  const event = receivePreview("train", message, () => assert.fail("it must not be kept"));
  assert.equal(event.kind, "stage-warning");
});

const yaml = (more = "") => `name: r\nstages: { s: { uses: tiny/sketch, with: { ${more} } } }\n`;

/** Runs with a run folder, as `zoetrope run` does. */
async function runWithFolder(folder: string, text: string, options: TinyOptions = {}) {
  const run = createRunFolder(`${folder}/runs`, "r");
  const result = await tinyRun(folder, text, { keepPreview: run.keepPreview, ...options });
  run.close();
  return { ...result, path: run.path };
}

for (const inProcesses of [false, true]) {
  const where = inProcesses ? "a process of its own" : "this process";
  Deno.test(`previews of a stage in ${where} are events, files and part of the record`, () =>
    withFolder(async (folder) => {
      const { record, events, path } = await runWithFolder(folder, yaml(), { inProcesses });
      const shown = events.filter((event) => event.kind === "stage-preview");
      assert.deepEqual(shown.map(({ step, file }) => [step, file]), [
        [2, "previews/s/step_2.png"],
        [2, "previews/s/latest.png"],
        [4, "previews/s/step_4.png"],
        [4, "previews/s/latest.png"],
      ]);
      assert.deepEqual(record.previews.map(({ step, name }) => [step, name]), [
        [2, "step_2.png"],
        [4, "step_4.png"],
        [4, "latest.png"],
      ]);
      assert.equal(record.previews[2]?.caption, "The latest, step 4");
      const expected = Uint8Array.from({ length: 100_000 }, (_, i) => i + 4);
      for (const name of ["step_4.png", "latest.png"]) {
        assert.deepEqual(await Deno.readFile(`${path}/previews/s/${name}`), expected);
      }
      assert.deepEqual(parseRunRecord(JSON.stringify(record)), record);
    }));
}

Deno.test("previews change neither the result nor the key, whatever becomes of them", () =>
  withFolder(async (folder) => {
    const first = await runWithFolder(folder, yaml());
    const more = await runWithFolder(folder, yaml("previewEvery: 1"));
    assert.deepEqual(more.states, { s: "cached" });
    assert.deepEqual(more.record.previews, []);
    const bad: [string, TinyOptions, RegExp][] = [
      ['previewName: "../out"', {}, /Cannot show preview "\.\.\/out_2\.png"/],
      ["", {
        keepPreview: () => {
          throw new StoreError("the disk is full");
        },
      }, /Cannot keep preview "step_2\.png": the disk is full/],
    ];
    for (const [index, [with_, options, warning]] of bad.entries()) {
      const store = `${folder}/store${index}`;
      const { states, digests, events } = await runWithFolder(folder, yaml(with_), {
        store,
        ...options,
      });
      assert.deepEqual(states, { s: "ran" });
      assert.deepEqual(digests, first.digests);
      const warnings = events.flatMap((event) =>
        event.kind === "stage-warning" ? [event.message] : []
      );
      assert.match(warnings[0] ?? "", warning);
    }
    const silent = await tinyRun(folder, yaml(), { store: `${folder}/silent` });
    assert.deepEqual(silent.digests, first.digests);
    assert.ok(!silent.events.some(({ kind }) => kind === "stage-preview"));
  }));

Deno.test("parseRunRecord() reads records without previews, and refuses to look elsewhere", () =>
  withFolder(async (folder) => {
    const { record } = await runWithFolder(folder, yaml());
    const { previews: _, ...old } = record;
    assert.deepEqual(parseRunRecord(JSON.stringify(old)).previews, []);
    for (const file of ["/etc/passwd", "previews/../../x", "previews/s/../x", "run.json"]) {
      const hostile = { ...record, previews: [{ ...record.previews[0], file }] };
      assert.throws(() => parseRunRecord(JSON.stringify(hostile)), /field "previews\.0\.file"/);
    }
  }));
