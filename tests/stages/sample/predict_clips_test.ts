import assert from "node:assert/strict";
import * as tf from "@tensorflow/tfjs-core";
import type { Clips } from "../../../artifacts/clips.ts";
import { createEngine } from "../../../engine/create_engine.ts";
import { initialHidden, nextFrame, nextFrameParameters } from "../../../models/next_frame.ts";
import { nextFramePreset } from "../../../models/next_frame_presets.ts";
import { createClipPredictor } from "../../../stages/sample/predict_clips.ts";
import { setUp } from "../../models/set_up.ts";

const config = nextFramePreset("tiny", 1);
const clips: Clips = {
  frames: Uint8Array.from({ length: 3 * 4 * 256 }, (_, i) => (i * 7919) % 251),
  shape: [3, 4, 16, 16, 1],
  split: "validation",
  contextFrames: 2,
  samplesPerClip: 1,
  source: "noise",
};

Deno.test("createClipPredictor() keeps the context and feeds predictions back", async () => {
  const { parameters, predict } = await prepare(3);
  const frames = await predict(clips);
  const given = Float32Array.from(clips.frames, (value) => value / 255);
  const frame = (data: Float32Array, clip: number, t: number) =>
    data.slice((clip * 4 + t) * 256, (clip * 4 + t + 1) * 256);
  const tensor = (data: Float32Array) => tf.tensor(data, [1, 16, 16, 1]);
  for (let clip = 0; clip < 3; clip++) {
    let hidden = initialHidden(config, { batch: 1, height: 16, width: 16 });
    let shown = tensor(frame(given, clip, 0));
    for (let t = 0; t < 3; t++) {
      const step = nextFrame(parameters, config, shown, hidden);
      hidden = step.hidden;
      const isContext = t + 1 < 2;
      shown = isContext ? tensor(frame(given, clip, t + 1)) : step.mean;
      assert.deepEqual(
        frame(frames, clip, t + 1),
        shown.dataSync(),
        `clip ${clip}, frame ${t + 1}`,
      );
    }
    assert.deepEqual(frame(frames, clip, 0), frame(given, clip, 0));
  }
});

Deno.test("createClipPredictor() gives the same frames in batches that do not fit", async () => {
  const [whole, pairs] = [await prepare(3), await prepare(2)];
  assert.deepEqual(await pairs.predict(clips), await whole.predict(clips));
});

Deno.test("createClipPredictor() never sees the future", async () => {
  const { predict } = await prepare(3);
  const future = clips.frames.slice();
  for (let clip = 0; clip < 3; clip++) future.fill(0, (clip * 4 + 2) * 256, (clip + 1) * 4 * 256);
  assert.deepEqual(await predict({ ...clips, frames: future }), await predict(clips));
});

Deno.test("createClipPredictor() leaves no tensors behind", async () => {
  const { predict } = await prepare(2);
  await predict(clips);
  const before = tf.memory().numTensors;
  await predict(clips);
  assert.equal(tf.memory().numTensors, before);
});

async function prepare(batch: number) {
  const { parameters } = await setUp(nextFrameParameters(config));
  const engine = await createEngine({ backend: "cpu", threads: 1 });
  const predictor = createClipPredictor(engine, config, { batch });
  return { parameters, predict: (clips: Clips) => predictor.predict(parameters, clips) };
}
