import assert from "node:assert/strict";
import fc from "fast-check";
import {
  readSafetensors,
  type SafetensorsEntry,
  writeSafetensors,
} from "../../artifacts/safetensors_file.ts";
import vectors from "../fixtures/vectors.json" with { type: "json" };

const sample = Uint8Array.fromHex(vectors.safetensors.file_hex);

/** A file of this header text and this many zero bytes of data. */
function fileOf(header: string | Uint8Array, dataBytes = 0, length?: number): Uint8Array {
  const json = typeof header === "string" ? new TextEncoder().encode(header) : header;
  const file = new Uint8Array(8 + json.length + dataBytes);
  new DataView(file.buffer).setBigUint64(0, BigInt(length ?? json.length), true);
  file.set(json, 8);
  return file;
}

Deno.test("readSafetensors() reads a file of the reference writer", () => {
  const { tensors, metadata } = readSafetensors(sample);
  assert.deepEqual({ ...metadata }, vectors.safetensors.metadata);
  assert.deepEqual([...tensors.keys()], ["n", "a", "b", "m"]);
  const floats = (name: string) => [...new Float32Array(tensors.get(name)!.bytes.slice().buffer)];
  assert.deepEqual(floats("a"), [1, 2, 3, 4]);
  assert.deepEqual(tensors.get("a")!.shape, [2, 2]);
  assert.deepEqual(floats("b"), [1.5, -2]);
  assert.deepEqual(tensors.get("n")!.shape, []);
  assert.equal(new BigInt64Array(tensors.get("n")!.bytes.slice().buffer)[0], 7n);
  assert.deepEqual([...tensors.get("m")!.bytes], [1, 2, 3]);
});

Deno.test("writeSafetensors() writes the reference writer's bytes, whatever the order", () => {
  const { tensors, metadata } = readSafetensors(sample);
  assert.equal(writeSafetensors(tensors, metadata).toHex(), vectors.safetensors.file_hex);
  const reversed = new Map([...tensors].reverse());
  assert.equal(writeSafetensors(reversed, metadata).toHex(), vectors.safetensors.file_hex);
});

Deno.test("readSafetensors() accepts scalars, empty tensors and a file without tensors", () => {
  assert.equal(readSafetensors(fileOf("{}")).tensors.size, 0);
  const empty = fileOf(`{"a":{"dtype":"F32","shape":[0,3],"data_offsets":[0,0]}}   `);
  assert.equal(readSafetensors(empty).tensors.get("a")!.bytes.length, 0);
});

const entry = (begin: number, end: number, shape = "1") =>
  `{"dtype":"F32","shape":[${shape}],"data_offsets":[${begin},${end}]}`;

const rejected: Record<string, [file: Uint8Array, message: RegExp]> = {
  "a hole before the first tensor": [fileOf(`{"a":${entry(4, 8)}}`, 8), /"a" must begin at 0/],
  "an overlap": [fileOf(`{"a":${entry(0, 4)},"b":${entry(0, 4)}}`, 4), /"b" must begin at 4/],
  "a size that is not that of the shape": [
    fileOf(`{"a":${entry(0, 4, "2")}}`, 4),
    /"a" of F32 \[2\] takes 8 bytes, but it has 4/,
  ],
  "trailing bytes": [fileOf(`{"a":${entry(0, 4)}}`, 8), /cover 4 bytes, but there are 8/],
  "a header above 100 MB": [fileOf("{}", 0, 100_000_001), /it says 100000001/],
  "metadata that is not a string": [
    fileOf(`{"__metadata__":{"n":1},"a":{"dtype":"F32","shape":[0],"data_offsets":[0,0]}}`),
    /metadata "n" must be a string/,
  ],
  "data that ends early": [fileOf(`{"a":${entry(0, 4)}}`, 2), /ends at 4, but there are 2 bytes/],
  "a name twice": [fileOf(`{"a":${entry(0, 4)},"\\u0061":${entry(0, 4)}}`, 4), /the key "a" twice/],
  "an unknown dtype": [
    fileOf(`{"a":{"dtype":"F33","shape":[1],"data_offsets":[0,4]}}`, 4),
    /dtype of tensor "a" must be one of BOOL, .*; it is "F33"/,
  ],
  "a dtype of the object prototype": [
    fileOf(`{"a":{"dtype":"constructor","shape":[1],"data_offsets":[0,4]}}`, 4),
    /dtype of tensor "a" must be one of/,
  ],
  "a negative size": [fileOf(`{"a":${entry(0, 4, "-1")}}`, 4), /shape of tensor "a"/],
  "a size beyond all memory": [
    fileOf(`{"a":${entry(0, 4, "4503599627370496,4503599627370496,0")}}`, 4),
    /too large/,
  ],
  "an unknown field": [
    fileOf(`{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4],"code":"x"}}`, 4),
    /unknown field "code"/,
  ],
  "a header that is an array": [fileOf("[]"), /must begin with "\{"/],
  "a header that begins with a space": [fileOf(" {}"), /must begin with "\{"/],
  "bytes that are not UTF-8": [fileOf(Uint8Array.of(0x7b, 0xff, 0x7d)), /must be JSON in UTF-8/],
  "a length beyond the file": [fileOf("{}", 0, 3), /should end at byte 11/],
  "an empty file": [new Uint8Array(0), /at least 8 bytes/],
};

for (const [what, [file, message]] of Object.entries(rejected)) {
  Deno.test(`readSafetensors() refuses ${what}`, () => {
    assert.throws(() => readSafetensors(file), message);
  });
}

Deno.test("rejected headers above cover all that the vectors list", () => {
  assert.equal(vectors.safetensors.must_reject.length, 6);
  for (const { header } of vectors.safetensors.must_reject) {
    if (header === undefined) continue;
    const [json = "", data] = header.split(" followed by ");
    const bytes = data ? 8 : 16;
    assert.throws(() => readSafetensors(fileOf(json, bytes)), SyntaxError);
  }
});

Deno.test("readSafetensors() throws nothing but SyntaxError, whatever bytes are changed", () => {
  const change = fc.record({
    at: fc.nat(sample.length - 1),
    byte: fc.integer({ min: 0, max: 255 }),
  });
  fc.assert(
    fc.property(fc.array(change, { minLength: 1, maxLength: 4 }), fc.nat(40), (changes, cut) => {
      const file = sample.slice(0, sample.length - cut);
      for (const { at, byte } of changes) if (at < file.length) file[at] = byte;
      try {
        readSafetensors(file);
      } catch (error) {
        assert.ok(error instanceof SyntaxError, String(error));
        assert.match(error.message, /^Cannot read safetensors: /);
      }
    }),
    { numRuns: 2000, seed: 417 },
  );
});

Deno.test("readSafetensors() undoes writeSafetensors() for any names and shapes", () => {
  const tensor = fc.tuple(
    fc.array(fc.nat(3), { maxLength: 3 }),
    fc.constantFrom("F32", "U8", "F64"),
  )
    .map(([shape, dtype]): SafetensorsEntry => {
      const bytes = shape.reduce((a, b) => a * b, dtype === "U8" ? 1 : dtype === "F32" ? 4 : 8);
      return { dtype, shape, bytes: Uint8Array.from({ length: bytes }, (_, i) => i * 7) };
    });
  const names = fc.string({ unit: "binary" }).filter((name) => name !== "__metadata__");
  fc.assert(
    fc.property(fc.dictionary(names, tensor), fc.dictionary(names, names), (record, metadata) => {
      const tensors = new Map(Object.entries(record));
      const read = readSafetensors(writeSafetensors(tensors, metadata));
      assert.deepEqual({ ...read.metadata }, { ...metadata });
      assert.equal(read.tensors.size, tensors.size);
      for (const [name, { dtype, shape, bytes }] of tensors) {
        const found = read.tensors.get(name)!;
        assert.deepEqual([found.dtype, found.shape, [...found.bytes]], [dtype, shape, [...bytes]]);
      }
    }),
    { numRuns: 300, seed: 417 },
  );
});

Deno.test("writeSafetensors() refuses bytes that do not fit the shape", () => {
  const wrong: SafetensorsEntry = { dtype: "F32", shape: [2], bytes: new Uint8Array(4) };
  assert.throws(
    () => writeSafetensors(new Map([["w", wrong]])),
    /Cannot write tensor "w": F32 \[2\] takes 8 bytes, but there are 4/,
  );
});
