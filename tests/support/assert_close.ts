import assert from "node:assert/strict";

/** Relative to `expected`, or absolute below 1e-300. */
export function assertClose(actual: number, expected: number, relative: number, what = ""): void {
  const scale = Math.max(Math.abs(expected), 1e-300);
  assert.ok(
    Math.abs(actual - expected) <= relative * scale,
    `${what} ${actual} must be ${expected} to ${relative} relative`,
  );
}
