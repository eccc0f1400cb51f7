import { deepEqual, equal, match, ok, rejects } from "node:assert/strict";
import { createHash } from "node:crypto";
import { gzipSync } from "node:zlib";
import {
  cifar10Pictures,
  downloadCifar10,
  filesOfArchive,
  filesOfFolder,
} from "../../../stages/dataset/cifar10_pictures.ts";
import type { Fit } from "../../../stages/dataset/fit_raster.ts";
import { MemoryCheckpoint } from "../../support/memory_checkpoint.ts";
import { memoryFolder } from "../../support/memory_folder.ts";
import { tar } from "../../support/tar.ts";

/** Images in each file of the small set. */
const RECORDS = 4;
const fit: Fit = {
  size: 32,
  channels: 3,
  mode: "crop",
  filter: "bilinear",
  background: [0, 0, 0],
};
const split = { shares: { validation: 0.2, test: 0.1 }, seed: 1n };

/** Record r of file f has label (f + r) mod 10 and planes of 10 f + r, 100 and the pixel's row. */
function records(file: number): Uint8Array {
  return Uint8Array.from({ length: RECORDS * 3073 }, (_, i) => {
    const [record, at] = [Math.floor(i / 3073), i % 3073 - 1];
    if (at < 0) return (file + record) % 10;
    const plane = Math.floor(at / 1024);
    return plane === 0 ? 10 * file + record : plane === 1 ? 100 : Math.floor(at % 1024 / 32);
  });
}

const names = [1, 2, 3, 4, 5].map((n) => `data_batch_${n}.bin`).concat("test_batch.bin");
const files = Object.fromEntries(names.map((name, f) => [name, records(f)]));
const archive = gzipSync(tar([
  { path: "cifar-10-batches-bin/", bytes: new Uint8Array(), type: "5" },
  { path: "cifar-10-batches-bin/batches.meta.txt", bytes: new TextEncoder().encode("airplane\n") },
  ...names.map((name) => ({ path: `cifar-10-batches-bin/${name}`, bytes: files[name]! })),
]));

Deno.test("cifar10Pictures() turns planes into pixels, in the published order and split", async () => {
  for (const source of [filesOfArchive(archive), filesOfFolder(memoryFolder(files))]) {
    const set = await cifar10Pictures(source, fit, split, RECORDS);
    equal(set.items.length, 24);
    deepEqual(set.splits.test, [20, 21, 22, 23]);
    equal(set.splits.train.length, 16);
    equal(set.splits.validation.length, 4);
    deepEqual([...set.splits.train, ...set.splits.validation].toSorted((a, b) => a - b), [
      ...Array(20).keys(),
    ]);
    deepEqual(set.items.map(({ label }) => label).slice(4, 9), [1, 2, 3, 4, 2]);
    deepEqual([set.classes?.[0], set.classes?.[9]], ["airplane", "truck"]);
    const image = await set.items[9]!.read();
    equal(image.length, 3072);
    // File 2, record 1; rows 0 and 31.
    deepEqual([...image.subarray(0, 3)], [21, 100, 0]);
    deepEqual([...image.subarray(3069)], [21, 100, 31]);
  }
});

Deno.test("cifar10Pictures() names a file that is missing, short or has a wrong label", async () => {
  const pictures = (own: Record<string, Uint8Array>) =>
    cifar10Pictures(filesOfFolder(memoryFolder(own)), fit, split, RECORDS);
  const { "data_batch_3.bin": _, ...without } = files;
  await rejects(pictures(without), /has a file "data_batch_3.bin", but there is data_batch_1/);
  await rejects(pictures({}), /but there is nothing/);
  const short = { ...files, "test_batch.bin": files["test_batch.bin"]!.subarray(1) };
  await rejects(pictures(short), /"test_batch.bin" must have 12292 bytes, but has 12291/);
  const wrong = { ...files, "data_batch_1.bin": files["data_batch_1.bin"]!.with(3073, 10) };
  await rejects(pictures(wrong), /image 1 of "data_batch_1.bin" has 10/);
});

Deno.test("downloadCifar10() gets the archive whole, continues, and says what to do without a network", async () => {
  const ranges: (string | null)[] = [];
  const server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen: () => {} }, (request) => {
    const range = request.headers.get("range");
    ranges.push(range);
    const start = Number(/\d+/.exec(range ?? "")?.[0] ?? 0);
    const headers = { "Content-Range": `bytes ${start}-${archive.length - 1}/${archive.length}` };
    return new Response(new Uint8Array(archive.subarray(start)), {
      status: start > 0 ? 206 : 200,
      headers,
    });
  });
  const where = {
    url: `http://127.0.0.1:${server.addr.port}/cifar-10-binary.tar.gz`,
    digest: { algorithm: "md5" as const, hex: createHash("md5").update(archive).digest("hex") },
    maxBytes: 10 ** 6,
  };
  const context = {
    checkpoint: new MemoryCheckpoint(),
    signal: new AbortController().signal,
    progress: () => {},
  };
  const part = new Map([["download.part", new Uint8Array(archive.subarray(0, 100))]]);
  await context.checkpoint.save({ step: 100, files: part });
  const bytes = await downloadCifar10(context, where);
  deepEqual(ranges, ["bytes=100-"]);
  const set = await cifar10Pictures(filesOfArchive(bytes), fit, split, RECORDS);
  equal(set.items.length, 24);
  await rejects(
    downloadCifar10(context, { ...where, digest: { algorithm: "md5", hex: "0".repeat(32) } }),
    /its md5 must be 0{32}/,
  );
  await server.shutdown();
  const quick = { ...context, checkpoint: new MemoryCheckpoint(), attempts: 1, pauseMs: 0 };
  await rejects(downloadCifar10(quick, where), ({ message }: Error) => {
    match(message, /^Cannot download http:/);
    ok(
      message.endsWith(
        'give a copy of it with "archive", or its unpacked .bin files with "folder"',
      ),
    );
    return true;
  });
});
