import assert from "node:assert/strict";
import type { MediaItem } from "../../../artifacts/media.ts";
import { imageDenoiserBuffers } from "../../../models/image_denoiser.ts";
import type { ImageDiffusionConfig } from "../../../stages/sample/image_diffusion.ts";
import { trainDdpm } from "../../../stages/train/ddpm.ts";
import { barImages, trainTiny } from "../ddpm_fixture.ts";

Deno.test("trainDdpm lowers the loss on a handful of images", async () => {
  const { weights, curves } = await trainTiny({
    steps: 120,
    batch: 8,
    flip: 0,
    objective: "x0",
    learningRate: 5e-3,
    logEvery: 40,
  });
  const losses = curves.charts[0]!.series[0]!.points.map(([, y]) => y);
  assert.equal(losses.length, 3);
  assert.ok(losses[2]! < 0.5 * losses[0]!, `losses ${losses}`);
  assert.equal(weights.model, "image_diffusion");
  assert.equal(weights.step, 120);
  assert.deepEqual(Object.keys(weights.ema!), Object.keys(weights.parameters));
});

Deno.test("trainDdpm keeps in its weights all that a sampler needs", async () => {
  const { weights } = await trainTiny({
    conditional: true,
    schedule: "linear",
    zeroTerminalSnr: true,
    variance: "learned",
  });
  const config = weights.config as unknown as ImageDiffusionConfig;
  assert.deepEqual(config.schedule, { schedule: "linear", timesteps: 20, zeroTerminalSnr: true });
  assert.deepEqual([config.height, config.width, config.objective], [8, 8, "v"]);
  assert.deepEqual(config.classes, ["dark", "bright"]);
  assert.equal(config.network.outputs, 6);
  assert.equal(config.network.classes, 2);
});

Deno.test("trainDdpm runs with every objective, distance, weighting, optimiser and policy", async () => {
  const choices = [
    { objective: "eps", loss: "l1", optimiser: "adam", policy: "constant", warmup: 1 },
    { objective: "x0", loss: "huber", optimiser: "sgd", policy: "cosine", learningRate: 1e-3 },
    { weighting: "min_snr", policy: "step", accumulate: 2, ema: null },
    { policy: "plateau", firstTimestep: 1, flip: 0 },
  ] as const;
  for (const choice of choices) {
    const { weights } = await trainTiny(choice);
    const values = Object.values(weights.parameters).flatMap(({ data }) => [...data]);
    assert.ok(values.every(Number.isFinite), JSON.stringify(choice));
  }
});

Deno.test("trainDdpm runs the networks of systems D and E, with dropout and running statistics", async () => {
  await trainTiny({ model: "double_conv_tiny" });
  const { weights } = await trainTiny({ model: "simple_tiny" });
  const { network } = weights.config as unknown as ImageDiffusionConfig;
  const buffers = Object.entries(imageDenoiserBuffers(network));
  assert.ok(buffers.length > 0);
  for (const [name, { init }] of buffers) {
    const start = init.kind === "ones" ? 1 : 0;
    assert.ok(weights.parameters[name]!.data.some((value) => value !== start), `${name} stayed`);
    assert.deepEqual(weights.ema![name], weights.parameters[name]);
  }
});

Deno.test("trainDdpm crops images to the size it is asked for", async () => {
  const { weights } = await trainTiny({ crop: { size: 4, scale: [0.5, 1] } });
  const { height, width } = weights.config as unknown as ImageDiffusionConfig;
  assert.deepEqual([height, width], [4, 4]);
});

Deno.test("trainDdpm tells validation loss apart by noise and can keep the best weights", async () => {
  const { weights, curves } = await trainTiny(
    { steps: 4, validateEvery: 1, noiseBuckets: 2, keep: "best", learningRate: 1 },
    { validation: barImages("validation") },
  );
  const chart = curves.charts.find(({ title }) => title === "Validation loss by noise");
  assert.deepEqual(chart?.series.map(({ name }) => name), ["t 0–9", "t 10–19"]);
  const validation = curves.charts[0]!.series.find(({ name }) => name === "validation")!;
  const best = validation.points.toSorted(([, a], [, b]) => a - b)[0]!;
  assert.equal(weights.step, best[0]);
});

Deno.test("trainDdpm shows previews that change no weight", async () => {
  const shown: MediaItem[] = [];
  const watched = await trainTiny({ steps: 3, previews: 4, previewEvery: 2 }, {
    preview: (item) => shown.push(item),
  });
  const alone = await trainTiny({ steps: 3 });
  assert.deepEqual(shown.map(({ name }) => name), ["step_0000002.png", "step_0000003.png"]);
  assert.deepEqual(watched.weights.parameters, alone.weights.parameters);
});

Deno.test("trainDdpm warns of a schedule that keeps signal", async () => {
  const warnings: string[] = [];
  await trainTiny({ schedule: "linear", timesteps: 300 }, { warn: (text) => warnings.push(text) });
  assert.match(warnings[0] ?? "", /alpha-bar is 0\.0481/);
});

Deno.test("trainDdpm says what is wrong with data and parameters", async () => {
  await assert.rejects(trainTiny({}, { images: barImages("test") }), /is the test split/);
  await assert.rejects(trainTiny({}, { validation: barImages("test") }), /is the test split/);
  await assert.rejects(trainTiny({ keep: "best" }), /keep "best" needs input "validation"/);
  await assert.rejects(trainTiny({ batch: 9 }), /batches of 9 images: "bars" has 8/);
  await assert.rejects(trainTiny({ crop: { size: 6, scale: [1, 1] } }), /6x6/);
  const refused = (params: object) => trainDdpm.params.safeParse(params).error?.issues[0]?.message;
  assert.match(refused({ zeroTerminalSnr: true, objective: "eps" })!, /use v or x0/);
  assert.match(refused({ schedule: [0.1, 0.2], timesteps: 3 })!, /one β for each of 3 timesteps/);
});
