import assert from "node:assert/strict";
import { findTest } from "../../bench/forbid_avx512.ts";

const xgetbv = [0x0f, 0x01, 0xd0];
const test = [0xa8, 0xe0];

Deno.test("findTest() finds the one test that follows a look at the register states", () => {
  const far = Array.from({ length: 1024 }, () => 0x90);
  const code = Uint8Array.from([...test, 0x0f, ...xgetbv, 0x90, ...test, ...far, ...test]);
  assert.equal(findTest(code), 7);
  // Two looks before the same test.
  assert.equal(findTest(Uint8Array.from([...xgetbv, ...xgetbv, ...test])), 6);
});

Deno.test("findTest() refuses libraries with no such test, or several", () => {
  assert.throws(() => findTest(Uint8Array.from([...test, ...xgetbv])), /does so 0 times/);
  const twice = [...xgetbv, ...test];
  const far = Array.from({ length: 1024 }, () => 0x90);
  assert.throws(() => findTest(Uint8Array.from([...twice, ...far, ...twice])), /does so 2 times/);
});
