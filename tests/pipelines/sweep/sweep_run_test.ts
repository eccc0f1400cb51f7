import assert from "node:assert/strict";
import { z } from "zod";
import { defineStage } from "../../../pipelines/stage.ts";
import { tinyRun, withFolder } from "../../support/tiny_run.ts";
import { tinyStages } from "../../support/tiny_stages.ts";

const sweep = `
matrix: { by: [2, 3], seed: [1, 2, 3] }
stages:
  numbers: { uses: tiny/numbers, with: { count: 3 } }
  seeded: { uses: tiny/numbers, seed: "\${matrix.seed}" }
  scaled: { uses: tiny/scale, with: { by: "\${matrix.by}" }, inputs: { curve: seeded.curve } }
  scores: { uses: tiny/total, inputs: { curve: scaled.curve } }
`;

Deno.test("a sweep runs what its points share once: shared + points x own", async () => {
  await withFolder(async (folder) => {
    const { record, events, states } = await tinyRun(folder, sweep);
    const ran = events.flatMap((event) => event.kind === "stage-started" ? [event.stage] : []);
    assert.equal(ran.length, 1 + 3 + 6 * 2);
    assert.equal(new Set(ran).size, ran.length);
    assert.equal(Object.values(states).every((state) => state === "ran"), true);
    const stage = record.stages.find(({ name }) => name === "scaled@by=3,seed=2");
    assert.deepEqual(stage?.point, { by: 3, seed: 2 });
    assert.deepEqual(stage?.inputs, { curve: "seeded@seed=2.curve" });

    // The score is linear in "by", and each seed has numbers of its own.
    const value = (by: number, seed: number) =>
      record.scores.find((score) => score.stage === `scores@by=${by},seed=${seed}`)?.value ?? NaN;
    for (const seed of [1, 2, 3]) assert.equal(value(3, seed) / 3, value(2, seed) / 2);
    assert.equal(new Set([1, 2, 3].map((seed) => value(2, seed))).size, 3);

    const wider = await tinyRun(folder, sweep.replace("[2, 3]", "[2, 3, 5]"));
    const fresh = wider.record.stages.filter(({ state }) => state === "ran");
    assert.deepEqual(fresh.map(({ point }) => point?.["by"]), [5, 5, 5, 5, 5, 5]);
  });
});

Deno.test("a run after a failed point runs only that point, and what waits for it", async () => {
  let isBroken = true;
  const fragile = defineStage({
    id: "tiny/fragile",
    version: 1,
    summary: "Fail at one value while something outside is broken",
    params: z.strictObject({ by: z.number() }),
    inputs: { curve: "curves" },
    outputs: { curve: "curves" },
    async run({ params, inputs }) {
      if (params.by === 3 && isBroken) throw new Error("Cannot reach the disk");
      const { charts } = await inputs.curve.load();
      return { curve: { charts: charts.map((chart) => ({ ...chart, title: `by ${params.by}` })) } };
    },
  });
  const stages = { ...tinyStages, "tiny/fragile": fragile };
  const yaml = sweep.replace("tiny/scale", "tiny/fragile").replace("seed: [1, 2, 3]", "seed: [1]");
  await withFolder(async (folder) => {
    const first = await tinyRun(folder, yaml, { stages, keepGoing: true });
    assert.equal(first.record.status, "failed");
    assert.deepEqual(first.states, {
      numbers: "ran",
      "seeded@seed=1": "ran",
      "scaled@by=2,seed=1": "ran",
      "scaled@by=3,seed=1": "failed",
      "scores@by=2,seed=1": "ran",
      "scores@by=3,seed=1": "skipped",
    });
    isBroken = false;
    const second = await tinyRun(folder, yaml, { stages, keepGoing: true });
    const ran = Object.entries(second.states).filter(([, state]) => state !== "cached");
    assert.deepEqual(ran, [["scaled@by=3,seed=1", "ran"], ["scores@by=3,seed=1", "ran"]]);
  });
});
