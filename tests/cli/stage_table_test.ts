import assert from "node:assert/strict";
import { loadStageTable } from "../../cli/stage_table.ts";
import { stages } from "../../stages/mod.ts";

Deno.test("loadStageTable() loads what a config uses, and no more", async () => {
  const table = await loadStageTable(["dataset/mnist", "train/next_frame", "dataset/mnist"]);
  assert.deepEqual(table, {
    "dataset/mnist": stages["dataset/mnist"],
    "train/next_frame": stages["train/next_frame"],
  });
});

Deno.test("loadStageTable() finds every stage of the table by its id", async () => {
  const ids = Object.keys(stages);
  assert.deepEqual(await loadStageTable(ids), stages);
});

Deno.test("loadStageTable() gives all where an id is of no stage, and imports no file by it", async () => {
  for (const id of ["train/no_such", "../cli/run", "train/svg_params", "mod", "train/../../main"]) {
    assert.equal(await loadStageTable(["dataset/mnist", id]), stages, id);
  }
  assert.equal(await loadStageTable(), stages);
});
