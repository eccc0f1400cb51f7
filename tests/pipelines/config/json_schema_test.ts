import assert from "node:assert/strict";
import { configSchema, configSchemaText } from "../../../pipelines/config/json_schema.ts";
import { portStages } from "../../support/port_stages.ts";

Deno.test("configSchema() of a few stages, whole", async (t) => {
  await t.assertSnapshot(configSchemaText(portStages));
});

Deno.test("configSchema() does not depend on the order of the table", () => {
  const reversed = Object.fromEntries(Object.entries(portStages).reverse());
  assert.deepEqual(configSchema(reversed), configSchema(portStages));
});
