import assert from "node:assert/strict";
import { z } from "zod";
import { openLocalStore } from "../../../pipelines/store/local_store.ts";
import { parseRunRecord } from "../../../pipelines/parse_run_record.ts";
import { defineStage } from "../../../pipelines/stage.ts";
import { tinyRun, withFolder } from "../../support/tiny_run.ts";
import { tinyStages } from "../../support/tiny_stages.ts";

const picture = {
  name: "row_0.png",
  type: "image/png" as const,
  width: 2,
  height: 1,
  caption: "A row",
  bytes: Uint8Array.of(1, 2, 3),
};

const draw = defineStage({
  id: "tiny/draw",
  version: 1,
  summary: "Draw",
  params: z.strictObject({}),
  inputs: {},
  outputs: { rows: "media" },
  run: () => Promise.resolve({ rows: { items: [picture] } }),
});

const yaml = `name: record
seed: 9
stages:
  draw: { uses: tiny/draw }
  numbers: { uses: tiny/numbers }
  total: { uses: tiny/total, inputs: { curve: numbers.curve } }
`;

Deno.test("the record has scores, charts and pictures with the stage they are from, cached or not", () =>
  withFolder(async (folder) => {
    const stages = { ...tinyStages, "tiny/draw": draw };
    const first = await tinyRun(folder, yaml, { stages, provenance: { deno: "2.9" } });
    const { record } = await tinyRun(folder, yaml, { stages, provenance: { deno: "2.9" } });
    for (const { scores, charts, media } of [first.record, record]) {
      assert.deepEqual(scores.map(({ stage, metric }) => [stage, metric]), [["total", "total"]]);
      assert.deepEqual(charts.map(({ stage, title }) => [stage, title]), [["numbers", "numbers"]]);
      const [row] = media;
      const { bytes, ...description } = picture;
      assert.deepEqual(row, { stage: "draw", ...description, blob: row?.blob });
      const store = openLocalStore(`${folder}/store`);
      assert.deepEqual(await store.readBlob(row?.blob ?? ""), bytes);
    }
    assert.deepEqual(record.stages[2]?.inputs, { curve: "numbers.curve" });
    assert.deepEqual([record.name, record.seed, record.status], ["record", 9, "succeeded"]);
    assert.deepEqual(parseRunRecord(JSON.stringify(record)), record);
  }));

Deno.test("parseRunRecord() names the first field that is wrong", () =>
  withFolder(async (folder) => {
    const { record } = await tinyRun(folder, "name: r\nstages: { a: { uses: tiny/numbers } }\n");
    const wrong = JSON.stringify(record).replace('"state":"ran"', '"state":"run"');
    assert.throws(() => parseRunRecord(wrong), /field "stages\.0\.state"/);
  }));
