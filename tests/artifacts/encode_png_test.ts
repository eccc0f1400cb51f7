import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import fc from "fast-check";
import { PNG } from "pngjs";
import { encodePng } from "../../artifacts/encode_png.ts";

const pictures = fc.record({
  width: fc.integer({ min: 1, max: 40 }),
  height: fc.integer({ min: 1, max: 40 }),
  channels: fc.constantFrom(1 as const, 3 as const),
}).chain((size) =>
  fc.uint8Array({
    minLength: size.width * size.height * size.channels,
    maxLength: size.width * size.height * size.channels,
  }).map((pixels) => ({ ...size, pixels }))
);

Deno.test("encodePng() keeps every pixel of gray and RGB pictures of any size", () => {
  fc.assert(fc.property(pictures, (picture) => {
    const { width, height, channels, pixels } = picture;
    const decoded = PNG.sync.read(Buffer.from(encodePng(picture)));
    assert.deepEqual([decoded.width, decoded.height], [width, height]);
    for (let i = 0; i < width * height; i++) {
      const expected = channels === 1
        ? [pixels[i], pixels[i], pixels[i], 255]
        : [...pixels.subarray(i * 3, i * 3 + 3), 255];
      assert.deepEqual([...decoded.data.subarray(i * 4, i * 4 + 4)], expected);
    }
  }));
});

Deno.test("encodePng() of equal pictures gives equal bytes", () => {
  const picture = { width: 2, height: 1, channels: 1 as const, pixels: new Uint8Array([7, 9]) };
  assert.deepEqual(encodePng(picture), encodePng({ ...picture, pixels: picture.pixels.slice() }));
});

Deno.test("encodePng() refuses pixels that do not fill the picture", () => {
  assert.throws(
    () => encodePng({ width: 2, height: 2, channels: 3, pixels: new Uint8Array(11) }),
    /Cannot encode picture: 2 x 2 x 3 needs 12 values, but 11 were given/,
  );
  assert.throws(
    () => encodePng({ width: 0, height: 2, channels: 1, pixels: new Uint8Array() }),
    /width must be an integer from 1 to 65535, but is 0/,
  );
});
