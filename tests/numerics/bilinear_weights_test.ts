import { deepEqual, ok, throws } from "node:assert/strict";
import fc from "fast-check";
import { bilinearWeights } from "../../numerics/bilinear_weights.ts";
import { assertNear } from "../support/assert_near.ts";

function resize(
  source: readonly number[],
  to: number,
  positions: "half_pixel" | "legacy",
): number[] {
  return bilinearWeights({ from: source.length, to, positions }).map(({ first, weights }) =>
    weights.reduce((sum, weight, k) => sum + weight * source[first + k]!, 0)
  );
}

// Reference vectors `resize_1d`: torch-fidelity and TTUR (legacy), pytorch-fid (half_pixel), float64.
const line = [0, 10, 20, 30];

Deno.test("bilinearWeights() places samples as PyTorch and TensorFlow 1 do", () => {
  const legacy = [0, 5.7142857142857135, 11.428571428571427, 17.142857142857142, 22.857142857142854]
    .concat([28.57142857142857, 30]);
  assertNear(resize(line, 7, "legacy"), legacy, 1e-12);
  const halfPixel = [0, 3.571428571428571, 9.285714285714285, 15, 20.71428571428571]
    .concat([26.428571428571427, 30]);
  assertNear(resize(line, 7, "half_pixel"), halfPixel, 1e-12);
});

Deno.test("bilinearWeights() filters nothing where an axis shrinks", () => {
  assertNear(resize([0, 0, 0, 100, 100, 0, 0, 0], 3, "half_pixel"), [0, 100, 0], 1e-12);
});

Deno.test("bilinearWeights() keeps constants and an axis of the same length, within the samples", () => {
  const axis = fc.record({
    from: fc.integer({ min: 1, max: 50 }),
    to: fc.integer({ min: 1, max: 50 }),
    positions: fc.constantFrom("half_pixel" as const, "legacy" as const),
  });
  fc.assert(fc.property(axis, ({ from, to, positions }) => {
    assertNear(resize(Array(from).fill(3), to, positions), Array(to).fill(3), 1e-12);
    const squares = Array.from({ length: from }, (_, i) => i * i);
    deepEqual(resize(squares, from, positions), squares);
    for (const { first, weights } of bilinearWeights({ from, to, positions })) {
      ok(first >= 0 && first + weights.length <= from);
      ok(weights.every((weight) => weight >= 0));
    }
  }));
});

Deno.test("bilinearWeights() refuses sizes that are none", () => {
  throws(() => bilinearWeights({ from: 0, to: 2, positions: "legacy" }), /Cannot resize 0 to 2/);
  throws(() => bilinearWeights({ from: 2, to: 1.5, positions: "half_pixel" }), RangeError);
});
