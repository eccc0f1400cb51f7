import assert from "node:assert/strict";

/** Absolute, value by value. */
export function assertNear(
  actual: ArrayLike<number>,
  expected: ArrayLike<number>,
  tolerance: number,
): void {
  assert.equal(actual.length, expected.length);
  for (let i = 0; i < expected.length; i++) {
    const [value, wanted] = [actual[i]!, expected[i]!];
    // Not "> tolerance", which NaN would pass.
    assert.ok(
      Math.abs(value - wanted) <= tolerance,
      `value ${i} is ${value}, not ${wanted} ± ${tolerance}`,
    );
  }
}
