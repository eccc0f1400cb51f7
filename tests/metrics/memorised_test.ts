import assert from "node:assert/strict";
import { memorisedShare, nearestRows } from "../../metrics/memorised.ts";
import { takeRows } from "../../metrics/features.ts";
import { hashFeatures, rowsOf } from "../support/feature_sets.ts";

Deno.test("nearestRows() finds the nearest row of all parts and its rms distance", () => {
  const parts = [rowsOf([[0, 0], [10, 10]]), rowsOf([[4, 4]])];
  const { index, distance } = nearestRows(rowsOf([[1, 1], [5, 3], [10, 10]]), parts);
  assert.deepEqual([...index], [0, 2, 1]);
  assert.deepEqual([...distance], [1, 1, 0]);
});

Deno.test("nearestRows() do not depend on how a set is cut into parts", () => {
  const [x, y] = [hashFeatures(20, 5, 1), hashFeatures(90, 5, 2)];
  const rows = (from: number, to: number) =>
    takeRows(y, Array.from({ length: to - from }, (_, i) => from + i));
  assert.deepEqual(nearestRows(x, [rows(0, 7), rows(7, 80), rows(80, 90)]), nearestRows(x, [y]));
});

Deno.test("memorisedShare() counts samples as near as the nearest twentieth of held-out images", () => {
  const heldOut = Float64Array.from({ length: 40 }, (_, i) => i + 1);
  // The two nearest of forty reach to distance 2.
  assert.equal(memorisedShare(Float64Array.of(0, 2, 2.5, 9), heldOut), 0.5);
  assert.equal(memorisedShare(heldOut, heldOut), 0.05);
  // Duplicates among the held-out images do not hide copies.
  assert.equal(memorisedShare(Float64Array.of(0, 0), new Float64Array(40)), 1);
});
