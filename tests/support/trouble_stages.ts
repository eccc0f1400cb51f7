/** Stages that go wrong in the ways that a runner must cope with. */

import { z } from "zod";
import { defineStage, type StageTable } from "../../pipelines/stage.ts";

/** Goes wrong in its first attempts; how often it was begun is in its checkpoint. */
const flaky = defineStage({
  id: "trouble/flaky",
  version: 1,
  summary: "Go wrong some times, then work",
  params: z.strictObject({
    failures: z.int().default(1),
    how: z.enum(["throw", "exit", "allocate", "eat", "hang"]).default("throw"),
  }),
  inputs: { after: "weights?" },
  outputs: { weights: "weights" },
  async run({ params, checkpoint }) {
    const begun = (await checkpoint.load())?.step ?? 0;
    const files = new Map([["state.bin", Uint8Array.of(begun)]]);
    await checkpoint.save({ step: begun + 1, files });
    if (begun < params.failures) await goWrong(params.how);
    return { weights: weightsOf(Float32Array.of(1, 2, 3)) };
  },
});

async function goWrong(how: string): Promise<void> {
  if (how === "throw") throw new Error("Cannot go on: bad luck");
  if (how === "exit") Deno.exit(9);
  if (how === "allocate") new ArrayBuffer(2 ** 52);
  for (const eaten: unknown[] = []; how === "eat";) {
    eaten.push(new Array(1000).fill(eaten.length + 0.5));
  }
  await new Promise((resolve) => setTimeout(resolve, 60_000));
}

/** Other bytes every time, from one value on. */
const random = defineStage({
  id: "trouble/random",
  version: 1,
  summary: "Give other bytes every time",
  params: z.strictObject({ from: z.int().default(0), count: z.int().default(4) }),
  inputs: {},
  outputs: { weights: "weights" },
  run({ params: { from, count } }) {
    const luck = new Uint32Array(1);
    crypto.getRandomValues(luck);
    const data = Float32Array.from(
      { length: count },
      (_, at) => at < from ? at : (luck[0] ?? 0) + at,
    );
    return Promise.resolve({ weights: weightsOf(data) });
  },
});

/** Tells how many threads it was given. */
const threads = defineStage({
  id: "trouble/threads",
  version: 1,
  summary: "Tell the number of threads",
  params: z.strictObject({ of: z.string().default("") }),
  inputs: {},
  outputs: { scores: "scores" },
  permissions: { engine: true },
  run({ params, engine }) {
    const score = {
      metric: "threads",
      value: engine.threads,
      unit: "1",
      better: "higher" as const,
    };
    return Promise.resolve({
      scores: { scores: [{ ...score, count: 1, protocol: "as given", of: params.of }] },
    });
  },
});

export const troubleStages = {
  "trouble/flaky": flaky,
  "trouble/random": random,
  "trouble/threads": threads,
} satisfies StageTable;

function weightsOf(data: Float32Array) {
  const parameters = { data: { shape: [data.length], data } };
  return { model: "trouble", config: {}, parameters, step: 0 };
}
