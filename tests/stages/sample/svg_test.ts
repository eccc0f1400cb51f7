import assert from "node:assert/strict";
import type { Clips } from "../../../artifacts/clips.ts";
import { columnClips, CONTEXT, sampleTinySvg, SIZE, TIME, trainTinySvg } from "../svg_fixture.ts";

const { weights } = await trainTinySvg({ steps: 8, learningRate: 1e-2, conditional: true });
const clip = TIME * SIZE;

const isContext = (i: number) => Math.floor(i / SIZE) % TIME < CONTEXT;

Deno.test("sampleSvg never sees the frames it is to predict", async () => {
  const clips = columnClips("test");
  const blind: Clips = { ...clips, frames: clips.frames.map((v, i) => isContext(i) ? v : 7) };
  const skipping = await trainTinySvg({ steps: 8, lastFrameSkip: true, prior: "fixed" });
  for (const given of [weights, skipping.weights]) {
    const [seeing, unseeing] = [
      await sampleTinySvg(given, {}, clips),
      await sampleTinySvg(given, {}, blind),
    ];
    assert.deepEqual(seeing.clips.frames, unseeing.clips.frames);
    assert.deepEqual(seeing.predictions.frames, unseeing.predictions.frames);
  }
});

Deno.test("sampleSvg sees the context: other context frames, other futures", async () => {
  const clips = columnClips("test");
  const without = (t: number): Clips => ({
    ...clips,
    frames: clips.frames.map((v, i) => Math.floor(i / SIZE) % TIME === t ? 0 : v),
  });
  const future = async (clips: Clips) =>
    (await sampleTinySvg(weights, {}, clips)).clips.frames.filter((_, i) => !isContext(i));
  const own = await future(clips);
  for (let t = 0; t < CONTEXT; t++) assert.notDeepEqual(await future(without(t)), own, `${t}`);
});

Deno.test("sampleSvg draws the same samples whatever the batch", async () => {
  const draw = async (batch: number) =>
    (await sampleTinySvg(weights, { batch, samplesPerClip: 3 })).clips;
  const [five, twelve] = [await draw(5), await draw(12)];
  assert.deepEqual(five.shape, [12, TIME, 8, 8, 1]);
  // The JavaScript backend computes each row alone: bit-identical.
  assert.deepEqual(five.frames, twelve.frames);
});

Deno.test("sampleSvg on ONNX Runtime draws what the reference backend draws", async () => {
  const draw = async (backend: "cpu" | "onnx") =>
    (await sampleTinySvg(weights, {}, undefined, backend)).clips.frames;
  const reference = await draw("cpu");
  const largest = Array.from(await draw("onnx")).reduce(
    (most, value, i) => Math.max(most, Math.abs(value - reference[i]!)),
    0,
  );
  // Float32 rounding, through three frames of feedback, may tip a pixel to the next of 256 levels.
  assert.ok(largest <= 1, `differs by ${largest} levels`);
});

Deno.test("sampleSvg keys samples by clip and number, and repeats the context", async () => {
  const one = (await sampleTinySvg(weights, { samplesPerClip: 1 })).clips;
  const { clips: two, predictions } = await sampleTinySvg(weights, { samplesPerClip: 2 });
  const truth = columnClips("test");
  for (let i = 0; i < 4; i++) {
    const take = (frames: ArrayLike<number>, index: number) =>
      Array.from(frames).slice(index * clip, (index + 1) * clip);
    assert.deepEqual(take(one.frames, i), take(two.frames, 2 * i));
    assert.notDeepEqual(take(two.frames, 2 * i), take(two.frames, 2 * i + 1));
    for (const made of [one, predictions]) {
      assert.deepEqual(
        take(made.frames, i).slice(0, CONTEXT * SIZE),
        take(truth.frames, i).slice(0, CONTEXT * SIZE),
      );
    }
  }
  assert.equal(two.split, "generated");
  assert.equal(two.samplesPerClip, 2);
  assert.equal(predictions.samplesPerClip, 1);
});

Deno.test("sampleSvg with running statistics treats each clip alone, with those of the batch not", async () => {
  const clips = columnClips("test");
  const changed: Clips = {
    ...clips,
    frames: clips.frames.map((v, i) => i >= 3 * clip ? 255 - v : v),
  };
  const first = async (batchNorm: "running" | "batch", clips: Clips) =>
    (await sampleTinySvg(weights, { batchNorm, samplesPerClip: 1 }, clips)).clips.frames
      .slice(0, clip);
  assert.deepEqual(await first("running", changed), await first("running", clips));
  assert.notDeepEqual(await first("batch", changed), await first("batch", clips));
});

Deno.test("sampleSvg gives each clip the conditions of another one when they are shuffled", async () => {
  const plain = columnClips("test");
  // Another number for each clip, large enough to move every sample by a level although training was short.
  const numbers = plain.conditions!.map((_, i) => 4 * (Math.floor(i / TIME) - 1.5));
  const clips = { ...plain, conditions: numbers };
  const { clips: own } = await sampleTinySvg(weights, { conditions: "true" }, clips);
  const { clips: other } = await sampleTinySvg(weights, { conditions: "shuffled" }, clips);
  for (let i = 0; i < 8; i++) {
    const take = (frames: Clips["frames"]) => frames.slice(i * clip, (i + 1) * clip);
    assert.notDeepEqual(take(own.frames), take(other.frames), `sample ${i}`);
  }
  assert.match(other.source, /with the conditions of other clips$/);
  // Where all clips have the same conditions, whose they are is no matter.
  const same = { ...plain, conditions: plain.conditions!.map((_, i) => 10 * (i % TIME)) };
  const [a, b] = [
    await sampleTinySvg(weights, { conditions: "true" }, same),
    await sampleTinySvg(weights, { conditions: "shuffled" }, same),
  ];
  assert.deepEqual(a.clips.frames, b.clips.frames);
});

Deno.test("sampleSvg shows truth, the best sample, random ones and the mean", async () => {
  const { rows } = await sampleTinySvg(weights, { rows: 1, rowSamples: 1 });
  assert.deepEqual(rows.items.map(({ name }) => name), ["clip_0.gif", "clip_0.png"]);
  assert.match(rows.items[0]!.caption, /2 frames given, 3 drawn; best of 2 samples by PSNR/);
  assert.deepEqual((await sampleTinySvg(weights, { rows: 0 })).rows.items, []);
});

Deno.test("sampleSvg refuses other weights, other clips and nothing to shuffle", async () => {
  await assert.rejects(
    sampleTinySvg({ ...weights, model: "next_frame" }),
    /must be weights of "svg", but they are of "next_frame"/,
  );
  const clips = columnClips("test");
  const { conditions: _, conditionSize: __, ...plain } = clips;
  await assert.rejects(
    sampleTinySvg(weights, {}, plain),
    /expects 1 conditions beside each frame, but "columns" has 0/,
  );
  await assert.rejects(
    sampleTinySvg(weights, {}, { ...clips, contextFrames: TIME }),
    /must show 1 to 4 of 5 frames as context, but "columns" shows 5/,
  );
  await assert.rejects(
    sampleTinySvg(weights, {}, { ...clips, shape: [4, TIME, 16, 4, 1] }),
    /made for frames of 8x8x1, but "columns" has frames of 16x4x1/,
  );
  await assert.rejects(
    sampleTinySvg(weights, { conditions: "shuffled" }, columnClips("test", 1)),
    /needs a conditional network and two clips, but "columns" has one clip/,
  );
});
