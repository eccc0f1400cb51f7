import assert from "node:assert/strict";
import type { Features } from "../../metrics/features.ts";
import { halfSampleInterval } from "../../metrics/half_samples.ts";
import { mean } from "../../numerics/mean.ts";
import { normalFeatures } from "../support/feature_sets.ts";

const meanOf = ({ data }: Features) => mean(data);

Deno.test("halfSampleInterval() of a mean is the textbook interval, 1.96 s / √n", () => {
  const interval = halfSampleInterval(normalFeatures(400, 1, 7), meanOf, {
    resamples: 400,
    seed: 417n,
  });
  // A standard deviation from 400 draws is off by 1 / √800 = 3.5 %: four of those, and the sample's own 4 %.
  assert.ok(Math.abs(interval / (1.96 / 20) - 1) < 0.2, `${interval}`);
});

Deno.test("halfSampleInterval() depends on the seed alone and refuses what cannot be halved", () => {
  const x = normalFeatures(40, 1, 7);
  const of = (seed: bigint) => halfSampleInterval(x, meanOf, { resamples: 5, seed });
  assert.equal(of(1n), of(1n));
  assert.notEqual(of(1n), of(2n));
  assert.throws(
    () => halfSampleInterval(normalFeatures(3, 1, 1), meanOf, { resamples: 5, seed: 1n }),
    /5 halves of 3 images/,
  );
});
