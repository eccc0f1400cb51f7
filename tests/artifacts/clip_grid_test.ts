import assert from "node:assert/strict";
import { clipGrid } from "../../artifacts/clip_grid.ts";
import { decodeGif } from "../support/decode_gif.ts";

/** Four clips of three frames of one colour each. */
function fourClips() {
  const shape = [4, 3, 2, 2, 3] as const;
  const clips = Float32Array.from({ length: 4 * 3 * 12 }, (_, i) => {
    const frame = Math.floor(i / 12);
    return i % 3 === Math.floor(frame / 3) % 3 ? (1 + (frame % 3)) / 3 : 0;
  });
  return { name: "grid", caption: "Four", clips, shape, columns: 2 };
}

Deno.test("clipGrid() lays films out row by row and lets them run together", () => {
  const item = clipGrid(fourClips(), { scale: 3, delayMs: 100 });
  assert.deepEqual([item.name, item.type], ["grid.gif", "image/gif"]);
  // Two cells of 6 pixels, a gap of 2, margins of 8.
  assert.deepEqual([item.width, item.height], [30, 30]);
  const { frames } = decodeGif(item.bytes);
  assert.equal(frames.length, 3);
  const bytes = clipGrid(fourClips(), { scale: 3, delayMs: 100 }).bytes;
  assert.deepEqual(bytes, item.bytes);
});

Deno.test("clipGrid() makes room for labels of rows and columns", () => {
  const plain = clipGrid(fourClips(), { scale: 3, delayMs: 100 });
  const labelled = clipGrid(
    { ...fourClips(), rowLabels: ["one", "two"], columnLabels: ["a", "b"] },
    { scale: 3, delayMs: 100 },
  );
  assert.ok(labelled.width > plain.width);
  assert.ok(labelled.height > plain.height);
});

Deno.test("clipGrid() refuses values that do not fill the shape", () => {
  const clips = new Float32Array(5);
  assert.throws(
    () => clipGrid({ ...fourClips(), clips }, { scale: 1, delayMs: 100 }),
    /"grid": \[4,3,2,2,3\] must be clips of 1 or 3 channels .* as were given, 5/,
  );
});
