import assert from "node:assert/strict";
import { loadStageTable } from "../../cli/stage_table.ts";
import { configSchemaText } from "../../pipelines/config/json_schema.ts";

Deno.test("configs/schema.json is what `deno task schema` would write", async () => {
  const path = new URL("../../configs/schema.json", import.meta.url);
  const expected = configSchemaText(await loadStageTable());
  assert(await Deno.readTextFile(path) === expected, 'It is out of date: run "deno task schema"');
});
