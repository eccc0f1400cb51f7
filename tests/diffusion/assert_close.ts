import assert from "node:assert/strict";

/** |actual − expected| ≤ absolute + relative |expected|; a missing value fails. */
export function assertClose(
  actual: number | undefined,
  expected: number | undefined,
  what: string,
  tolerance: { readonly relative: number; readonly absolute: number },
): void {
  assert.ok(actual !== undefined && expected !== undefined, `${what}: ${actual} and ${expected}`);
  const allowed = tolerance.absolute + tolerance.relative * Math.abs(expected);
  assert.ok(Math.abs(actual - expected) <= allowed, `${what}: ${actual}, but expected ${expected}`);
}
