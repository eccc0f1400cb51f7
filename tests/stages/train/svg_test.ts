import assert from "node:assert/strict";
import type { Chart } from "../../../artifacts/curves.ts";
import { svgPreset } from "../../../models/svg/svg_presets.ts";
import type { Checkpoint } from "../../../pipelines/stage.ts";
import { betaAt, forcingAt, planOf, svgBatches } from "../../../stages/train/svg_batches.ts";
import { svgParams } from "../../../stages/train/svg_params.ts";
import { MemoryCheckpoint } from "../../support/memory_checkpoint.ts";
import { columnClips, CONTEXT, TIME, trainTinySvg } from "../svg_fixture.ts";

const chartOf = (charts: readonly Chart[], title: string) =>
  charts.find((chart) => chart.title.startsWith(title))!;

Deno.test("trainSvg lowers the loss and moves every parameter and running statistic", async () => {
  const { weights, curves } = await trainTinySvg({ steps: 40, learningRate: 1e-2 });
  const errors = chartOf(curves.charts, "Reconstruction").series[0]!.points.map(([, y]) => y);
  assert.equal(errors.length, 40);
  assert.ok(errors.at(-1)! < 0.5 * errors[0]!, `${errors}`);
  const start = await trainTinySvg({ steps: 1, learningRate: 1e-12 });
  for (const [name, { data }] of Object.entries(weights.parameters)) {
    const before = start.weights.parameters[name]!.data;
    assert.ok(data.some((value, i) => Math.abs(value - before[i]!) > 1e-5), `${name} stayed`);
  }
});

Deno.test("trainSvg keeps the whole configuration beside the weights", async () => {
  const { weights } = await trainTinySvg({
    steps: 1,
    prior: "fixed",
    conditional: true,
    lastFrameSkip: true,
    hidden: 6,
    code: 5,
    widths: [3, 4],
    ema: 0.9,
  });
  const size = { height: 8, width: 8, channels: 1, conditions: 1 };
  const base = svgPreset("tiny", size);
  assert.deepEqual(weights.config, {
    ...base,
    frames: { ...base.frames, code: 5, widths: [3, 4] },
    hidden: 6,
    latent: 2,
    prior: "fixed",
    lastFrameSkip: true,
  });
  assert.equal(weights.model, "svg");
  assert.deepEqual(Object.keys(weights.ema!).sort(), Object.keys(weights.parameters).sort());
  assert.ok(!Object.keys(weights.parameters).some((name) => name.startsWith("prior.")));
});

Deno.test("trainSvg continues from a checkpoint to the same bytes", async () => {
  const options = {
    steps: 4,
    checkpointEvery: 2,
    teacherForcing: { start: 1, step: 0.5 },
  } as const;
  const whole = await trainTinySvg(options);
  const checkpoint = new MemoryCheckpoint();
  const stop = new AbortController();
  const save = checkpoint.save.bind(checkpoint);
  checkpoint.save = async (state: Checkpoint) => {
    await save(state);
    stop.abort(new Error("killed"));
  };
  await assert.rejects(
    trainTinySvg(options, { context: { checkpoint, signal: stop.signal } }),
    /killed/,
  );
  checkpoint.save = save;
  const resumed = await trainTinySvg(options, { context: { checkpoint } });
  assert.deepEqual(resumed.weights, whole.weights);
  assert.deepEqual(resumed.curves, whole.curves);
});

Deno.test("trainSvg draws loss, KL, beta, forcing and PSNR in one chart, and each alone", async () => {
  const { curves, previews } = await trainTinySvg({
    steps: 4,
    validateEvery: 2,
    previews: 1,
    beta: { anneal: "monotonic", max: 0.1 },
    teacherForcing: { start: 1, step: 0.25, per: "step" },
  }, { validation: columnClips("validation", 2) });
  const all = chartOf(curves.charts, "Loss, KL divergence, beta, teacher forcing and PSNR");
  assert.deepEqual(
    all.series.map(({ name }) => name.split(" (")[0]),
    ["loss", "KL divergence", "beta", "teacher forcing", "validation PSNR"],
  );
  for (const { name, points } of all.series) {
    const largest = Math.max(...points.map(([, y]) => Math.abs(y)));
    assert.ok(Math.abs(largest - 1) < 1e-12, `${name} rises to ${largest}`);
  }
  const valuesOf = (title: string) =>
    chartOf(curves.charts, title).series[0]!.points.map(([, y]) => y);
  assert.deepEqual(valuesOf("Weight of the KL divergence"), [0, 0.05, 0.1, 0.1]);
  assert.deepEqual(valuesOf("Teacher forcing"), [1, 0.75, 0.5, 0.25]);
  assert.equal(valuesOf("Samples of validation clips").length, 2);
  assert.equal(chartOf(curves.charts, "KL divergence of latent numbers").series.length, 2);
  assert.deepEqual(previews.map(({ name }) => name), [
    "step_0000002_clip_0.gif",
    "step_0000002_clip_0.png",
    "step_0000004_clip_0.gif",
    "step_0000004_clip_0.png",
  ]);
});

Deno.test("trainSvg names posterior collapse, as a warning and in a chart", async () => {
  // A weight this large leaves the latent numbers nothing to say.
  const { warnings, curves } = await trainTinySvg({
    steps: 30,
    learningRate: 2e-2,
    prior: "fixed",
    beta: { max: 100 },
  });
  assert.match(
    warnings.join("\n"),
    /^Posterior collapse: 2 of 2 latent numbers carry less than 0.01 nats/,
  );
  assert.ok(
    curves.charts.some(({ title }) => title.endsWith("2 of 2 carry nothing (posterior collapse)")),
  );
});

Deno.test("trainSvg refuses test clips, missing conditions and windows without a future", async () => {
  await assert.rejects(
    trainTinySvg({ steps: 1 }, { clips: columnClips("test") }),
    /input "clips" .* is the test split/,
  );
  const { conditions: _, conditionSize: __, ...plain } = columnClips("train");
  await assert.rejects(
    trainTinySvg({ steps: 1, conditional: true }, { clips: plain }),
    /conditional needs clips with conditions, but "columns" has none/,
  );
  await assert.rejects(
    trainTinySvg({ steps: 1, frames: 2 }),
    /windows of 2 frames of "columns": 1 to 1 of them must be context, but 2 are/,
  );
  await assert.rejects(
    trainTinySvg({ steps: 1, conditional: true }, {
      validation: { ...plain, split: "validation" },
    }),
    /expects 1 conditions beside each frame, but "columns" has 0/,
  );
});

Deno.test("svgBatches() cut frames and conditions from the same place of the same clip", () => {
  const clips = columnClips("train", 3);
  const params = svgParams.parse({ conditional: true, batch: 4, frames: 3, contextFrames: 1 });
  const draw = svgBatches(clips, 5n, params, planOf(params, clips));
  for (let step = 0; step < 4; step++) {
    const batch = draw(step);
    for (let lane = 0; lane < 4; lane++) {
      const columnAt = (t: number) => batch[`frame${t}`]!.data.indexOf(1, lane * 64) % 8;
      for (const t of [0, 1]) {
        const move = Math.round(3 * batch[`condition${t}`]!.data[lane]!);
        assert.equal(columnAt(t + 1), (columnAt(t) + move) % 8, `step ${step}, lane ${lane}`);
      }
    }
    assert.ok(!("condition2" in batch), "nothing follows the last frame");
    assert.ok(!("forced1" in batch), "all clips are forced");
  }
});

Deno.test("svgBatches() force clips as a whole, or frame by frame, at the rate of the step", () => {
  const clips = columnClips("train");
  const share = (draw: "clip" | "frame", rate: number) => {
    const params = svgParams.parse({ batch: 4, teacherForcing: { rate, draw }, latent: 1 });
    const batches = svgBatches(clips, 5n, params, planOf(params, clips));
    let [forced, mixed, count] = [0, 0, 0];
    for (let step = 0; step < 200; step++) {
      const batch = batches(step);
      assert.ok(!(`forced${TIME - 1}` in batch) && !("forced1" in batch));
      for (let lane = 0; lane < 4; lane++) {
        const own = [CONTEXT, CONTEXT + 1].map((t) => batch[`forced${t}`]!.data[lane]!);
        forced += own[0]! + own[1]!;
        mixed += own[0] === own[1] ? 0 : 1;
        count++;
      }
    }
    return { forced: forced / count / 2, mixed: mixed / count };
  };
  // Of 800 clips: standard errors of 0.016 and less; four of them.
  const [whole, single] = [share("clip", 0.3), share("frame", 0.3)];
  assert.ok(Math.abs(whole.forced - 0.3) < 0.064 && whole.mixed === 0, JSON.stringify(whole));
  assert.ok(Math.abs(single.forced - 0.3) < 0.05, JSON.stringify(single));
  assert.ok(Math.abs(single.mixed - 0.42) < 0.07, JSON.stringify(single));
  assert.deepEqual(share("clip", 0), { forced: 0, mixed: 0 });
});

Deno.test("betaAt() and forcingAt() count steps, epochs, or the steps of each epoch", () => {
  const clips = columnClips("train", 8);
  const at = (beta: object, teacherForcing: object = {}) => {
    const params = svgParams.parse({
      steps: 16,
      batch: 2,
      beta: { anneal: "monotonic", max: 1, ratio: 0.5, ...beta },
      teacherForcing,
    });
    const plan = planOf(params, clips);
    assert.equal(plan.stepsPerEpoch, 4);
    return {
      beta: [0, 1, 4, 6, 8, 15].map((step) => betaAt(params, plan, step)),
      forcing: [0, 4, 8, 12].map((step) => forcingAt(params, plan, step)),
    };
  };
  assert.deepEqual(at({ per: "step" }).beta, [0, 0.125, 0.5, 0.75, 1, 1]);
  assert.deepEqual(at({ per: "epoch" }).beta, [0, 0, 0.5, 0.5, 1, 1]);
  assert.deepEqual(at({ per: "step_of_epoch" }).beta, [0, 0.5, 0, 1, 0, 1]);
  const fall = { start: 1, step: 0.25, lowerBound: 0.3 };
  assert.deepEqual(at({}, fall).forcing, [1, 0.75, 0.5, 0.3]);
  assert.deepEqual(at({}, { ...fall, per: "step" }).forcing, [1, 0.3, 0.3, 0.3]);
});

Deno.test("trainSvg freezes running statistics where clips run free, unless told not to", async () => {
  const statisticsAfter = async (steps: number, freeNorms: "frozen" | "batch") => {
    const teacherForcing = { per: "step", start: 2, step: 1 } as const;
    const { weights } = await trainTinySvg({ steps, teacherForcing, freeNorms });
    const names = Object.keys(weights.parameters).filter((name) =>
      /norm\.(mean|variance)$/.test(name)
    );
    assert.ok(names.length > 0);
    return names.map((name) => weights.parameters[name]!.data);
  };
  // Steps 0 and 1 are forced, 2 and 3 free.
  const before = await statisticsAfter(2, "frozen");
  assert.deepEqual(await statisticsAfter(4, "frozen"), before);
  assert.notDeepEqual(await statisticsAfter(4, "batch"), before);
});
