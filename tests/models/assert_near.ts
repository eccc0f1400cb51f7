import assert from "node:assert/strict";
import type * as tf from "@tensorflow/tfjs-core";

/** Every value of a tensor within `tolerance`, absolute, of the expected one; NaN fails. */
export function assertNear(
  actual: tf.Tensor,
  expected: tf.Tensor | readonly number[],
  tolerance: number,
): void {
  const found = actual.dataSync();
  const wanted = "dataSync" in expected ? expected.dataSync() : expected;
  assert.equal(found.length, wanted.length, "number of values");
  for (const [i, value] of found.entries()) {
    const error = Math.abs(value - wanted[i]!);
    assert.ok(
      error <= tolerance,
      `value ${i} is ${value}, but must be ${wanted[i]} ± ${tolerance}`,
    );
  }
}
