/** Readers of files, given files that were changed at random: a value or the documented error, soon. */

import assert from "node:assert/strict";
import process from "node:process";
import fc from "fast-check";
import { decodePng } from "../../artifacts/decode_png.ts";
import { encodePng } from "../../artifacts/encode_png.ts";
import { decodeNpy, encodeNpy } from "../../artifacts/npy.ts";
import { encodeNpz, openNpz } from "../../artifacts/npz.ts";
import { decodeSafetensors, encodeSafetensors } from "../../artifacts/safetensors.ts";
import { openZip } from "../../artifacts/zip.ts";
import { decodeAction, encodeAction } from "../../pipelines/store/action_record.ts";
import { parseIdx } from "../../stages/dataset/read_mnist.ts";
import { readTar } from "../../stages/dataset/read_tar.ts";
import { bytesOf, chunk, header, png, tarGz, u32, zip } from "./hostile_files.ts";
import { mutated } from "./mutations.ts";
import { deflateSync, gunzipSync } from "node:zlib";

/** Processor time of one file. */
const LIMIT_MS = 1000;
const SEED = 417;

interface Reader {
  /** Files that it can read. */
  readonly files: readonly Uint8Array[];
  readonly read: (file: Uint8Array) => unknown;
  /** Beside SyntaxError. */
  readonly errors?: readonly string[];
  readonly runs: number;
}

const key = "a".repeat(64);
const grey = { width: 5, height: 3, channels: 1 as const, pixels: new Uint8Array(15).fill(7) };
const lines = deflateSync(new Uint8Array(200));
const archive = zip(
  { name: "a.npy", data: encodeNpy([3], Float64Array.of(1, 2, 3)), isDeflated: true },
  { name: "b.npy", data: encodeNpy([2, 1], Uint8Array.of(1, 2)) },
);
const all = ({ names, read }: { names: readonly string[]; read: (name: string) => unknown }) =>
  names.map(read);

const readers: Readonly<Record<string, Reader>> = {
  "decodePng()": {
    files: [
      encodePng(grey),
      png(header(4, 4, [8, 6, 0, 0, 1]), chunk("IDAT", lines)),
      png(header(4, 4, [2, 3, 0, 0, 0]), chunk("PLTE", new Uint8Array(12)), chunk("IDAT", lines)),
    ],
    read: (file) => decodePng(file, { pixels: 10_000 }),
    runs: 600,
  },
  "decodeNpy()": {
    files: [
      encodeNpy([2, 3], Float32Array.of(1, 2, 3, 4, 5, 6)),
      encodeNpy([], BigInt64Array.of(7n)),
    ],
    read: decodeNpy,
    runs: 1500,
  },
  "openNpz()": {
    files: [
      archive,
      encodeNpz({ mu: { shape: [2], data: Float64Array.of(1, 2) } }),
    ],
    read: (file) => all(openNpz(file)),
    runs: 1500,
  },
  "openZip()": { files: [archive], read: (file) => all(openZip(file)), runs: 1500 },
  "decodeSafetensors()": {
    files: [encodeSafetensors({ a: { shape: [2], data: Float32Array.of(1, 2) } })],
    read: decodeSafetensors,
    errors: ["TypeError"],
    runs: 1500,
  },
  "parseIdx()": {
    files: [bytesOf(u32(0x803), u32(1), u32(2), u32(2), new Uint8Array(4))],
    read: (file) => parseIdx(file, "x", [1, 2, 2]),
    runs: 1500,
  },
  "readTar()": {
    files: [new Uint8Array(gunzipSync(tarGz({})))],
    read: (file) => readTar(file, { bytes: 10_000, files: 9 }),
    runs: 500,
  },
  "decodeAction()": {
    files: [encodeAction({
      ...{ format: 1, key, document: { a: [1] }, stage: "s", outputs: {} },
      ...{ warnings: [], seconds: 1, finishedAt: "", provenance: {} },
    })],
    read: (file) => decodeAction(key, new TextDecoder().decode(file)),
    runs: 1000,
  },
};

// Nothing but reading is allowed here, so a write anywhere would fail the test.
const permissions = { read: true, env: true } as const;

for (const [name, reader] of Object.entries(readers)) {
  Deno.test({
    name: `${name} reads a changed file or refuses it, and neither crashes nor hangs`,
    permissions,
    fn() {
      const { files, read, errors = [], runs } = reader;
      // Unchanged it must be readable, or every change would be refused for the same reason.
      files.slice(0, 1).forEach(read);
      const file = fc.oneof(
        ...files.map((each) => ({ arbitrary: mutated(each), weight: 4 })),
        fc.uint8Array({ maxLength: 200 }),
      );
      fc.assert(
        fc.property(file, (bytes) => {
          const started = process.cpuUsage();
          try {
            read(bytes);
          } catch (error) {
            const found = error instanceof Error ? error.name : String(error);
            assert.ok(["SyntaxError", ...errors].includes(found), `${found}: ${error}`);
          }
          const { user, system } = process.cpuUsage(started);
          assert.ok(user + system < LIMIT_MS * 1000, `${(user + system) / 1000} ms`);
        }),
        { seed: SEED, numRuns: runs },
      );
    },
  });
}
