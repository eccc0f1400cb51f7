import assert from "node:assert/strict";
import type { Images } from "../../../artifacts/images.ts";
import { mean } from "../../../numerics/mean.ts";
import { digitBatches, singleDigits } from "../../../stages/train/digit_canvases.ts";

/** Ten 2 x 2 "digits", digit k of intensity k + 1 and label k. */
const images: Images = {
  pixels: Uint8Array.from({ length: 40 }, (_, i) => Math.floor(i / 4) + 1),
  shape: [10, 2, 2, 1],
  labels: Int32Array.from({ length: 10 }, (_, i) => i),
  split: "train",
  source: "squares",
};
const options = { size: 5, pairs: 0, noise: 0, seed: 3n };

Deno.test("digitBatches() shows each digit once an epoch, whole, in an order of its own", () => {
  const batches = digitBatches(images, options);
  const labelsOf = (step: number) => {
    const { canvases, shares } = batches(step, 5);
    return Array.from({ length: 5 }, (_, i) => {
      const label = [...shares.data.subarray(i * 10, i * 10 + 10)].indexOf(1);
      const ink = canvases.data.subarray(i * 25, i * 25 + 25).filter((value) => value > 0);
      assert.deepEqual([...ink], new Array(4).fill(Math.fround((label + 1) / 255)));
      return label;
    });
  };
  const epochs = [0, 1].map((epoch) => [...labelsOf(2 * epoch), ...labelsOf(2 * epoch + 1)]);
  for (const epoch of epochs) assert.deepEqual(epoch.toSorted(), [...images.labels!]);
  assert.notDeepEqual(epochs[0], epochs[1]);
});

Deno.test("digitBatches() is pure in the step", () => {
  const batches = digitBatches(images, { ...options, pairs: 0.5 });
  const first = batches(7, 4);
  batches(0, 4);
  assert.deepEqual(batches(7, 4), first);
  assert.deepEqual(digitBatches(images, { ...options, pairs: 0.5 })(7, 4), first);
});

Deno.test("digitBatches() shares a canvas of two digits between their labels", () => {
  const { shares } = digitBatches(images, { ...options, pairs: 1 })(0, 50);
  for (let i = 0; i < 50; i++) {
    const row = [...shares.data.subarray(i * 10, i * 10 + 10)].filter((share) => share > 0);
    assert.ok(row.join() === "0.5,0.5" || row.join() === "1", `shares ${row}`);
  }
});

Deno.test("digitBatches() places digits all over the canvas", () => {
  const { canvases } = digitBatches(images, options)(0, 400);
  for (let pixel = 0; pixel < 25; pixel++) {
    let covered = 0;
    for (let i = 0; i < 400; i++) if (canvases.data[i * 25 + pixel]! > 0) covered++;
    // A corner is covered by 1 of 16 places: 25 of 400 expected, 5 standard deviations below is 0.8.
    assert.ok(covered > 1, `pixel ${pixel} covered ${covered} times`);
  }
});

Deno.test("digitBatches() adds noise of a strength of each canvas's own, inside [0, 1]", () => {
  const { canvases } = digitBatches(images, { ...options, size: 20, noise: 0.2 })(0, 60);
  assert.ok(canvases.data.every((value) => value >= 0 && value <= 1));
  const means = Array.from({ length: 60 }, (_, i) => {
    return mean(canvases.data.subarray(i * 400, (i + 1) * 400));
  });
  // Clipped at 0, noise of strength s has mean s / sqrt(2 pi): up to 0.08 on an all but black canvas.
  assert.ok(Math.min(...means) < 0.01 && Math.max(...means) > 0.06 && Math.max(...means) < 0.09);
});

Deno.test("singleDigits() places a digit the same way however they are batched", () => {
  const all = singleDigits(images, 0, 10, options);
  const some = singleDigits(images, 4, 3, options);
  assert.deepEqual(some.images.data, all.images.data.slice(4 * 25, 7 * 25));
  assert.deepEqual([...some.labels], [4, 5, 6]);
});

Deno.test("digitBatches() refuses images that are no labelled grey digits of the size", () => {
  const { labels: _, ...unlabelled } = images;
  assert.throws(() => digitBatches(unlabelled, options), /each image needs a label from 0 to 9/);
  assert.throws(
    () => digitBatches({ ...images, shape: [10, 2, 1, 2] }, options),
    /images must be grey and fit, but they are 2x1 with 2 channels/,
  );
  assert.throws(() => digitBatches(images, { ...options, size: 1 }), /onto canvases of 1x1/);
});
