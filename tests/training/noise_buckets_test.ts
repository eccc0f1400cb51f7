import assert from "node:assert/strict";
import fc from "fast-check";
import { meanByBucket, noiseBuckets } from "../../training/noise_buckets.ts";

Deno.test("noiseBuckets() names equal ranges", () => {
  assert.deepEqual(noiseBuckets(1000, 4), [
    { name: "loss t 0-249", label: "t 0–249", first: 0, last: 249 },
    { name: "loss t 250-499", label: "t 250–499", first: 250, last: 499 },
    { name: "loss t 500-749", label: "t 500–749", first: 500, last: 749 },
    { name: "loss t 750-999", label: "t 750–999", first: 750, last: 999 },
  ]);
});

Deno.test("noiseBuckets() covers every step once, in ranges whose lengths differ by at most one", () => {
  const sizes = fc.integer({ min: 1, max: 500 }).chain((timesteps) =>
    fc.tuple(fc.constant(timesteps), fc.integer({ min: 1, max: timesteps }))
  );
  fc.assert(fc.property(sizes, ([timesteps, count]) => {
    const buckets = noiseBuckets(timesteps, count);
    const covered = buckets.flatMap(({ first, last }) =>
      Array.from({ length: last - first + 1 }, (_, i) => first + i)
    );
    assert.deepEqual(covered, Array.from({ length: timesteps }, (_, t) => t));
    const lengths = buckets.map(({ first, last }) => last - first + 1);
    assert.ok(Math.max(...lengths) - Math.min(...lengths) <= 1);
  }));
});

Deno.test("meanByBucket() gives each range its own mean and leaves empty ones out", () => {
  const means = meanByBucket([1, 3, 10, 20], [0, 249, 250, 999], 1000, 4);
  assert.deepEqual(means, { "loss t 0-249": 2, "loss t 250-499": 10, "loss t 750-999": 20 });
});

Deno.test("meanByBucket() refuses what has no bucket", () => {
  assert.throws(() => meanByBucket([1], [1000], 1000, 4), /must be 0 to 999, but there is 1000/);
  assert.throws(() => meanByBucket([1, 2], [3], 1000, 4), /2 losses and 1 timesteps/);
  assert.throws(() => noiseBuckets(3, 4), /there must be 1 to 3/);
});
