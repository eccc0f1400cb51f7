import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import fc from "fast-check";
import { PNG } from "pngjs";
import { animateRows, type RowGroup } from "../../artifacts/animate_rows.ts";
import type { MediaItem } from "../../artifacts/media.ts";
import { decodeGif } from "../support/decode_gif.ts";

const GIVEN = [0x56, 0xb4, 0xe9];
const GENERATED = [0xe6, 0x9f, 0x00];
const OPTIONS = { scale: 2, delayMs: 100 };

Deno.test("animateRows() makes one GIF and one PNG per group, named after it", () => {
  const items = animateRows([group("clip 1"), group("Clip/2")], OPTIONS);
  assert.deepEqual(items.map((item) => item.name), [
    "clip_1.gif",
    "clip_1.png",
    "clip_2.gif",
    "clip_2.png",
  ]);
  assert.deepEqual(items.map((item) => item.caption), Array(4).fill("a caption"));
});

Deno.test("animateRows() GIF shows the pixels enlarged, in blue while given, then in orange", () => {
  const [gif] = animateRows([group("clip")], OPTIONS);
  assert.ok(gif);
  const film = decodeGif(gif.bytes);
  assert.deepEqual([film.width, film.height], [gif.width, gif.height]);
  assert.deepEqual(film.delaysMs, [100, 100, 800]);
  const at = cornersOf(film.frames[2], film.width, GENERATED);
  assert.ok(at, "no orange frame at time 3");
  // The border is 2 wide, so the frame's first pixel covers the 2 x 2 square right below it.
  film.frames.forEach((frame, t) => {
    assert.deepEqual(pixel(frame, film.width, at.x, at.y), t < 2 ? GIVEN : GENERATED);
    // 240 gray levels: at most half a level, 0.54 of 255, plus the rounding of the byte.
    const expected = ((t + 1) / 10) * 255;
    for (const [dx, dy] of [[2, 2], [3, 3]] as const) {
      const seen = pixel(frame, film.width, at.x + dx, at.y + dy)[0] ?? NaN;
      assert.ok(Math.abs(seen - expected) <= 1.1, `time ${t}: ${seen}, not ${expected}`);
    }
  });
});

Deno.test("animateRows() keeps the truth blue to the end when all of its frames are given", () => {
  const truth = { ...row("truth", 3, 0.2), contextFrames: 3 };
  const [, png] = animateRows([{ name: "t", caption: "", rows: [truth] }], OPTIONS);
  assert.ok(png);
  const image = PNG.sync.read(Buffer.from(png.bytes));
  const count = (color: number[], from: number, to: number) => {
    let n = 0;
    for (let y = from; y < to; y++) {
      for (let x = 0; x < image.width; x++) {
        const i = (y * image.width + x) * 4;
        if (color.every((c, k) => image.data[i + k] === c)) n++;
      }
    }
    return n;
  };
  // The legend at the bottom has both colours; above it only the frames do.
  assert.ok(count(GIVEN, 0, image.height - 40) > 0);
  assert.equal(count(GENERATED, 0, image.height - 40), 0);
});

Deno.test("animateRows() gives sizes that agree with its files, for any number and size of rows", () => {
  const cases = fc.record({
    rows: fc.integer({ min: 1, max: 9 }),
    time: fc.integer({ min: 1, max: 5 }),
    height: fc.integer({ min: 1, max: 9 }),
    width: fc.integer({ min: 1, max: 70 }),
    channel: fc.constantFrom(1, 3),
    scale: fc.integer({ min: 1, max: 4 }),
    label: fc.string(),
  });
  fc.assert(
    fc.property(cases, ({ rows, time, height, width, channel, scale, label }) => {
      const shape = [time, height, width, channel] as const;
      const frames = new Float32Array(time * height * width * channel).fill(0.5);
      const films = Array.from(
        { length: rows },
        () => ({ label, frames, shape, contextFrames: 1 }),
      );
      const items = animateRows([{ name: "x", caption: "", rows: films }], { scale, delayMs: 40 });
      const [gif, png] = items as [MediaItem, MediaItem];
      const film = decodeGif(gif.bytes);
      assert.deepEqual([film.width, film.height, film.frames.length], [
        gif.width,
        gif.height,
        time,
      ]);
      const image = PNG.sync.read(Buffer.from(png.bytes));
      assert.deepEqual([image.width, image.height], [png.width, png.height]);
    }),
    { numRuns: 25 },
  );
});

Deno.test("animateRows() of equal groups gives equal bytes", () => {
  assert.deepEqual(animateRows([group("a")], OPTIONS), animateRows([group("a")], OPTIONS));
});

Deno.test("animateRows() names the group and row that it cannot draw", () => {
  const refuse = (rows: RowGroup["rows"], message: RegExp) =>
    assert.throws(() => animateRows([{ name: "g", caption: "", rows }], OPTIONS), message);
  refuse([], /Cannot animate rows "g": there are no rows/);
  refuse([row("a", 3, 0), row("b", 2, 0)], /all rows must be \[3,2,2\].*but "b" is \[2,2,2\]/);
  refuse(
    [{ ...row("a", 3, 0), contextFrames: 4 }],
    /contextFrames of "a" must be 0 to 3, but is 4/,
  );
  refuse([{ ...row("a", 3, 0), shape: [3, 2, 1, 2] }], /must have 1 or 3 channels, but has 2/);
  refuse([{ ...row("a", 3, 0), frames: new Float32Array(5) }], /needs 12 values, not 5/);
  assert.throws(() => animateRows([group("a b"), group("a_b")], OPTIONS), /named "a_b"/);
});

function group(name: string): RowGroup {
  return { name, caption: "a caption", rows: [row("truth", 3, 0), row("sample 1", 3, 0)] };
}

/** Frames of 2 x 2, each of one gray: offset + 0.1, + 0.2, ... */
function row(label: string, time: number, offset: number) {
  const frames = Float32Array.from({ length: time * 4 }, (_, i) => offset + (1 + (i >> 2)) / 10);
  return { label, frames, shape: [time, 2, 2, 1] as const, contextFrames: 2 };
}

function pixel(frame: Uint8Array, width: number, x: number, y: number): number[] {
  return [...frame.subarray((y * width + x) * 3, (y * width + x) * 3 + 3)];
}

function cornersOf(frame: Uint8Array | undefined, width: number, color: readonly number[]) {
  for (let i = 0; frame !== undefined && i < frame.length / 3; i++) {
    if (color.every((c, k) => frame[i * 3 + k] === c)) {
      return { x: i % width, y: Math.floor(i / width) };
    }
  }
  return undefined;
}
