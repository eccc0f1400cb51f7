import { deepEqual, equal, rejects } from "node:assert/strict";
import fc from "fast-check";
import { decodeJpeg, jpegSize } from "../../artifacts/decode_jpeg.ts";
import fixtures from "../fixtures/pillow_jpeg.json" with { type: "json" };
import { fromBase64 } from "../support/from_base64.ts";

const limits = { pixels: 1000 };
const { _, cmyk, ...files } = fixtures;

for (const [name, { file, width, height, rgb }] of Object.entries(files)) {
  Deno.test(`decodeJpeg() reads ${name} as Pillow does, to the bit`, async () => {
    const raster = await decodeJpeg(fromBase64(file), limits);
    deepEqual([raster.width, raster.height, raster.channels], [width, height, 4]);
    deepEqual(raster.data.filter((_, i) => i % 4 < 3), fromBase64(rgb));
    deepEqual(new Set(raster.data.filter((_, i) => i % 4 === 3)), new Set([255]));
  });
}

Deno.test("decodeJpeg() refuses by the header, before the pixels take memory", async () => {
  const bytes = fromBase64(files.grey.file);
  deepEqual(jpegSize(bytes), { width: 14, height: 10 });
  await rejects(
    decodeJpeg(bytes, { pixels: 139 }),
    /must have 1 to 139 pixels, but its header says 14x10/,
  );
});

Deno.test("decodeJpeg() names what is wrong, and reads the next picture all the same", async () => {
  const good = fromBase64(files.colour420.file);
  const cases: readonly (readonly [Uint8Array, RegExp])[] = [
    [good.subarray(0, good.length - 60), /Cannot decode JPEG: .*[Pp]remature end/],
    [fromBase64(cmyk.file), /Cannot decode JPEG: .*color conversion/],
    [new TextEncoder().encode("hello"), /must start with FF D8/],
    [new Uint8Array(), /must start with FF D8/],
    [good.subarray(0, 30), /must have a frame header/],
  ];
  for (const [bytes, message] of cases) {
    await rejects(decodeJpeg(bytes, limits), (error) => {
      equal((error as Error).name, "SyntaxError");
      return message.test((error as Error).message);
    });
    equal((await decodeJpeg(good, limits)).width, 14);
  }
});

Deno.test("decodeJpeg() of damaged bytes gives a picture or a SyntaxError, never anything else", async () => {
  const good = fromBase64(files.colour420.file);
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.tuple(fc.nat(good.length - 1), fc.nat(255)), { minLength: 1, maxLength: 8 }),
      async (changes) => {
        const bytes = good.slice();
        for (const [at, value] of changes) bytes[at] = value;
        try {
          const { width, height, data } = await decodeJpeg(bytes, limits);
          equal(data.length, width * height * 4);
        } catch (error) {
          equal((error as Error).name, "SyntaxError", String(error));
        }
      },
    ),
  );
  equal((await decodeJpeg(good, limits)).width, 14);
});
