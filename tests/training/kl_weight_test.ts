import assert from "node:assert/strict";
import { klWeight } from "../../training/kl_weight.ts";

const cyclical = { anneal: "cyclical", max: 1, cycles: 3, ratio: 0.5 } as const;

/** Of 300 epochs; the numbers come from frange_cycle_linear of Fu et al. 2019. */
function expect(options: Parameters<typeof klWeight>[0], epochs: Record<number, number>) {
  for (const [epoch, weight] of Object.entries(epochs)) {
    const found = klWeight(options, Number(epoch), 300);
    assert.ok(Math.abs(found - weight) < 1e-12, `epoch ${epoch}: ${found}, expected ${weight}`);
  }
}

Deno.test("klWeight() in three cycles rises over half of each, holds, and starts anew", () => {
  const held = Object.fromEntries(Array.from({ length: 50 }, (_, i) => [50 + i, 1]));
  expect(cyclical, { 0: 0, 1: 0.02, 25: 0.5, 49: 0.98, ...held, 100: 0, 150: 1, 200: 0 });
});

Deno.test("klWeight() rises once when monotonic, whatever the cycles", () => {
  expect({ ...cyclical, anneal: "monotonic" }, { 0: 0, 75: 0.5, 149: 149 / 150, 150: 1, 299: 1 });
});

Deno.test("klWeight() stays at the cap, and scales with it", () => {
  expect({ ...cyclical, anneal: "constant", max: 1e-4 }, { 0: 1e-4, 299: 1e-4 });
  expect({ ...cyclical, max: 0.2 }, { 0: 0, 25: 0.1, 50: 0.2, 99: 0.2, 100: 0 });
});
