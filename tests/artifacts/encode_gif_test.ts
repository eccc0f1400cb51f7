import assert from "node:assert/strict";
import fc from "fast-check";
import { encodeGif } from "../../artifacts/encode_gif.ts";
import type { Picture } from "../../artifacts/picture.ts";
import { decodeGif } from "../support/decode_gif.ts";

/** Films of few or all gray levels, so that both kinds of frame difference occur. */
const grayFilms = fc.record({
  width: fc.integer({ min: 1, max: 70 }),
  height: fc.integer({ min: 1, max: 30 }),
  time: fc.integer({ min: 1, max: 4 }),
  levels: fc.constantFrom(1, 3, 255),
}).chain(({ width, height, time, levels }) =>
  fc.array(
    fc.array(fc.integer({ min: 0, max: levels }), {
      minLength: width * height,
      maxLength: width * height,
    }),
    { minLength: time, maxLength: time },
  ).map((frames) =>
    frames.map((values): Picture => ({
      width,
      height,
      channels: 1,
      pixels: Uint8Array.from(values),
    }))
  )
);

Deno.test("encodeGif() keeps every gray pixel of films of any size", () => {
  fc.assert(
    fc.property(grayFilms, (film) => {
      const decoded = decodeGif(encodeGif(film, { delayMs: 100 }));
      assert.equal(decoded.frames.length, film.length);
      decoded.frames.forEach((frame, t) => assert.deepEqual(frame, toRgb(film[t])));
    }),
    { numRuns: 60 },
  );
});

Deno.test("encodeGif() is exact with all 256 grays, where no colour is left for differences", () => {
  const ramp = Uint8Array.from({ length: 256 }, (_, i) => i);
  const film = [ramp, ramp.toReversed(), ramp].map(gray256);
  const decoded = decodeGif(encodeGif(film, { delayMs: 100 }));
  decoded.frames.forEach((frame, t) => assert.deepEqual(frame, toRgb(film[t])));
});

Deno.test("encodeGif() survives a full LZW table: 300 x 300 noise needs several clear codes", () => {
  let state = 1;
  const pixels = Uint8Array.from(
    { length: 90_000 },
    () => (state = (state * 48_271) % 2_147_483_647) & 0xff,
  );
  const film: Picture[] = [{ width: 300, height: 300, channels: 1, pixels }];
  assert.deepEqual(decodeGif(encodeGif(film, { delayMs: 100 })).frames[0], toRgb(film[0]));
});

Deno.test("encodeGif() quantises a film of many colours within 16 of 255 per channel on average", () => {
  const side = 64;
  const pixels = Uint8Array.from({ length: side * side * 3 }, (_, i) => {
    const [x, y] = [Math.floor(i / 3) % side, Math.floor(i / 3 / side)];
    return [x * 4, y * 4, 255 - x * 2 - y * 2][i % 3] ?? 0;
  });
  const film: Picture[] = [{ width: side, height: side, channels: 3, pixels }];
  const seen = decodeGif(encodeGif(film, { delayMs: 100 })).frames[0] ?? new Uint8Array();
  const error = pixels.reduce((sum, value, i) => sum + Math.abs(value - (seen[i] ?? 0)), 0);
  assert.ok(error / pixels.length < 16, `mean error is ${error / pixels.length}`);
});

Deno.test("encodeGif() quantises noise of every colour, clustering its coarser colours", () => {
  // All 65,536 colours of 16 bits: as many pairs take half a minute, those of 12 bits 0.1 s.
  const side = 256;
  const pixels = new Uint8Array(side * side * 3);
  for (let i = 0; i < side * side; i++) {
    pixels.set([(i >> 11) << 3, ((i >> 5) & 63) << 2, (i & 31) << 3], i * 3);
  }
  const film: Picture[] = [{ width: side, height: side, channels: 3, pixels }];
  const seen = decodeGif(encodeGif(film, { delayMs: 100 })).frames[0] ?? new Uint8Array();
  const error = pixels.reduce((sum, value, i) => sum + Math.abs(value - (seen[i] ?? 0)), 0);
  // 255 colours in a cube of 256: cells of edge 40, whose mean distance to the middle is 10 per channel.
  assert.ok(error / pixels.length < 16, `mean error is ${error / pixels.length}`);
});

Deno.test("encodeGif() loops for ever and holds the last frame as long as it is told", () => {
  const film = [1, 2, 3].map((gray) => gray256(new Uint8Array(256).fill(gray)));
  const decoded = decodeGif(encodeGif(film, { delayMs: 120, lastDelayMs: 960 }));
  assert.equal(decoded.loop, 0);
  assert.deepEqual(decoded.delaysMs, [120, 120, 960]);
});

Deno.test("encodeGif() of equal films gives equal bytes", () => {
  const film = () => [gray256(Uint8Array.from({ length: 256 }, (_, i) => i & 15))];
  assert.deepEqual(encodeGif(film(), { delayMs: 50 }), encodeGif(film(), { delayMs: 50 }));
});

Deno.test("encodeGif() refuses films without frames, of changing size, or too fast to show", () => {
  const frame = gray256(new Uint8Array(256));
  assert.throws(() => encodeGif([], { delayMs: 100 }), /there are no frames/);
  const other: Picture = { width: 1, height: 1, channels: 1, pixels: new Uint8Array(1) };
  assert.throws(() => encodeGif([frame, other], { delayMs: 100 }), /must be 16 x 16, but one is/);
  assert.throws(() => encodeGif([frame], { delayMs: 10 }), /20 to 655350 ms, but is 10/);
});

function gray256(pixels: Uint8Array): Picture {
  return { width: 16, height: 16, channels: 1, pixels };
}

function toRgb(picture: Picture | undefined): Uint8Array {
  assert.ok(picture);
  return Uint8Array.from(
    { length: picture.pixels.length * 3 },
    (_, i) => picture.pixels[Math.floor(i / 3)] ?? 0,
  );
}
