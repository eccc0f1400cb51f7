import assert from "node:assert/strict";
import type { Clips } from "../../../artifacts/clips.ts";
import { barClips, freshPredictor, sampleTiny, trainTiny } from "../residual_diffusion_fixture.ts";

const { weights: denoiser } = await trainTiny({ steps: 2 });

Deno.test("sampleResidualDiffusion draws the same samples whatever the batch", async () => {
  const clips = barClips("test", 4);
  const draw = async (batch: number) =>
    (await sampleTiny({ batch, samplesPerClip: 2, eta: 1 }, { denoiser, clips })).clips;
  const [three, eight] = [await draw(3), await draw(8)];
  assert.deepEqual(three.shape, [8, 4, 32, 32, 1]);
  // The JavaScript backend computes each row alone: bit-identical.
  assert.deepEqual(three.frames, eight.frames);
});

Deno.test("sampleResidualDiffusion on ONNX Runtime draws what the reference backend draws", async () => {
  const draw = async (backend: "onnx" | "cpu", batch: number) =>
    (await sampleTiny({ batch, eta: 1, steps: 3 }, { denoiser, backend })).clips.frames;
  const reference = await draw("cpu", 2);
  for (const batch of [1, 2]) {
    const largest = Array.from(await draw("onnx", batch)).reduce(
      (most, value, i) => Math.max(most, Math.abs(value - reference[i]!)),
      0,
    );
    // Float32 rounding, through two frames of feedback, may tip a pixel to the next of 256 levels.
    assert.ok(largest <= 1, `batch ${batch} differs by ${largest} levels`);
  }
});

Deno.test("sampleResidualDiffusion never sees the frames it is to predict", async () => {
  const clips = barClips("test");
  const blind: Clips = {
    ...clips,
    frames: clips.frames.map((v, i) => isContext(clips, i) ? v : 7),
  };
  const a = await sampleTiny({}, { denoiser, clips });
  const b = await sampleTiny({}, { denoiser, clips: blind });
  assert.deepEqual(a.clips.frames, b.clips.frames);
  assert.deepEqual(a.predictions.frames, b.predictions.frames);
});

Deno.test("sampleResidualDiffusion repeats the context and marks what it made", async () => {
  const clips = barClips("test");
  const result = await sampleTiny({}, { denoiser, clips });
  for (const made of [result.clips, result.predictions]) {
    assert.equal(made.split, "generated");
    assert.equal(made.contextFrames, 2);
    assert.ok(made.frames.every((v, i) => !isContext(clips, i) || v === clips.frames[i]));
  }
});

Deno.test("sampleResidualDiffusion draws different samples of one clip", async () => {
  const { clips } = await sampleTiny({ samplesPerClip: 2 }, { denoiser });
  const size = 4 * 32 * 32;
  const [first, second] = [0, 1].map((i) => clips.frames.slice(i * size, (i + 1) * size));
  assert.notDeepEqual(first, second);
});

Deno.test("sampleResidualDiffusion with more samples keeps those there were", async () => {
  const size = 4 * 32 * 32;
  const one = (await sampleTiny({ samplesPerClip: 1 }, { denoiser })).clips;
  const two = (await sampleTiny({ samplesPerClip: 2 }, { denoiser })).clips;
  assert.deepEqual(one.frames.slice(size), two.frames.slice(2 * size, 3 * size));
});

Deno.test("sampleResidualDiffusion shows rows of truth, prediction and samples", async () => {
  const { rows } = await sampleTiny({ rows: 1, samplesPerClip: 2, sampler: "ancestral" }, {
    denoiser,
  });
  assert.deepEqual(rows.items.map(({ name }) => name), ["clip_0.gif", "clip_0.png"]);
});

Deno.test("sampleResidualDiffusion draws with every sampler", async () => {
  // A few large steps: networks that start at 0 answer nothing that samplers could disagree on.
  const { weights } = await trainTiny({ steps: 3, learningRate: 0.05, objective: "v" });
  const draw = async (sampler: "ancestral" | "ddim" | "dpmpp_2m", steps: number) =>
    (await sampleTiny({ sampler, steps, weights: "raw" }, { denoiser: weights })).clips.frames;
  const ddim = await draw("ddim", 4);
  assert.notDeepEqual(await draw("dpmpp_2m", 4), ddim);
  assert.notDeepEqual(await draw("ancestral", 4), ddim);
  // A single step is x̂0 in all of them.
  assert.deepEqual(await draw("dpmpp_2m", 1), await draw("ddim", 1));
});

Deno.test("sampleResidualDiffusion uses the predictor that was trained jointly", async () => {
  const joint = (await trainTiny({ steps: 2, joint: true, learningRate: 0.05 })).weights;
  const frozen = Object.fromEntries(
    Object.entries(joint.parameters).filter(([name]) => !name.startsWith("predictor.")),
  );
  const config = { ...(joint.config as Record<string, string>), joint: false };
  const tuned = await sampleTiny({ weights: "raw" }, { denoiser: joint });
  const other = await sampleTiny({ weights: "raw" }, {
    denoiser: { ...joint, config, parameters: frozen },
  });
  assert.notDeepEqual(tuned.clips.frames, other.clips.frames);
  assert.deepEqual(tuned.predictions.frames, other.predictions.frames);
});

Deno.test("sampleResidualDiffusion refuses weights that do not fit", async () => {
  await assert.rejects(
    sampleTiny({}, { denoiser: freshPredictor() }),
    /must be weights of "residual_diffusion", but they are of "next_frame"/,
  );
  const predictor = freshPredictor();
  const config = { ...(predictor.config as Record<string, number>), kernel: 5 };
  await assert.rejects(
    sampleTiny({}, { denoiser, predictor: { ...predictor, config } }),
    /was trained with a predictor of .*"kernel":3.* is one of .*"kernel":5/,
  );
  await assert.rejects(
    sampleTiny({}, { denoiser, clips: { ...barClips("test"), contextFrames: 4 } }),
    /must show 1 to 3 of 4 frames as context/,
  );
});

function isContext({ shape, contextFrames }: Clips, index: number): boolean {
  const [, time, height, width, channels] = shape;
  return Math.floor(index / (height * width * channels)) % time < contextFrames;
}
