/** Files made to hang, crash or mislead their readers: each ends in a named error, soon. */

import assert from "node:assert/strict";
import process from "node:process";
import { gzipSync } from "node:zlib";
import type { ArtifactKindId } from "../../artifacts/artifact.ts";
import { decodePicture } from "../../artifacts/decode_picture.ts";
import { readStatistics } from "../../artifacts/feature_stats.ts";
import { artifactKinds } from "../../artifacts/mod.ts";
import { decodeNpy } from "../../artifacts/npy.ts";
import { openNpz } from "../../artifacts/npz.ts";
import { readPytorchFile } from "../../artifacts/pytorch_file.ts";
import { decodeSafetensors } from "../../artifacts/safetensors.ts";
import { openZip } from "../../artifacts/zip.ts";
import { decodeAction, encodeAction } from "../../pipelines/store/action_record.ts";
import { digestOf } from "../../pipelines/key/digest.ts";
import { parseRunRecord } from "../../pipelines/parse_run_record.ts";
import type { Action } from "../../pipelines/store/store.ts";
import { parseIdx } from "../../stages/dataset/read_mnist.ts";
import { readNumberRows } from "../../stages/dataset/read_number_rows.ts";
import { readTarGz } from "../../stages/dataset/read_tar.ts";
import {
  bytesOf,
  chunk,
  deflatedZeros,
  end,
  header,
  little,
  npy,
  npyOf,
  png,
  pngSignature,
  safetensors,
  tarGz,
  u32,
  zip,
} from "./hostile_files.ts";

/** Processor time: a busy machine does not count. */
const LIMIT_MS = 2000;
/** Memory that a refusal may leave allocated. */
const LIMIT_BYTES = 512 * 2 ** 20;

type Attack = readonly [name: string, use: () => unknown, expected: RegExp];

const pixels = { pixels: 2 ** 20 };
const picture = (bytes: Uint8Array) => () => decodePicture(bytes, pixels);
const small = chunk("IDAT", deflatedZeros(4));

const pictures: readonly Attack[] = [
  ["a PNG of 2^31 x 2^31", picture(png(header(2 ** 31, 2 ** 31), small)), /1 to 1048576 pixels/],
  ["a PNG of no width", picture(png(header(0, 1), small)), /1 to 1048576 pixels/],
  ["a PNG one pixel too large", picture(png(header(2 ** 20 + 1, 1), small)), /1 to 1048576 pixels/],
  [
    "a PNG whose data inflate to 200 MB",
    picture(png(header(1, 1, [8, 2, 0, 0, 1]), chunk("IDAT", deflatedZeros(200_000_000)))),
    /must have 4 bytes, but there are more/,
  ],
  ["a PNG without data", picture(png(header(1, 1))), /Cannot decode PNG/],
  [
    "a PNG of 10 x 10 with data for one pixel",
    picture(png(header(10, 10), small)),
    /Cannot decode PNG/,
  ],
  ["a PNG without an end", picture(bytesOf(pngSignature, header(1, 1), small)), /no end chunk/],
  [
    "a PNG chunk of 2^31 bytes",
    picture(bytesOf(pngSignature, header(1, 1), u32(2 ** 31), "IDAT", end)),
    /does not end in the file/,
  ],
  [
    "a PNG chunk with a wrong checksum",
    picture(png(header(1, 1), bytesOf(u32(1), "IDAT", 0, u32(7)))),
    /wrong checksum/,
  ],
  ["a PNG of depth 3", picture(png(header(1, 1, [3, 2, 0, 0, 0]), small)), /Cannot decode PNG/],
  [
    "a PNG of colour type 9",
    picture(png(header(1, 1, [8, 9, 0, 0, 0]), small)),
    /Cannot decode PNG/,
  ],
  [
    "a PNG of an unknown filter",
    picture(png(header(1, 1, [8, 2, 0, 9, 0]), small)),
    /Cannot decode PNG/,
  ],
  [
    "a PNG palette that is missing",
    picture(png(header(1, 1, [8, 3, 0, 0, 0]), small)),
    /Cannot decode PNG/,
  ],
  [
    "a PNG with the end first",
    picture(bytesOf(pngSignature, end, header(1, 1))),
    /Cannot decode PNG/,
  ],
  ["a PNG header alone", picture(pngSignature), /Cannot decode PNG/],
  [
    "20,000 empty PNG chunks",
    picture(png(header(1, 1), ...Array(20_000).fill(chunk("tEXt", new Uint8Array())))),
    /Cannot decode PNG/,
  ],
  ["a GIF", picture(bytesOf("GIF89a", new Uint8Array(20))), /must be PNG or JPEG/],
  ["an SVG", picture(bytesOf("<svg onload='alert(1)'/>")), /must be PNG or JPEG/],
  [
    "a JPEG of 65535 x 65535",
    picture(bytesOf(0xff, 0xd8, 0xff, 0xc0, 0, 11, 8, 0xff, 0xff, 0xff, 0xff, 1, 1, 0x11, 0)),
    /1 to 1048576 pixels/,
  ],
  [
    "a JPEG of FF",
    picture(bytesOf(0xff, 0xd8, new Uint8Array(2 ** 20).fill(0xff))),
    /frame header/,
  ],
  [
    "a JPEG segment of no length, forever",
    picture(bytesOf(0xff, 0xd8, ...Array(1000).fill(Uint8Array.of(0xff, 0xe0, 0, 0)))),
    /Cannot decode JPEG/,
  ],
  [
    "a JPEG of 1,000 scans",
    picture(bytesOf(
      ...[0xff, 0xd8, 0xff, 0xc2, 0, 11, 8, 0, 1, 0, 1, 1, 1, 0x11, 0],
      ...Array(1000).fill(Uint8Array.of(0xff, 0xda, 0, 8, 1, 1, 0, 0, 0, 0)),
    )),
    /at most 100 scans/,
  ],
];

const array = (bytes: Uint8Array) => () => decodeNpy(bytes);
const arrays: readonly Attack[] = [
  [
    "an .npy header of 4 GiB",
    array(bytesOf(0x93, "NUMPY", 2, 0, u32(0xffffffff))),
    /header may have/,
  ],
  ["an .npy header of 1 MiB", array(npy(" ".repeat(2 ** 20), undefined, 2)), /header may have/],
  ["an .npy shape of 10^30", array(npyOf(`(${10n ** 30n},)`, Uint8Array.of(1))), /whole sizes/],
  [
    "an .npy shape that overflows",
    array(npyOf("(4294967296, 4294967296)", Uint8Array.of(1))),
    /bytes/,
  ],
  [
    "an .npy shape that overflows to 0",
    array(npyOf("(0, 9007199254740991)", new Uint8Array())),
    /empty array/,
  ],
  [
    "an .npy of 30,000 axes",
    array(npyOf(`(${"1,".repeat(30_000)})`, Uint8Array.of(1), "|u1", "True")),
    /at most 64/,
  ],
  ["an .npy of negative size", array(npyOf("(-1,)", new Uint8Array())), /tuple of whole numbers/],
  [
    "an .npy of objects, which is a pickle",
    array(npyOf("(1,)", Uint8Array.of(0x80, 4), "|O")),
    /number type/,
  ],
  [
    "an .npy of a prototype's name",
    array(npyOf("(1,)", Uint8Array.of(1), "<constructor")),
    /number type/,
  ],
  ["an .npy header that calls", array(npy("__import__('os').system('id')")), /descr/],
  ["an .npy header of open quotes", array(npy("{'descr': '".repeat(5000))), /Cannot read .npy/],
  [
    "an .npy of spaces that a pattern loves",
    array(npy(`{'shape': (${" ".repeat(60_000)}`)),
    /Cannot read .npy/,
  ],
  ["an .npy that is cut", array(npyOf("(9,)", Uint8Array.of(1))), /must have 9 bytes/],
  ["an .npy of version 9", array(bytesOf(0x93, "NUMPY", 9, 0, u32(0))), /version 1, 2 or 3/],
];

const weights = (headerText: string, data = new Uint8Array()) => () =>
  decodeSafetensors(safetensors(headerText, data));
const f32 = (begin: number, finish: number, shape = "[1]") =>
  `{"dtype":"F32","shape":${shape},"data_offsets":[${begin},${finish}]}`;
const eight = new Uint8Array(8);
const tensors: readonly Attack[] = [
  [
    "safetensors with a header of 2^64 - 1",
    () => decodeSafetensors(bytesOf(little(2n ** 64n - 1n, 8), "{}")),
    /header may have/,
  ],
  [
    "safetensors with a header of 99 MB that is not there",
    () => decodeSafetensors(bytesOf(little(99_000_000, 8), "{}")),
    /should end at byte/,
  ],
  [
    "safetensors that overlap",
    weights(`{"a":${f32(0, 4)},"b":${f32(0, 4)}}`, eight),
    /must begin at 4/,
  ],
  ["safetensors with a hole", weights(`{"a":${f32(4, 8)}}`, eight), /must begin at 0/],
  ["safetensors beyond the file", weights(`{"a":${f32(0, 4)}}`), /bytes of data/],
  ["safetensors with bytes left over", weights(`{"a":${f32(0, 4)}}`, eight), /cover 4 bytes/],
  ["safetensors that end before they begin", weights(`{"a":${f32(4, 0)}}`, eight), /takes 4 bytes/],
  ["safetensors of negative size", weights(`{"a":${f32(0, 4, "[-1]")}}`, eight), /list of sizes/],
  ["safetensors of NaN", weights(`{"a":${f32(0, 4, "[NaN]")}}`, eight), /must be JSON/],
  ["safetensors of null", weights(`{"a":${f32(0, 4, "[null]")}}`, eight), /list of sizes/],
  ["safetensors of half an item", weights(`{"a":${f32(0, 4, "[0.5]")}}`, eight), /list of sizes/],
  ["safetensors of 1e400 items", weights(`{"a":${f32(0, 4, "[1e400]")}}`, eight), /list of sizes/],
  [
    "safetensors whose shape overflows",
    weights(`{"a":${f32(0, 4, "[4294967296,4294967296]")}}`, eight),
    /too large/,
  ],
  ["safetensors with a key twice", weights(`{"a":${f32(0, 4)},"a":${f32(4, 8)}}`, eight), /twice/],
  [
    "safetensors with an escaped key twice",
    weights(`{"a":${f32(0, 4)},"\\u0061":${f32(4, 8)}}`, eight),
    /twice/,
  ],
  [
    "safetensors of a prototype's dtype",
    weights(`{"a":{"dtype":"constructor","shape":[1],"data_offsets":[0,4]}}`, eight),
    /dtype/,
  ],
  ["safetensors of 20,000 brackets", weights(`{"a":${"[".repeat(20_000)}`), /must be JSON/],
  [
    "safetensors of metadata that are no text",
    weights('{"__metadata__":{"a":1}}'),
    /must be a string/,
  ],
  [
    "safetensors of 300,000 empty tensors with holes",
    weights(`{${Array.from({ length: 100_000 }, (_, i) => `"t${i}":${f32(1, 1, "[0]")}`).join()}}`),
    /must begin at 0/,
  ],
];

const one = Uint8Array.of(1);
const archive = (bytes: Uint8Array, name = "a") => () => {
  const opened = openZip(bytes, { maxBytes: 2 ** 30 });
  return opened.read(opened.names[0] ?? name);
};
const names: Readonly<Record<string, string>> = {
  "a path above": "../a",
  "an absolute path": "/etc/a",
  "a Windows path": "..\\a",
  "a drive": "C:a",
  "a line end": "a\nb",
  "an empty part": "a//b",
  "a NUL": "a\0b",
};
const archives: readonly Attack[] = [
  ...Object.entries(names).map(([what, name]): Attack => [
    `a zip entry named by ${what}`,
    archive(zip({ name, data: one })),
    /must be a relative path/,
  ]),
  [
    "a zip that says 4 GiB of 1 KiB",
    archive(zip({ name: "a", data: new Uint8Array(2 ** 20), isDeflated: true, size: 0xfffffff0 })),
    /says 4294967280 bytes/,
  ],
  [
    "a zip that says less than it is",
    archive(zip({ name: "a", data: new Uint8Array(2 ** 20), isDeflated: true, size: 10 })),
    /cannot be decompressed to 10 bytes/,
  ],
  [
    "a zip with the same entry twice",
    archive(zip({ name: "a", data: one }, { name: "a", data: one })),
    /comes twice/,
  ],
  [
    "a zip whose entries are one file",
    archive(zip({ name: "a", data: one }, { name: "b", data: one, start: 0 })),
    /another name|overlap/,
  ],
  [
    "a zip entry that is a link",
    archive(zip({ name: "a", data: one, mode: 0o120777 })),
    /symbolic link/,
  ],
  ["a zip entry that is encrypted", archive(zip({ name: "a", data: one, flags: 1 })), /encrypted/],
  ["a zip with a wrong checksum", archive(zip({ name: "a", data: one, crc: 7 })), /CRC-32/],
  [
    "a zip entry that begins beyond",
    archive(zip({ name: "a", data: one, start: 99_999 })),
    /no local header/,
  ],
  [
    "a zip of 65,535 entries that are not there",
    archive(
      bytesOf(
        "PK",
        5,
        6,
        little(0, 4),
        little(65_535, 2),
        little(65_535, 2),
        little(0, 4),
        little(0, 4),
        little(0, 2),
      ),
    ),
    /cannot have/,
  ],
  [
    "a zip of end records",
    archive(bytesOf(...Array(3000).fill(bytesOf("PK", 5, 6, new Uint8Array(18).fill(1))))),
    /Cannot read zip/,
  ],
  ["an empty zip", archive(new Uint8Array()), /no end record/],
  [
    "an .npz of two names for one array",
    () => openNpz(zip({ name: "a.npy", data: one }, { name: "a", data: one })),
    /are one array/,
  ],
  [
    "statistics that inflate to 1 GB",
    () =>
      readStatistics(
        zip({
          name: "mu.npy",
          data: new Uint8Array(2 ** 20),
          isDeflated: true,
          size: 1_000_000 * 1000,
        }),
      ),
    /says|may have/,
  ],
  [
    "an archive that inflates to 300 MB",
    () => readTarGz(gzipSync(new Uint8Array(300_000_000)), { bytes: 10_000_000, files: 9 }),
    /at most 10000000 bytes/,
  ],
  [
    "a tar path above",
    () => readTarGz(tarGz({ path: "../../etc/passwd" }), { bytes: 9999, files: 9 }),
    /plain relative path/,
  ],
  [
    "a tar path that is absolute",
    () => readTarGz(tarGz({ path: "/etc/passwd" }), { bytes: 9999, files: 9 }),
    /plain relative path/,
  ],
  [
    "a tar size beyond the archive",
    () => readTarGz(tarGz({ size: "77777777777" }), { bytes: 9999, files: 9 }),
    /ends before/,
  ],
  [
    "a tar size that is no number",
    () => readTarGz(tarGz({ size: "-0000000001" }), { bytes: 9999, files: 9 }),
    /no size/,
  ],
];

const others: readonly Attack[] = [
  [
    "a pickle that calls os.system",
    () =>
      readPytorchFile(
        zip({ name: "x/data.pkl", data: bytesOf(0x80, 2, "cos\nsystem\n(S'id'\ntR.") }, {
          name: "x/version",
          data: bytesOf("3\n"),
        }),
      ),
    /os/,
  ],
  [
    "a pickle alone that calls eval",
    () => readPytorchFile(bytesOf(0x80, 2, "c__builtin__\neval\n(S'1'\ntR.")),
    /Cannot read/,
  ],
  [
    "an IDX of 2^32 digits",
    () => parseIdx(bytesOf(u32(0x803), u32(0xffffffff), u32(28), u32(28)), "x", [1, 28, 28]),
    /its shape is/,
  ],
  [
    "an IDX of doubles",
    () => parseIdx(bytesOf(u32(0xe03), u32(1), u32(28), u32(28)), "x", [1, 28, 28]),
    /magic number/,
  ],
  ["an IDX that is cut", () => parseIdx(bytesOf(u32(0x801), u32(9)), "x", [9]), /bytes, not/],
  [
    "a table of 2,000,000 cells in a line",
    () => readNumberRows("1,".repeat(2_000_000), { rows: 1, columns: 2 }, "x"),
    /must have 2 cells/,
  ],
  [
    "a table of 1,000,000 lines",
    () => readNumberRows("1\n".repeat(1_000_000), { rows: 2, columns: 1 }, "x"),
    /is too much/,
  ],
  [
    "a table of hexadecimal",
    () => readNumberRows("0x1f", { rows: 1, columns: 1 }, "x"),
    /finite number/,
  ],
];

const key = "a".repeat(64);
const good: Action = {
  format: 1,
  key,
  document: {},
  stage: "s",
  outputs: {},
  warnings: [],
  seconds: 1,
  finishedAt: "",
  provenance: {},
};
const output = (path: string, more: object = {}) => ({
  outputs: {
    o: {
      ...{ kind: "media", kindVersion: 1, digest: key, bytes: 1 },
      files: [{ path, size: 1, sha256: key }],
      ...more,
    },
  },
});
/** A record whose own digest is right, as an attacker would make it. */
const record = (change: object) => () => {
  const text = JSON.stringify({ ...good, ...change });
  return decodeAction(key, `{"action":${text},"sha256":"${digestOf(text)}"}\n`);
};
const records: readonly Attack[] = [
  ...Object.values({ ...names, long: "a".repeat(65), hidden: ".a", dots: "..", empty: "" }).map(
    (path): Attack => [
      `a record of a file named ${JSON.stringify(path).slice(0, 20)}`,
      record(output(path)),
      /Cannot read the record/,
    ],
  ),
  ["a record of another key", record({ key: "b".repeat(64) }), /belongs to key/],
  [
    "a record of a blob that is a path",
    record(output("a", { files: [{ path: "a", size: 1, sha256: "../../../etc/passwd" }] })),
    /Cannot read the record/,
  ],
  [
    "a record of an unknown kind",
    record(output("a", { kind: "pickle" })),
    /Cannot read the record/,
  ],
  ["a record of negative size", record(output("a", { bytes: -1 })), /Cannot read the record/],
  ["a record of a port named __proto__", () => {
    const text = JSON.stringify({ ...good, ...output("a") }).replace('"o":', '"__proto__":');
    return decodeAction(key, `{"action":${text},"sha256":"${digestOf(text)}"}\n`);
  }, /Cannot read the record/],
  ["a record with a field of its own", record({ exec: "rm -rf /" }), /Cannot read the record/],
  [
    "a record with a wrong digest",
    () => decodeAction(key, new TextDecoder().decode(encodeAction(good)).replace('"s"', '"t"')),
    /its digest must be/,
  ],
  [
    "a run's record 20,000 deep",
    () =>
      parseRunRecord(`{"stages":[{"params":{"x":${"[".repeat(20_000)}${"]".repeat(20_000)}}}]}`),
    /Cannot read the record of a run/,
  ],
  [
    "a record 20,000 deep",
    () => {
      const text = `{"document":${"[".repeat(20_000)}${"]".repeat(20_000)}}`;
      return decodeAction(key, `{"action":${text},"sha256":"${digestOf(text)}"}\n`);
    },
    /Cannot read the record/,
  ],
];

/** Decodes an artifact of these files. */
function artifact(kind: ArtifactKindId, files: Readonly<Record<string, string | Uint8Array>>) {
  return async () => {
    await artifactKinds[kind].decode({
      names: Object.keys(files),
      read(name) {
        const file = Object.hasOwn(files, name) ? files[name] : undefined;
        if (file === undefined) return Promise.reject(new Error(`there is no file "${name}"`));
        return Promise.resolve(typeof file === "string" ? new TextEncoder().encode(file) : file);
      },
    });
  };
}
const clips = (metadata: object) =>
  JSON.stringify({ split: "train", contextFrames: 0, samplesPerClip: 1, source: "x", ...metadata });
const media = (item: object) =>
  JSON.stringify({
    items: [{ name: "a.png", type: "image/png", width: 1, height: 1, caption: "", ...item }],
  });
const frames = npyOf("(1, 1, 1, 1, 1)", one);
const artifacts: readonly Attack[] = [
  [
    "clips of 10^300 condition numbers",
    artifact("clips", { "clips.json": clips({ conditionSize: 1e300 }), "frames.npy": frames }),
    /Cannot read/,
  ],
  [
    "clips of 2^52 condition numbers",
    artifact("clips", {
      "clips.json": clips({ conditionSize: 2 ** 52 }),
      "frames.npy": frames,
      "conditions.npy": frames,
    }),
    /conditions must be/,
  ],
  [
    "clips of half a context frame",
    artifact("clips", { "clips.json": clips({ contextFrames: 0.5 }), "frames.npy": frames }),
    /contextFrames/,
  ],
  [
    "clips without clips but 9 * 10^15 frames",
    artifact("clips", {
      "clips.json": clips({}),
      "frames.npy": npyOf("(0, 9007199254740991, 1, 1, 1)", new Uint8Array()),
    }),
    /empty array/,
  ],
  [
    "clips of text",
    artifact("clips", { "clips.json": "'; DROP TABLE", "frames.npy": frames }),
    /must be JSON/,
  ],
  [
    "clips of 65 MiB of JSON",
    artifact("clips", {
      "clips.json": new Uint8Array(65 * 2 ** 20).fill(0x20),
      "frames.npy": frames,
    }),
    /at most 67108864 bytes/,
  ],
  [
    "clips of six axes",
    artifact("clips", { "clips.json": clips({}), "frames.npy": npyOf("(1,1,1,1,1,1)", one) }),
    /its shape must be/,
  ],
  [
    "labels of another count",
    artifact("clips", {
      "clips.json": clips({ labelled: true }),
      "frames.npy": frames,
      "labels.npy": npyOf("(2,)", new Uint8Array(8), "<i4"),
    }),
    /labels must be/,
  ],
  [
    "media named by a path",
    artifact("media", { "media.json": media({ name: "../../x.html" }) }),
    /items.0.name/,
  ],
  [
    "media named by a device's case",
    artifact("media", { "media.json": media({ name: "A.PNG" }) }),
    /items.0.name/,
  ],
  [
    "media of HTML",
    artifact("media", { "media.json": media({ type: "text/html" }) }),
    /items.0.type/,
  ],
  [
    "media of negative size",
    artifact("media", { "media.json": media({ width: -1 }) }),
    /items.0.width/,
  ],
  ["media that are not there", artifact("media", { "media.json": media({}) }), /no file "a.png"/],
  [
    "curves of text",
    artifact("curves", {
      "curves.json": JSON.stringify({
        charts: [{
          title: "x",
          xLabel: "",
          yLabel: "",
          series: [{ name: "", points: [["1", 2]] }],
        }],
      }),
    }),
    /points/,
  ],
  [
    "scores that are no numbers",
    artifact("scores", { "scores.json": '{"scores":[{"value":1e999}]}' }),
    /scores/,
  ],
  [
    "weights with a config named __proto__ and no tensors",
    artifact("weights", {
      "weights.json": '{"model":"x","config":{"__proto__":{"x":1}},"averaged":true,"step":0}',
      "parameters.safetensors": safetensors("{}"),
    }),
    /Cannot read|no file/,
  ],
];

const all = { pictures, arrays, tensors, archives, others, records, artifacts };

for (const [what, attacks] of Object.entries(all)) {
  Deno.test(`hostile ${what} end in a named error, soon and without taking memory`, async (t) => {
    assert.equal(new Set(attacks.map(([name]) => name)).size, attacks.length);
    for (const [name, use, expected] of attacks) {
      await t.step(name, async () => {
        const started = process.cpuUsage();
        const before = process.memoryUsage().rss;
        await assert.rejects(
          async () => void await use(),
          (error) => {
            assert.ok(error instanceof Error && !(error instanceof RangeError), String(error));
            assert.match(error.message, expected);
            assert.ok(error.message.length < 2000, `${error.message.length} characters`);
            return true;
          },
        );
        const { user, system } = process.cpuUsage(started);
        const elapsedMs = (user + system) / 1000;
        assert.ok(elapsedMs < LIMIT_MS, `${Math.round(elapsedMs)} ms`);
        const taken = process.memoryUsage().rss - before;
        assert.ok(taken < LIMIT_BYTES, `${taken} bytes`);
      });
    }
  });
}
