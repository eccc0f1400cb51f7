/** Small stages without tensors, for tests of the machinery around stages. */

import { z } from "zod";
import { defineStage, type StageTable } from "../../pipelines/stage.ts";

/** A curve of whole numbers that depend on the seed. */
const numbers = defineStage({
  id: "tiny/numbers",
  version: 1,
  summary: "Make a curve",
  params: z.strictObject({ count: z.int().positive().default(4), seed: z.int().default(0) }),
  inputs: {},
  outputs: { curve: "curves" },
  run({ params, seed }) {
    const base = Number(seed % 1000n);
    const points = Array.from({ length: params.count }, (_, x) => [x, base + x] as const);
    return Promise.resolve({ curve: chart("numbers", points) });
  },
});

const scale = defineStage({
  id: "tiny/scale",
  version: 1,
  summary: "Multiply a curve",
  params: z.strictObject({
    by: z.number().default(2),
    /** No result depends on it. */
    note: z.string().default(""),
    logEvery: z.int().default(1),
  }),
  ignored: ["logEvery"],
  inputs: { curve: "curves" },
  outputs: { curve: "curves" },
  async run({ params, inputs, progress, warn }) {
    const { charts } = await inputs.curve.load();
    const points = charts[0]?.series[0]?.points ?? [];
    progress({ step: 1, of: 1, values: { by: params.by } });
    if (params.by === 0) warn("Everything becomes 0");
    return { curve: chart("scaled", points.map(([x, y]) => [x, y * params.by] as const)) };
  },
});

const total = defineStage({
  id: "tiny/total",
  version: 1,
  summary: "Sum a curve",
  params: z.strictObject({}),
  inputs: { curve: "curves" },
  outputs: { scores: "scores" },
  async run({ inputs }) {
    const { charts } = await inputs.curve.load();
    const points = charts[0]?.series[0]?.points ?? [];
    const value = points.reduce((sum, [, y]) => sum + y, 0);
    const score = { metric: "total", value, unit: "1", better: "higher" as const };
    return {
      scores: { scores: [{ ...score, count: points.length, protocol: "sum of y", of: "curve" }] },
    };
  },
});

/** Counts slowly, with a checkpoint after every step; the result does not depend on interruptions. */
const count = defineStage({
  id: "tiny/count",
  version: 1,
  summary: "Count slowly, with checkpoints",
  params: z.strictObject({
    to: z.int().positive().default(10),
    stepMs: z.number().default(5),
    size: z.int().positive().default(1000),
    print: z.string().default(""),
    behaviour: z.enum(["work", "throw", "exit", "hang", "spin", "read outside", "fetch"]).default(
      "work",
    ),
    failAt: z.int().default(-1),
  }),
  inputs: { after: "weights?" },
  outputs: { weights: "weights" },
  async run({ params, inputs, seed, checkpoint, progress, signal }) {
    await inputs.after?.load();
    const last = await checkpoint.load();
    const state = last?.files.get("state.bin");
    const data = new Float32Array(params.size);
    if (state !== undefined) data.set(new Float32Array(state.slice().buffer));
    for (let step = last?.step ?? 0; step < params.to; step++) {
      await new Promise((resolve) => setTimeout(resolve, params.stepMs));
      if (step === params.failAt) await misbehave(params.behaviour);
      // Computes for a minute without a pause, but tells its progress.
      for (const end = Date.now() + 60_000; params.behaviour === "spin" && Date.now() < end;) {
        progress({ step, of: params.to });
        signal.throwIfAborted();
      }
      data.forEach((value, index) => data[index] = value * 0.5 + Number(seed % 97n) + step + index);
      if (params.print !== "") await Deno.stdout.write(new TextEncoder().encode(params.print));
      await checkpoint.save({
        step: step + 1,
        files: new Map([["state.bin", new Uint8Array(data.slice().buffer)]]),
      });
      progress({ step: step + 1, of: params.to, values: { first: data[0] ?? 0 } });
      signal.throwIfAborted();
    }
    const parameters = { data: { shape: [params.size], data } };
    return { weights: { model: "count", config: {}, parameters, step: params.to } };
  },
});

async function misbehave(behaviour: string): Promise<void> {
  switch (behaviour) {
    case "throw":
      throw new Error("Cannot count further: it is enough");
    case "exit":
      return Deno.exit(7);
    case "hang":
      return await new Promise((resolve) => setTimeout(resolve, 60_000));
    case "read outside":
      return void await Deno.readTextFile("/etc/hostname");
    case "fetch":
      return void await fetch("http://localhost:8099/");
  }
}

/** Draws and shows what it has every now and then: bytes of every value, which no text could carry. */
const sketch = defineStage({
  id: "tiny/sketch",
  version: 1,
  summary: "Draw, with previews",
  params: z.strictObject({
    steps: z.int().positive().default(4),
    previewEvery: z.int().positive().default(2),
    previewName: z.string().default("step"),
  }),
  ignored: ["previewEvery", "previewName"],
  inputs: {},
  outputs: { curve: "curves" },
  run({ params, progress, preview }) {
    const points: (readonly [number, number])[] = [];
    for (let step = 1; step <= params.steps; step++) {
      points.push([step, step ** 2]);
      progress({ step, of: params.steps });
      if (step % params.previewEvery !== 0) continue;
      const bytes = Uint8Array.from({ length: 100_000 }, (_, i) => i + step);
      const item = { type: "image/png" as const, width: 2, height: 1, bytes };
      preview({ ...item, name: `${params.previewName}_${step}.png`, caption: `Step ${step}` });
      preview({ ...item, name: "latest.png", caption: `The latest, step ${step}` });
    }
    return Promise.resolve({ curve: chart("sketch", points) });
  },
});

const open = defineStage({
  id: "tiny/open",
  version: 1,
  summary: "Read a file",
  params: z.strictObject({ file: z.string() }),
  files: ["file"],
  inputs: {},
  outputs: { curve: "curves" },
  async run({ params, openFile }) {
    const bytes = await openFile(params.file);
    return { curve: chart("bytes", [[0, bytes.length]]) };
  },
});

export const tinyStages = {
  "tiny/numbers": numbers,
  "tiny/scale": scale,
  "tiny/total": total,
  "tiny/count": count,
  "tiny/open": open,
  "tiny/sketch": sketch,
} satisfies StageTable;

function chart(name: string, points: readonly (readonly [number, number])[]) {
  return { charts: [{ title: name, xLabel: "x", yLabel: "y", series: [{ name, points }] }] };
}
