import assert from "node:assert/strict";
import { ProtobufWriter } from "../../../../engine/onnx/graph/protobuf_writer.ts";

function written(write: (writer: ProtobufWriter) => void): number[] {
  const writer = new ProtobufWriter();
  write(writer);
  return [...writer.finish()];
}

// Expected bytes are the examples of https://protobuf.dev/programming-guides/encoding/.
Deno.test("ProtobufWriter.integer() writes 150 in field 1 as 08 96 01", () => {
  assert.deepEqual(written((writer) => writer.integer(1, 150)), [0x08, 0x96, 0x01]);
});

Deno.test("ProtobufWriter.text() writes 'testing' in field 2 with its length", () => {
  const expected = [0x12, 0x07, 0x74, 0x65, 0x73, 0x74, 0x69, 0x6e, 0x67];
  assert.deepEqual(written((writer) => writer.text(2, "testing")), expected);
});

Deno.test("ProtobufWriter.message() nests a message in field 3", () => {
  const bytes = written((writer) => writer.message(3, () => writer.integer(1, 150)));
  assert.deepEqual(bytes, [0x1a, 0x03, 0x08, 0x96, 0x01]);
});

Deno.test("ProtobufWriter.integer() writes -2 in ten bytes of two's complement", () => {
  const expected = [0x08, 0xfe, ...Array<number>(8).fill(0xff), 0x01];
  assert.deepEqual(written((writer) => writer.integer(1, -2)), expected);
});

Deno.test("ProtobufWriter.integer() keeps numbers above 32 bits", () => {
  // 2^40: five groups of zeros, then 2^5.
  const expected = [0x08, 0x80, 0x80, 0x80, 0x80, 0x80, 0x20];
  assert.deepEqual(written((writer) => writer.integer(1, 2 ** 40)), expected);
});

Deno.test("ProtobufWriter.float() writes 1 as little-endian binary32", () => {
  assert.deepEqual(written((writer) => writer.float(2, 1)), [0x15, 0x00, 0x00, 0x80, 0x3f]);
});

Deno.test("ProtobufWriter.message() moves a long message behind its longer length", () => {
  const payload = Uint8Array.from({ length: 100_000 }, (_, index) => index % 251);
  const bytes = written((writer) => writer.message(1, () => writer.bytes(2, payload)));
  // Inner: tag, length 100000 (3 bytes), payload; outer: tag, length 100004 (3 bytes).
  assert.deepEqual(bytes.slice(0, 8), [0x0a, 0xa4, 0x8d, 0x06, 0x12, 0xa0, 0x8d, 0x06]);
  assert.deepEqual(bytes.slice(8), [...payload]);
});

Deno.test("ProtobufWriter.text() writes UTF-8", () => {
  assert.deepEqual(written((writer) => writer.text(1, "é")), [0x0a, 0x02, 0xc3, 0xa9]);
});

Deno.test("ProtobufWriter keeps a message that ends where the buffer has to grow", () => {
  const start = 1 << 16;
  for (let filler = start - 40; filler <= start; filler++) {
    const writer = new ProtobufWriter();
    writer.bytes(1, new Uint8Array(filler));
    writer.text(2, "a");
    // Field 2, one byte, "a".
    assert.deepEqual([...writer.finish().slice(-3)], [18, 1, 97], `after ${filler} bytes`);
  }
});
