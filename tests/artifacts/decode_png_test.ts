import { deepEqual, ok, throws } from "node:assert/strict";
import { crc32, deflateSync } from "node:zlib";
import fc from "fast-check";
import { decodePng } from "../../artifacts/decode_png.ts";
import { encodePng } from "../../artifacts/encode_png.ts";
import fixtures from "../fixtures/pillow_png.json" with { type: "json" };
import { fromBase64 } from "../support/from_base64.ts";

const limits = { pixels: 1000 };
const { _, ...files } = fixtures;

for (const [name, { file, rgba }] of Object.entries(files)) {
  Deno.test(`decodePng() reads ${name} as Pillow does`, () => {
    const { width, height, channels, data } = decodePng(fromBase64(file), limits);
    deepEqual([width, height, channels], [14, 10, 4]);
    deepEqual(new Uint8Array(data), fromBase64(rgba));
  });
}

Deno.test("decodePng() undoes encodePng()", () => {
  const size = fc.integer({ min: 1, max: 9 });
  fc.assert(fc.property(size, size, fc.infiniteStream(fc.nat(255)), (width, height, stream) => {
    const pixels = Uint8Array.from(stream.take(width * height * 3));
    const { data } = decodePng(encodePng({ width, height, channels: 3, pixels }), limits);
    deepEqual([...data].filter((_, i) => i % 4 < 3), [...pixels]);
  }));
});

Deno.test("decodePng() refuses by the header, before the pixels take memory", () => {
  const huge = withHeader({ width: 100_000, height: 100_000 });
  throws(() => decodePng(huge, limits), /1 to 1000 pixels, but its header says 100000x100000/);
  throws(() => decodePng(withHeader({ width: 0, height: 4 }), limits), /says 0x4/);
});

Deno.test("decodePng() refuses data that inflates to far more than its pixels", () => {
  // 64 MiB of zeros in 64 KiB; pngjs alone would inflate it all where lines are interlaced.
  const bomb = deflateSync(new Uint8Array(2 ** 26));
  for (const interlaced of [true, false]) {
    const bytes = withHeader({ width: 2, height: 2, interlaced }, bomb);
    const before = performance.now();
    throws(
      () => decodePng(bytes, limits),
      interlaced ? /must have 15 bytes, but there are more/ : SyntaxError,
    );
    ok(performance.now() - before < 1000);
  }
});

Deno.test("decodePng() throws a SyntaxError for damaged bytes, wherever they are", () => {
  const good = fromBase64(files.rgba.file);
  fc.assert(fc.property(fc.nat(good.length - 1), fc.integer({ min: 1, max: 255 }), (at, change) => {
    // Every chunk has a checksum; only what follows the last one does not count.
    const bytes = good.with(at, good[at]! ^ change);
    throws(() => decodePng(bytes, limits), SyntaxError);
  }));
  // "iDAT" says that a reader may pass over it.
  throws(() => decodePng(good.with(37, good[37]! ^ 0x20), limits), SyntaxError);
  fc.assert(fc.property(fc.nat(good.length - 13), (length) => {
    throws(() => decodePng(good.subarray(0, length), limits), SyntaxError);
  }));
});

/** A PNG of 8 bit RGB with right checksums and any data. */
function withHeader(
  { width, height, interlaced = false }: { width: number; height: number; interlaced?: boolean },
  data: Uint8Array = deflateSync(new Uint8Array(16)),
): Uint8Array {
  const header = new DataView(new ArrayBuffer(13));
  header.setUint32(0, width);
  header.setUint32(4, height);
  header.setUint8(8, 8);
  header.setUint8(9, 2);
  header.setUint8(12, interlaced ? 1 : 0);
  const chunk = (name: string, body: Uint8Array) => {
    const bytes = new Uint8Array(12 + body.length);
    const view = new DataView(bytes.buffer);
    view.setUint32(0, body.length);
    bytes.set(new TextEncoder().encode(name), 4);
    bytes.set(body, 8);
    view.setUint32(8 + body.length, crc32(bytes.subarray(4, 8 + body.length)));
    return [...bytes];
  };
  return Uint8Array.from([
    ...[0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a],
    ...chunk("IHDR", new Uint8Array(header.buffer)),
    ...chunk("IDAT", data),
    ...chunk("IEND", new Uint8Array()),
  ]);
}
