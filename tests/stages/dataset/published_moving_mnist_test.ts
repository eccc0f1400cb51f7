import { deepEqual, throws } from "node:assert/strict";
import { encodeNpy } from "../../../artifacts/npy.ts";
import { clipsFirst, parsePublishedClips } from "../../../stages/dataset/published_moving_mnist.ts";

Deno.test("clipsFirst() turns time first into clip first and takes the first of both", () => {
  // Value = 10 * time + clip, 3 times, 4 clips, 1 x 2 pixels.
  const data = Uint8Array.from({ length: 24 }, (_, i) => 10 * Math.floor(i / 8) + (i >> 1) % 4);
  const clips = clipsFirst(data, [3, 4, 1, 2], { test: 2, frames: 2, contextFrames: 1 });
  deepEqual(clips.shape, [2, 2, 1, 2, 1]);
  deepEqual([...clips.frames], [0, 0, 10, 10, 1, 1, 11, 11]);
  deepEqual([clips.split, clips.contextFrames], ["test", 1]);
});

Deno.test("parsePublishedClips() refuses another array by its shape", () => {
  const bytes = encodeNpy([2, 1, 1, 1], new Uint8Array(2));
  throws(
    () => parsePublishedClips(bytes, { test: 1, frames: 1, contextFrames: 0 }),
    /must be uint8 \[20, 10000, 64, 64\], but is Uint8Array \[2, 1, 1, 1\]/,
  );
});
