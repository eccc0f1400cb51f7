import assert from "node:assert/strict";
import { makeDag, type Shape, shapes } from "../../bench/dags/dag.ts";
import { writeOwnConfig } from "../../bench/dags/own_config.ts";
import { trivialStages } from "../../bench/dags/trivial_stage.ts";
import { parseConfig } from "../../pipelines/config/parse_config.ts";
import { planPipeline } from "../../pipelines/plan/plan.ts";
import { withFolder } from "../support/tiny_run.ts";

Deno.test("makeDag() has as many edges as its shape says", () => {
  const edges = (shape: Shape, count: number) =>
    makeDag(shape, count).stages.reduce((sum, { needs }) => sum + needs.length, 0);
  assert.equal(edges("chain", 50), 49);
  assert.equal(edges("fan-out", 50), 49);
  // A grid of side s has 2 s (s - 1) edges.
  assert.equal(makeDag("grid", 50).stages.length, 49);
  assert.equal(edges("grid", 50), 2 * 7 * 6);
});

Deno.test("makeDag() of random layers is the same each time, each stage needing one to three", () => {
  const { stages } = makeDag("random", 400);
  assert.deepEqual(makeDag("random", 400).stages, stages);
  const counts = stages.map(({ needs }) => needs.length);
  assert.deepEqual(counts.slice(0, 20), Array(20).fill(0));
  assert.deepEqual([...new Set(counts.slice(20))].sort(), [1, 2, 3]);
});

for (const shape of shapes) {
  Deno.test(`writeOwnConfig() of a ${shape} is a config that plans, in several files`, () =>
    withFolder(async (folder) => {
      const { stages } = makeDag(shape, 2100);
      writeOwnConfig({ shape, stages }, folder);
      const config = await parseConfig("config.yaml", { folder, set: [] });
      const plan = await planPipeline(config, trivialStages);
      const needs = new Map(
        plan.stages.map((
          { name, inputs },
        ) => [name, [...inputs.values()].map(({ stage }) => stage)]),
      );
      assert.deepEqual(needs, new Map(stages.map(({ name, needs }) => [name, [...needs]])));
    }));
}
