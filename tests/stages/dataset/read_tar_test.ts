import { deepEqual, equal, throws } from "node:assert/strict";
import { gzipSync } from "node:zlib";
import fc from "fast-check";
import { readTar, readTarGz } from "../../../stages/dataset/read_tar.ts";
import { tar } from "../../support/tar.ts";

const limits = { bytes: 1_000_000, files: 50 };
const bytes = (text: string) => new TextEncoder().encode(text);

Deno.test("readTar() gives back what tar() packed", () => {
  const name = fc.stringMatching(/^[a-z0-9_]{1,20}(\/[a-z0-9_.]{0,10}[a-z]){0,3}$/);
  fc.assert(
    fc.property(
      fc.uniqueArray(name, { maxLength: 8 }),
      fc.infiniteStream(fc.uint8Array({ maxLength: 1100 })),
      (paths, stream) => {
        const contents = [...stream.take(paths.length)];
        const archive = tar(paths.map((path, i) => ({ path, bytes: contents[i]! })));
        const files = readTar(archive, limits);
        deepEqual([...files.keys()], paths);
        paths.forEach((path, i) => deepEqual(files.get(path), contents[i]));
      },
    ),
  );
});

Deno.test("readTar() joins ustar's prefix, and leaves out folders and links", () => {
  const files = readTar(
    tar([
      { path: "dir/", bytes: bytes(""), type: "5" },
      { path: "b.bin", bytes: bytes("x"), prefix: "a/long/way" },
      { path: "link", bytes: bytes(""), type: "2" },
      { path: "./c", bytes: bytes("y") },
    ]),
    limits,
  );
  deepEqual([...files.keys()], ["a/long/way/b.bin", "c"]);
});

Deno.test("readTar() refuses paths that lead elsewhere", () => {
  for (const path of ["../x", "/etc/passwd", "a/../../x", "a//b", "a/./b", "a\\b", "."]) {
    throws(() => readTar(tar([{ path, bytes: bytes("x") }]), limits), /plain relative path/, path);
  }
});

Deno.test("readTar() refuses a cut, a changed header, a file that comes twice, and too much", () => {
  const good = tar([{ path: "a", bytes: bytes("x".repeat(600)) }]);
  equal(readTar(good, limits).get("a")?.length, 600);
  throws(() => readTar(good.subarray(0, 1000), limits), /must have 600 bytes/);
  throws(() => readTar(good.subarray(0, 1536), limits), /must end with a block of zeros/);
  throws(() => readTar(good.with(0, 99), limits), /wrong checksum/);
  const twice = tar([{ path: "a", bytes: bytes("x") }, { path: "a", bytes: bytes("y") }]);
  throws(() => readTar(twice, limits), /"a" comes twice/);
  const many = tar(["a", "b", "c"].map((path) => ({ path, bytes: bytes("x") })));
  throws(() => readTar(many, { ...limits, files: 2 }), /at most 2 files/);
});

Deno.test("readTarGz() stops at its limit, and names what is no gzip", () => {
  const packed = gzipSync(tar([{ path: "a", bytes: new Uint8Array(500_000) }]));
  equal(readTarGz(packed, limits).get("a")?.length, 500_000);
  throws(() => readTarGz(packed, { ...limits, bytes: 10_000 }), /gzip of at most 10000 bytes/);
  throws(() => readTarGz(bytes("hello"), limits), /it must be gzip/);
  throws(() => readTarGz(packed.subarray(0, 200), limits), SyntaxError);
});

Deno.test("readTar() of any bytes gives files or a SyntaxError", () => {
  const good = tar([{ path: "a", bytes: bytes("hello") }, { path: "b", bytes: bytes("") }]);
  fc.assert(fc.property(fc.nat(good.length - 1), fc.nat(255), (at, value) => {
    try {
      readTar(good.with(at, value), limits);
    } catch (error) {
      equal((error as Error).name, "SyntaxError");
    }
  }));
});
