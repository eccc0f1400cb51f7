import assert from "node:assert/strict";
import { fitLine } from "../../numerics/fit_line.ts";
import { assertClose } from "../support/assert_close.ts";

Deno.test("fitLine() is numpy's polyfit of degree 1", () => {
  // numpy 1.24: polyfit([1, 2, 4, 7], [3, 2, 5, 9], 1).
  const { slope, intercept } = fitLine([1, 2, 4, 7], [3, 2, 5, 9]);
  assertClose(slope, 1.119047619047619, 1e-14);
  assertClose(intercept, 0.8333333333333333, 1e-13);
});

Deno.test("fitLine() refuses points at one place", () => {
  assert.throws(() => fitLine([2, 2], [1, 3]), /two different places, but there are 2 x and 2 y/);
  assert.throws(() => fitLine([2], [1]), RangeError);
});
