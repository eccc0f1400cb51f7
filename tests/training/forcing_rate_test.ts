import assert from "node:assert/strict";
import { forcingRate } from "../../training/forcing_rate.ts";

const fall = { rate: 1, start: 150, step: 0.01, lowerBound: 0 };

Deno.test("forcingRate() holds, falls by a hundredth an epoch, and stays at its bound", () => {
  const expected = { 0: 1, 149: 1, 150: 0.99, 199: 0.5, 249: 0, 250: 0, 299: 0 };
  for (const [epoch, rate] of Object.entries(expected)) {
    assert.ok(Math.abs(forcingRate(fall, Number(epoch)) - rate) < 1e-12, `epoch ${epoch}`);
  }
  assert.equal(forcingRate({ ...fall, lowerBound: 0.3 }, 299), 0.3);
});

Deno.test("forcingRate() without a start is constant", () => {
  assert.deepEqual([0, 150, 299].map((i) => forcingRate({ ...fall, rate: 0.7, start: null }, i)), [
    0.7,
    0.7,
    0.7,
  ]);
});
