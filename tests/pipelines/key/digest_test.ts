import assert from "node:assert/strict";
import {
  digestOf,
  digestOfFile,
  parseCacheKey,
  parseDigest,
  short,
} from "../../../pipelines/key/digest.ts";
import { withFolder } from "../../support/tiny_run.ts";

// FIPS 180-4 test vector for "abc".
const abc = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";

Deno.test("digestOf() is sha256 of bytes and of UTF-8 text", () => {
  assert.equal(digestOf("abc"), abc);
  assert.equal(digestOf(new TextEncoder().encode("abc")), abc);
});

Deno.test("digestOfFile() equals digestOf() of its bytes, also beyond one piece", async () => {
  await withFolder(async (folder) => {
    const bytes = Uint8Array.from({ length: 3_000_000 }, (_, index) => index * 7);
    await Deno.writeFile(`${folder}/x`, bytes);
    assert.equal(await digestOfFile(`${folder}/x`), digestOf(bytes));
    await assert.rejects(digestOfFile(`${folder}/y`), Deno.errors.NotFound);
  });
});

Deno.test("parseDigest() and parseCacheKey() take 64 lower-case hex characters only", () => {
  assert.equal(parseDigest(abc), abc);
  assert.equal(parseCacheKey(abc), abc);
  for (
    const wrong of ["", abc.toUpperCase(), abc.slice(1), `${abc}0`, `${abc}\n`, "../".repeat(21)]
  ) {
    assert.throws(() => parseDigest(wrong), /64 lower-case hex characters/);
    assert.throws(() => parseCacheKey(wrong), /64 lower-case hex characters/);
  }
});

Deno.test("short() is the first six characters", () => {
  assert.equal(short(parseDigest(abc)), "ba7816");
});
