import assert from "node:assert/strict";
import { deflateRawSync } from "node:zlib";
import fc from "fast-check";
import { encodeNpz, openNpz } from "../../artifacts/npz.ts";
import { encodeNpy } from "../../artifacts/npy.ts";
import { writeZip } from "../../artifacts/write_zip.ts";
import { openZip } from "../../artifacts/zip.ts";
import fixture from "../fixtures/npz.json" with { type: "json" };

const mu = Float64Array.of(0.5, -1);
const sigma = Float64Array.of(1, 0.25, 0.25, 2);

for (const [name, file] of Object.entries(fixture.files)) {
  Deno.test(`openNpz() reads what ${fixture.madeBy} wrote by ${name}`, () => {
    const npz = openNpz(Uint8Array.fromHex(file));
    assert.deepEqual(npz.names, ["mu", "sigma", "n"]);
    assert.deepEqual(npz.read("mu"), { shape: [2], data: mu });
    assert.deepEqual(npz.read("sigma"), { shape: [2, 2], data: sigma });
    assert.deepEqual(npz.read("n"), { shape: [], data: BigInt64Array.of(50n) });
  });
}

Deno.test("openNpz() reads local headers as numpy 1.24 wrote them, with a zip64 field", () => {
  const header = Uint8Array.fromHex(fixture.localHeader);
  const file = Uint8Array.fromHex(fixture.files["savez"]);
  // All of the reference header up to the data but its checksum, which is of other numbers.
  file.set(header.subarray(0, 14));
  file.set(header.subarray(18, 56), 18);
  assert.deepEqual(openNpz(file).read("mu"), { shape: [2], data: mu });
  // The field is not where sizes are read, but it is not taken for data either.
  file.fill(0xff, 40, 56);
  assert.deepEqual(openNpz(file).read("mu"), { shape: [2], data: mu });
});

Deno.test("encodeNpz() writes the same bytes for the same arrays, in any order", () => {
  const arrays = { mu: { shape: [2], data: mu }, sigma: { shape: [2, 2], data: sigma } };
  const file = encodeNpz(arrays);
  assert.deepEqual(encodeNpz({ sigma: arrays.sigma, mu: arrays.mu }), file);
  assert.deepEqual(openNpz(file).read("sigma"), arrays.sigma);
});

Deno.test("openNpz() names the arrays there are when one is missing", () => {
  const file = encodeNpz({ mu: { shape: [2], data: mu }, sigma: { shape: [2, 2], data: sigma } });
  assert.throws(() => openNpz(file).read("cov"), /must have an array "cov", but it has mu, sigma/);
  const twice = writeZip(new Map([["mu", new Uint8Array()], ["mu.npy", encodeNpy([2], mu)]]));
  assert.throws(() => openNpz(twice), /two entries of mu, mu\.npy are one array/);
});

Deno.test("openZip() undoes writeZip()", () => {
  const files = fc.dictionary(
    fc.stringMatching(/^[a-zé ]{1,9}(\/[a-z.]{1,4}x)?$/u),
    fc.uint8Array({ maxLength: 40 }),
    { maxKeys: 5 },
  );
  fc.assert(
    fc.property(files, (contents) => {
      const zip = openZip(writeZip(new Map(Object.entries(contents))));
      assert.deepEqual(zip.names, Object.keys(contents));
      for (const name of zip.names) {
        assert.deepEqual([...zip.read(name)], [...contents[name]!]);
        assert.equal(zip.size(name), contents[name]!.length);
      }
    }),
    { numRuns: 300, seed: 417 },
  );
});

/** An archive of one deflated entry that says `size` in both headers. */
function deflated(content: Uint8Array, size: number): Uint8Array {
  const file = writeZip(new Map([["a.npy", new Uint8Array(deflateRawSync(content))]]));
  const view = new DataView(file.buffer);
  const directory = view.getUint32(file.length - 6, true);
  for (const [method, plain] of [[8, 22], [directory + 10, directory + 24]] as const) {
    view.setUint16(method, 8, true);
    view.setUint32(plain, size, true);
  }
  return file;
}

Deno.test("openZip() never inflates more than an entry says, nor lets it say more than there can be", () => {
  const content = new Uint8Array(2 ** 20);
  assert.throws(() => openZip(deflated(content, 1000)).read("a.npy"), /cannot be decompressed to/);
  assert.throws(
    () => openZip(deflated(content, 2 ** 20 + 1)).read("a.npy"),
    /must have 1048577 bytes, but it has 1048576/,
  );
  assert.throws(
    () => openZip(deflated(content, 2 ** 31)),
    /says 2147483648 bytes of \d+ compressed/,
  );
  assert.throws(
    () => openZip(deflated(content, 2 ** 20), { maxBytes: 2 ** 19 }),
    /may have 524288 bytes together, but they say 1048576/,
  );
});

Deno.test("openZip() refuses entries that overlap", () => {
  // The first entry's data hold a whole second entry, to which the directory points.
  const inner = writeZip(new Map([["inner", Uint8Array.of(1, 2, 3)]]));
  const file = writeZip(new Map([["outer", inner], ["inner", Uint8Array.of(1, 2, 3)]]));
  const view = new DataView(file.buffer);
  const directory = view.getUint32(file.length - 6, true);
  const place = directory + 46 + "outer".length + 42;
  view.setUint32(place, 30 + "outer".length, true);
  assert.throws(() => openZip(file), /the entries "outer" and "inner" overlap/);
});

Deno.test("openZip() refuses end records that disagree", () => {
  const file = Uint8Array.fromHex(fixture.zip64);
  assert.deepEqual([...openZip(file).read("x.npy")], [1, 2, 3]);
  const record = new TextDecoder("latin1").decode(file).indexOf("PK\x06\x06");
  assert.throws(
    () => openZip(file.with(record + 32, 2)),
    /must be one file, but it says that it is part of several/,
  );
  assert.throws(() => openZip(file.with(record + 48, 1)), /directory must end at byte/);
  assert.throws(() => openZip(file.with(record + 55, 1)), /beyond any file/);
});

Deno.test("openZip() ends in a clear error, whatever bytes are changed", () => {
  const samples = [...Object.values(fixture.files), fixture.zip64].map((hex) =>
    Uint8Array.fromHex(hex)
  );
  const change = fc.record({ at: fc.nat(), byte: fc.integer({ min: 0, max: 255 }) });
  fc.assert(
    fc.property(
      fc.constantFrom(...samples),
      fc.array(change, { minLength: 1, maxLength: 4 }),
      (sample, changes) => {
        const file = sample.slice();
        for (const { at, byte } of changes) file[at % file.length] = byte;
        try {
          const zip = openZip(file);
          for (const name of zip.names) zip.read(name);
        } catch (error) {
          assert.ok(error instanceof SyntaxError, String(error));
          assert.match(error.message, /^Cannot read zip: /);
        }
      },
    ),
    { numRuns: 5000, seed: 417 },
  );
});
