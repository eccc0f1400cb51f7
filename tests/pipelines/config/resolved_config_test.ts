import assert from "node:assert/strict";
import { planPipeline } from "../../../pipelines/plan/plan.ts";
import { resolvedConfig, resolvedConfigText } from "../../../pipelines/config/resolved_config.ts";
import { configOf } from "../../support/parse_text.ts";
import { portStages } from "../../support/port_stages.ts";

const text = `
params: { n: 10 }
stages:
  train:
    uses: train/model
    with: { steps: "\${params.n}", extra: [], schedule: { kind: cosine } }
    inputs: { clips: clips.train }
    resources: { cpus: 2, gpu: 1, memory: 2GiB }
    retry: 1
    timeout: 1h
  clips: { uses: dataset/shapes, with: { mode: stop } }
`;

Deno.test("resolvedConfigText() shows the completed config", async (t) => {
  const plan = await planPipeline(configOf(text), portStages);
  await t.assertSnapshot(resolvedConfigText(plan));
});

Deno.test("resolvedConfig() is a config that resolves to itself", async () => {
  const plan = await planPipeline(configOf(text), portStages);
  const again = await planPipeline(configOf(resolvedConfigText(plan)), portStages);
  assert.deepEqual(resolvedConfig(again), resolvedConfig(plan));
});
