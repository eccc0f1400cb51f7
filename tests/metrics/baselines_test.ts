import assert from "node:assert/strict";
import {
  blackFrame,
  copyLastFrame,
  meanFrame,
  meanOfFrames,
  repeatFrame,
} from "../../metrics/baselines.ts";
import { video } from "../support/test_videos.ts";

const context = video([0, 0.5, 1, 0.25], { frames: 2, height: 1, width: 2 });

Deno.test("baselines repeat the last, a black and the mean context frame", () => {
  assert.deepEqual([...copyLastFrame(context, 2).data], [1, 0.25, 1, 0.25]);
  assert.deepEqual([...blackFrame(context, 2).data], [0, 0, 0, 0]);
  assert.deepEqual([...meanFrame(context, 3).data], [0.5, 0.375, 0.5, 0.375, 0.5, 0.375]);
  assert.equal(meanFrame(context, 3).frames, 3);
  assert.deepEqual([...meanOfFrames(context)], [0.5, 0.375]);
});

Deno.test("repeatFrame() repeats a frame of other clips in the shape of this one", () => {
  const { data, height, width } = repeatFrame(context, Float64Array.of(0.1, 0.2), 2);
  assert.deepEqual([[...data], height, width], [[0.1, 0.2, 0.1, 0.2], 1, 2]);
});
