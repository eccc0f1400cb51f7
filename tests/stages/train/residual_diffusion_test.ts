import assert from "node:assert/strict";
import type { NamedArrays } from "../../../artifacts/weights.ts";
import { barClips, freshPredictor, trainTiny } from "../residual_diffusion_fixture.ts";

Deno.test("trainResidualDiffusion lowers the loss on one batch", async () => {
  const { weights, curves } = await trainTiny({ steps: 6, learningRate: 1e-2, logEvery: 1 });
  const losses = curves.charts[0]!.series[0]!.points.map(([, y]) => y);
  assert.equal(losses.length, 6);
  assert.ok(losses.at(-1)! < 0.8 * losses[0]!, `losses ${losses}`);
  assert.equal(weights.model, "residual_diffusion");
  assert.deepEqual(prefixes(weights.parameters), ["context", "denoiser"]);
  assert.deepEqual(prefixes(weights.ema!), ["context", "denoiser"]);
});

Deno.test("trainResidualDiffusion with joint moves the predictor, and stores it", async () => {
  const { weights } = await trainTiny({ steps: 2, joint: true });
  assert.deepEqual(prefixes(weights.parameters), ["context", "denoiser", "predictor"]);
  for (const [name, { data }] of Object.entries(freshPredictor().parameters)) {
    const tuned = weights.parameters[`predictor.${name}`]!.data;
    assert.ok(tuned.some((value, i) => value !== data[i]), `${name} stayed`);
  }
});

Deno.test("trainResidualDiffusion reports validation loss by noise", async () => {
  const { curves } = await trainTiny({ steps: 2, validateEvery: 1 }, {
    validation: barClips("validation"),
  });
  const chart = curves.charts.find(({ title }) => title === "Validation loss by noise");
  assert.equal(chart?.series[0]?.name, "diffusion steps 0 to 24");
  for (const { points } of chart?.series ?? []) {
    assert.deepEqual(points.map(([step]) => step), [1, 2]);
    assert.ok(points.every(([, loss]) => loss > 0));
  }
});

Deno.test("trainResidualDiffusion runs with every option of contexts and objectives", async () => {
  const { weights } = await trainTiny({
    steps: 1,
    objective: "v",
    loss: "l1",
    stepPerClip: true,
    freeRunning: 0.5,
    contextNoise: 0.1,
    ema: null,
  });
  assert.equal(weights.ema, undefined);
});

Deno.test("trainResidualDiffusion warns of a schedule that keeps signal", async () => {
  const warnings: string[] = [];
  await trainTiny({ steps: 1, schedule: "linear", timesteps: 300 }, {
    warn: (text) => warnings.push(text),
  });
  assert.match(warnings[0] ?? "", /alpha-bar is 0\.0481/);
});

Deno.test("trainResidualDiffusion weighs diffusion steps, and validates without weights", async () => {
  const first = async (params: Parameters<typeof trainTiny>[0]) => {
    const validation = barClips("validation");
    const watched = { steps: 1, logEvery: 1, validateEvery: 1, objective: "v", ...params } as const;
    const { curves } = await trainTiny(watched, { validation });
    return curves.charts.slice(0, 2).map(({ series }) => series[0]!.points[0]![1]);
  };
  const [uniform, minSnr] = [await first({}), await first({ weighting: "min_snr", gamma: 1 })];
  // Weights of v are min(SNR, 1) / (SNR + 1) <= 1/2.
  assert.ok(minSnr[0]! < 0.5 * uniform[0]!, `${minSnr} and ${uniform}`);
  assert.ok(Math.abs(minSnr[1]! / uniform[1]! - 1) < 0.05, `${minSnr} and ${uniform}`);
});

Deno.test("trainResidualDiffusion refuses test clips and weights of another network", async () => {
  await assert.rejects(trainTiny({ steps: 1 }, { clips: barClips("test") }), /is the test split/);
  const predictor = { ...freshPredictor(), model: "digit_classifier" };
  await assert.rejects(trainTiny({ steps: 1 }, { predictor }), /must be weights of "next_frame"/);
});

function prefixes(parameters: NamedArrays): string[] {
  return [...new Set(Object.keys(parameters).map((name) => name.split(".")[0]!))].sort();
}
