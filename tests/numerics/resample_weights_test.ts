import { deepEqual, ok, throws } from "node:assert/strict";
import fc from "fast-check";
import {
  type ResampleAxis,
  resampleFilters,
  resampleWeights,
} from "../../numerics/resample_weights.ts";
import { assertNear } from "../support/assert_near.ts";
import vectors from "../fixtures/pillow_resize.json" with { type: "json" };

const { resize_1d: line } = vectors;

function resample(source: readonly number[], axis: Omit<ResampleAxis, "from">): number[] {
  return resampleWeights({ from: source.length, ...axis }).map(({ first, weights }) =>
    weights.reduce((sum, weight, k) => sum + weight * source[first + k]!, 0)
  );
}

Deno.test("resampleWeights() enlarges and shrinks as Pillow does", () => {
  const cases = [
    [resample(line.src, { to: 7, filter: "bilinear" }), line.up_bilinear],
    [resample(line.src, { to: 7, filter: "bicubic" }), line.up_bicubic],
    [resample(line.src_down, { to: 3, filter: "bilinear" }), line.down_bilinear],
    [resample(line.src_down, { to: 3, filter: "bicubic" }), line.down_bicubic],
  ] as const;
  // Pillow's results are float32.
  for (const [found, expected] of cases) assertNear(found, expected, 1e-5);
});

Deno.test("resampleWeights() keeps what is constant, and an axis of the same length as it is", () => {
  const axis = fc.record({
    from: fc.integer({ min: 1, max: 60 }),
    to: fc.integer({ min: 1, max: 60 }),
    filter: fc.constantFrom(...resampleFilters),
  });
  fc.assert(fc.property(axis, ({ from, to, filter }) => {
    assertNear(resample(Array(from).fill(3), { to, filter }), Array(to).fill(3), 1e-12);
    const same = Array.from({ length: from }, (_, i) => i * i);
    deepEqual(resample(same, { to: from, filter }), same);
  }));
});

Deno.test("resampleWeights() is symmetric: a mirrored axis gives the mirrored result", () => {
  fc.assert(fc.property(
    fc.array(fc.integer({ min: 0, max: 255 }), { minLength: 1, maxLength: 30 }),
    fc.integer({ min: 1, max: 30 }),
    (source, to) => {
      const there = resample(source, { to, filter: "bicubic" });
      const back = resample(source.toReversed(), { to, filter: "bicubic" }).toReversed();
      // Sums run in the other order.
      assertNear(there, back, 1e-9);
    },
  ));
});

Deno.test("resampleWeights() refuses no samples and parts outside the axis", () => {
  throws(() => resampleWeights({ from: 0, to: 3, filter: "bilinear" }), RangeError);
  throws(() => resampleWeights({ from: 3, to: 1.5, filter: "bilinear" }), RangeError);
  const part = { from: 4, to: 2, filter: "bilinear" } as const;
  throws(() => resampleWeights({ ...part, start: -1 }), /Cannot resample -1 to 4 of an axis of 4/);
  throws(() => resampleWeights({ ...part, end: 5 }), RangeError);
  throws(() => resampleWeights({ ...part, start: 2, end: 2 }), RangeError);
  ok(resampleWeights({ ...part, start: 1, end: 3 }).length === 2);
});
