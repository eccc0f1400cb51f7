import assert from "node:assert/strict";
import fc from "fast-check";
import { decodeNpy, encodeNpy, type NpyData } from "../../artifacts/npy.ts";
import vectors from "../fixtures/vectors.json" with { type: "json" };

/** A version 1 file with this header and data. */
function fileOf(dict: string, data: readonly number[], version = 1): Uint8Array {
  const header = new TextEncoder().encode(`${dict}\n`);
  const length = version === 1
    ? [header.length & 255, header.length >> 8]
    : [header.length & 255, header.length >> 8, 0, 0];
  return Uint8Array.of(
    0x93,
    0x4e,
    0x55,
    0x4d,
    0x50,
    0x59,
    version,
    0,
    ...length,
    ...header,
    ...data,
  );
}

const dict = (descr: string, shape: string, order = "False") =>
  `{'descr': '${descr}', 'fortran_order': ${order}, 'shape': (${shape}), }`;

Deno.test("decodeNpy() and encodeNpy() agree with numpy 1.24.2 on every byte", () => {
  for (const { file_hex: hex, shape, dtype } of vectors.npy) {
    const array = decodeNpy(Uint8Array.fromHex(hex));
    assert.deepEqual(array.shape, shape);
    assert.equal(encodeNpy(array.shape, array.data).toHex(), hex, dtype);
  }
  const [floats, bytes, integers] = vectors.npy.map((row) =>
    decodeNpy(Uint8Array.fromHex(row.file_hex))
  );
  assert.deepEqual(floats!.data, Float32Array.of(0, 1, 2, 3, 4, 5));
  assert.deepEqual(bytes!.data, Uint8Array.of(0, 1, 254, 255));
  // 2^53 + 1 is why 64-bit integers stay BigInt.
  assert.deepEqual(integers!.data, BigInt64Array.of(-1n, 0n, 9007199254740993n));
});

Deno.test("decodeNpy() reads big-endian, half, bool and Fortran-ordered data", () => {
  assert.deepEqual(
    decodeNpy(fileOf(dict(">u2", "2,"), [1, 2, 3, 4])).data,
    Uint16Array.of(258, 772),
  );
  assert.deepEqual(decodeNpy(fileOf(dict("<f2", "1,"), [0xff, 0x7b])).data, Float32Array.of(65504));
  assert.deepEqual(decodeNpy(fileOf(dict("|b1", "2,"), [0, 1])).data, Uint8Array.of(0, 1));
  const fortran = decodeNpy(fileOf(dict("|u1", "2, 3", "True"), [1, 4, 2, 5, 3, 6]));
  assert.deepEqual(fortran.data, Uint8Array.of(1, 2, 3, 4, 5, 6));
});

Deno.test("decodeNpy() reads versions 2 and 3, and scalars", () => {
  for (const version of [2, 3]) {
    const { shape, data } = decodeNpy(fileOf(dict("|u1", ""), [7], version));
    assert.deepEqual([shape, [...data]], [[], [7]]);
  }
});

const rejected: Record<string, Uint8Array> = {
  "Python objects": fileOf(dict("|O", "1,"), [0]),
  "records": fileOf("{'descr': [('a', '<f4')], 'fortran_order': False, 'shape': (1,), }", [
    0,
    0,
    0,
    0,
  ]),
  "code in the shape": fileOf(dict("|u1", "__import__('os')"), [0]),
  "too little data": fileOf(dict("<f4", "2,"), [0, 0, 0, 0]),
  "too much data": fileOf(dict("|u1", "1,"), [0, 0]),
  "version 4": fileOf(dict("|u1", "1,"), [0], 4),
  "another format": new TextEncoder().encode("PK\x03\x04 not an array at all"),
  "a cut header": fileOf(dict("|u1", "1,"), []).subarray(0, 30),
  "an empty file": new Uint8Array(0),
};

for (const [what, file] of Object.entries(rejected)) {
  Deno.test(`decodeNpy() refuses ${what}`, () => {
    assert.throws(() => decodeNpy(file), { name: "SyntaxError", message: /^Cannot read .npy: / });
  });
}

Deno.test("decodeNpy() throws nothing but SyntaxError, whatever bytes are changed", () => {
  const sample = Uint8Array.fromHex(vectors.npy[0]!.file_hex);
  const change = fc.record({
    at: fc.nat(sample.length - 1),
    byte: fc.integer({ min: 0, max: 255 }),
  });
  fc.assert(
    fc.property(fc.array(change, { minLength: 1, maxLength: 4 }), fc.nat(30), (changes, cut) => {
      const file = sample.slice(0, sample.length - cut);
      for (const { at, byte } of changes) if (at < file.length) file[at] = byte;
      try {
        decodeNpy(file);
      } catch (error) {
        assert.ok(error instanceof SyntaxError, String(error));
      }
    }),
    { numRuns: 2000, seed: 417 },
  );
});

Deno.test("decodeNpy() undoes encodeNpy() for every type and shape", () => {
  const types: ((count: number) => NpyData)[] = [
    (count) => Float32Array.from({ length: count }, (_, i) => i / 3),
    (count) => Float64Array.from({ length: count }, (_, i) => -i / 3),
    (count) => Uint8Array.from({ length: count }, (_, i) => i),
    (count) => Int8Array.from({ length: count }, (_, i) => -i),
    (count) => Uint16Array.from({ length: count }, (_, i) => 1000 * i),
    (count) => Int16Array.from({ length: count }, (_, i) => -1000 * i),
    (count) => Uint32Array.from({ length: count }, (_, i) => 1e8 * i),
    (count) => Int32Array.from({ length: count }, (_, i) => -1e8 * i),
    (count) => BigUint64Array.from({ length: count }, (_, i) => 2n ** 60n * BigInt(i % 9)),
    (count) => BigInt64Array.from({ length: count }, (_, i) => -(2n ** 60n) * BigInt(i % 7)),
  ];
  fc.assert(
    fc.property(fc.constantFrom(...types), fc.array(fc.nat(4), { maxLength: 4 }), (make, shape) => {
      const data = make(shape.reduce((product, size) => product * size, 1));
      const file = encodeNpy(shape, data);
      // NEP 1: the data begins at a multiple of 64.
      assert.equal((file.length - data.byteLength) % 64, 0);
      assert.deepEqual(decodeNpy(file), { shape, data });
    }),
    { numRuns: 300, seed: 417 },
  );
});

Deno.test("encodeNpy() refuses a shape that does not hold the data", () => {
  assert.throws(() => encodeNpy([2, 2], new Float32Array(3)), RangeError);
});
