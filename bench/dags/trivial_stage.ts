/** A stage that costs nothing: what a run of it takes is the runner's. */

import { z } from "zod";
import { defineStage, type StageTable } from "../../pipelines/stage.ts";

const trivial = defineStage({
  id: "bench/trivial",
  version: 1,
  summary: "Add one point to a curve",
  params: z.strictObject({ of: z.string().describe("Makes stages differ") }),
  inputs: { a: "curves?", b: "curves?", c: "curves?" },
  outputs: { curve: "curves" },
  run({ params }) {
    const series = [{ name: "s", points: [[0, 1] as const] }];
    return Promise.resolve({
      curve: { charts: [{ title: params.of, xLabel: "x", yLabel: "y", series }] },
    });
  },
});

export const trivialStages = { "bench/trivial": trivial } satisfies StageTable;
