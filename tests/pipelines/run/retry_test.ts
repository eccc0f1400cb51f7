import assert from "node:assert/strict";
import { defaultRetry, pause, pauseBefore } from "../../../pipelines/run/retry.ts";

Deno.test("pauseBefore() doubles from the second attempt on, up to five minutes", () => {
  const pauses = [2, 3, 4, 5, 20].map((attempt) =>
    pauseBefore(attempt, { ...defaultRetry, backoffSeconds: 3 })
  );
  assert.deepEqual(pauses, [3, 6, 12, 24, 300]);
  assert.equal(pauseBefore(9, { ...defaultRetry, backoffSeconds: 0 }), 0);
});

Deno.test("pause() ends at once when a signal does, and says so", async () => {
  const stop = new AbortController();
  const started = performance.now();
  const early = pause(60, [stop.signal]);
  stop.abort();
  assert.equal(await early, true);
  assert.equal(await pause(60, [stop.signal]), true);
  assert.ok(performance.now() - started < 5000);
  assert.equal(await pause(0.01, []), false);
});

Deno.test("pause() of longer than setTimeout can count does not end at once", async () => {
  const stop = new AbortController();
  setTimeout(() => stop.abort(), 100);
  // 30 days: setTimeout itself would call after 1 ms.
  assert.equal(await pause(30 * 86400, [stop.signal]), true);
});
