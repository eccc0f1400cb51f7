import assert from "node:assert/strict";
import { contentColours } from "../../../stages/evaluate/content_colours.ts";
import { squareClips } from "../mocogan_fixture.ts";

Deno.test("contentColours() finds the colour of a shape, wherever it is", () => {
  const clips = squareClips();
  // Clips 0 and 1 are red, 2 and 3 green.
  const red = contentColours(clips, 1, "shape");
  assert.deepEqual([red.count, red.dimensions], [8, 3]);
  for (let t = 0; t < 8; t++) {
    assert.deepEqual([...red.data.subarray(3 * t, 3 * t + 3)], [255, 0, 0]);
  }
  assert.deepEqual([...contentColours(clips, 2, "shape").data.subarray(0, 3)], [0, 255, 0]);
  // Over all pixels: 25 of 256 are red.
  const whole = contentColours(clips, 1, "frame");
  assert.deepEqual([...whole.data.subarray(0, 3)], [255 * 25 / 256, 0, 0]);
});

Deno.test("contentColours() takes floats for shares of 255, and frames without a shape as they are", () => {
  const { frames, ...rest } = squareClips();
  const floats = { ...rest, frames: Float32Array.from(frames, (value) => value / 255) };
  assert.deepEqual([...contentColours(floats, 1, "shape").data.subarray(0, 3)], [255, 0, 0]);
  const grey = { ...rest, frames: new Uint8Array(frames.length).fill(90) };
  assert.deepEqual([...contentColours(grey, 0, "shape").data.subarray(0, 3)], [90, 90, 90]);
});
