import assert from "node:assert/strict";
import { command } from "../support/fake_host.ts";
import { portStages } from "../support/port_stages.ts";

Deno.test("stages lists ids, summaries and ports", async (t) => {
  const { code, out } = await command("/", ["stages"], { stages: portStages });
  assert.equal(code, 0);
  await t.assertSnapshot(out);
});

Deno.test("stages <id> shows parameters with types, defaults and descriptions", async (t) => {
  const { out } = await command("/", ["stages", "train/model"], { stages: portStages });
  await t.assertSnapshot(out);
});

Deno.test("stages <id> tells optional parameters from those that must be given", async () => {
  const { out } = await command("/", ["stages", "dataset/shapes"], { stages: portStages });
  assert.match(out, /seed +integer >= 0 \(optional\)/);
});

Deno.test("stages --json has the same facts", async () => {
  const { out } = await command("/", ["stages", "dataset/shapes", "--json"], {
    stages: portStages,
  });
  const { id, params } = JSON.parse(out);
  assert.equal(id, "dataset/shapes");
  assert.deepEqual(params[0], {
    name: "digits",
    type: "integer >= 1 <= 3",
    required: false,
    description: "Digits per clip",
    default: 2,
  });
});

Deno.test("stages of an unknown id is a usage error that names the nearest", async () => {
  const { code, err } = await command("/", ["stages", "train/modle"], { stages: portStages });
  assert.deepEqual([code, err], [2, 'Unknown stage "train/modle". Did you mean "train/model"?\n']);
});
