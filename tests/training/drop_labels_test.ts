import assert from "node:assert/strict";
import { Stream, uniforms } from "../../numerics/random.ts";
import { dropLabels } from "../../training/drop_labels.ts";

const labels = Int32Array.from({ length: 4000 }, (_, i) => i % 10);
const options = { rate: 0.1, classes: 10, seed: 417n, step: 3 };

Deno.test("dropLabels() hides the labels whose draw is below the rate, and no others", () => {
  const draws = uniforms({ seed: 417n, stream: Stream.labelDropout, step: 3 }, labels.length);
  const dropped = dropLabels(labels, options);
  dropped.forEach((label, i) => assert.equal(label, draws[i]! < 0.1 ? 10 : labels[i]));
  const hidden = dropped.filter((label) => label === 10).length;
  // Binomial(4000, 0.1): 400 with a standard deviation of 19; five of them.
  assert.ok(Math.abs(hidden - 400) < 95, `${hidden} hidden`);
});

Deno.test("dropLabels() keeps all at rate 0, hides all at rate 1, and leaves its input alone", () => {
  const given = Int32Array.of(0, 1, 2, 3);
  assert.deepEqual(dropLabels(given, { ...options, rate: 0 }), given);
  assert.deepEqual(dropLabels(given, { ...options, rate: 1 }), Int32Array.of(10, 10, 10, 10));
  assert.deepEqual(given, Int32Array.of(0, 1, 2, 3));
});

Deno.test("dropLabels() draws anew at each step, and the same for the same step", () => {
  assert.deepEqual(dropLabels(labels, options), dropLabels(labels, options));
  assert.notDeepEqual(dropLabels(labels, options), dropLabels(labels, { ...options, step: 4 }));
});

Deno.test("dropLabels() takes hidden labels for what they are, and refuses what is no label", () => {
  assert.deepEqual(dropLabels(Int32Array.of(10), { ...options, rate: 0 }), Int32Array.of(10));
  assert.throws(() => dropLabels(Int32Array.of(2, 11), options), /from 0 to 10, but there is 11/);
  assert.throws(() => dropLabels(labels, { ...options, rate: NaN }), /must be in \[0, 1\]/);
});
