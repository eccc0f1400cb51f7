import { deepEqual, equal, notDeepEqual, ok, throws } from "node:assert/strict";
import fc from "fast-check";
import type { Images } from "../../../artifacts/images.ts";
import { imageBatches, stepsPerEpoch } from "../../../stages/train/image_batches.ts";
import { assertNear } from "../../support/assert_near.ts";

/** `count` images of one pixel more each way than a chess board has fields: all values differ. */
function numbered(count: number, size = 4, channels = 1): Images {
  const pixels = Uint8Array.from({ length: count * size * size * channels }, (_, i) => i % 251);
  const labels = Int32Array.from({ length: count }, (_, i) => i);
  return { pixels, shape: [count, size, size, channels], labels, split: "train", source: "test" };
}

const plain = { flip: 0, crop: null };

Deno.test("imageBatches() shows each image once per epoch, without the partial last batch", () => {
  const images = numbered(11);
  equal(stepsPerEpoch(images, 3), 3);
  const draw = imageBatches(images, 5n, { batch: 3, augment: plain });
  const epoch = (e: number) => [0, 1, 2].flatMap((s) => [...draw(3 * e + s).labels.data]);
  for (const e of [0, 1, 2]) equal(new Set(epoch(e)).size, 9);
  notDeepEqual(epoch(0), epoch(1));
  // In the long run no image is left out for ever.
  equal(new Set(Array.from({ length: 20 }, (_, e) => epoch(e)).flat()).size, 11);
});

Deno.test("imageBatches() gives values in [-1, 1] and the labels of the images", () => {
  const images = numbered(6, 2, 3);
  const { x0, labels } = imageBatches(images, 1n, { batch: 2, augment: plain })(0);
  deepEqual([x0.shape, labels.shape], [[2, 2, 2, 3], [2]]);
  labels.data.forEach((label, lane) => {
    const own = images.pixels.subarray(label * 12, label * 12 + 12);
    assertNear(
      x0.data.subarray(lane * 12, lane * 12 + 12),
      [...own].map((v) => v / 127.5 - 1),
      1e-6,
    );
  });
  const { labels: _, ...unlabelled } = images;
  const floats = { ...unlabelled, pixels: Float32Array.from(images.pixels, (v) => v / 255) };
  const same = imageBatches(floats, 1n, { batch: 2, augment: plain })(0);
  assertNear(same.x0.data, x0.data, 1e-6);
  deepEqual([...same.labels.data], [0, 0]);
});

Deno.test("imageBatches() is a pure function of seed and step", () => {
  const augment = { flip: 0.5, crop: { size: 5, scale: [0.5, 1] as const } };
  const make = (seed: bigint) => imageBatches(numbered(20, 8, 3), seed, { batch: 4, augment });
  const [one, other] = [make(9n), make(9n)];
  const later = one(7);
  one(2);
  deepEqual(one(7), later);
  deepEqual(other(7), later);
  notDeepEqual(make(10n)(7), later);
});

Deno.test("imageBatches() mirrors with the probability asked for, whole lines", () => {
  const images = numbered(1000, 3);
  const count = (flip: number) => {
    const { x0, labels } = imageBatches(images, 3n, { batch: 1000, augment: { flip, crop: null } })(
      0,
    );
    let flipped = 0;
    labels.data.forEach((label, lane) => {
      const own = [...images.pixels.subarray(label * 9, label * 9 + 9)];
      const seen = [...x0.data.subarray(lane * 9, lane * 9 + 9)].map((v) =>
        Math.round((v + 1) * 127.5)
      );
      const mirrored = [0, 3, 6].flatMap((line) => own.slice(line, line + 3).toReversed());
      if (seen.join() === mirrored.join()) flipped++;
      else deepEqual(seen, own);
    });
    return flipped;
  };
  equal(count(0), 0);
  equal(count(1), 1000);
  // 3 standard deviations of a fair coin are 47.
  ok(Math.abs(count(0.5) - 500) < 47, `${count(0.5)}`);
});

Deno.test("imageBatches() crops the size asked for, within the image's values", () => {
  const size = fc.integer({ min: 1, max: 12 });
  fc.assert(fc.property(size, fc.integer({ min: 2, max: 9 }), fc.nat(50), (size, edge, step) => {
    const images = numbered(4, edge, 1);
    const augment = { flip: 0, crop: { size, scale: [0.1, 1] as const, ratio: [0.5, 2] as const } };
    const { x0, labels } = imageBatches(images, 1n, { batch: 2, augment })(step);
    deepEqual(x0.shape, [2, size, size, 1]);
    labels.data.forEach((label, lane) => {
      const own = images.pixels.subarray(label * edge ** 2, (label + 1) * edge ** 2);
      const [low, high] = [Math.min(...own), Math.max(...own)].map((v) => v / 127.5 - 1);
      for (const value of x0.data.subarray(lane * size ** 2, (lane + 1) * size ** 2)) {
        ok(value >= low! - 1e-6 && value <= high! + 1e-6);
      }
    });
  }));
});

Deno.test("imageBatches() with a crop of all of the image gives the image", () => {
  const images = numbered(4, 6, 3);
  const augment = { flip: 0, crop: { size: 6, scale: [1, 1] as const } };
  const whole = imageBatches(images, 2n, { batch: 4, augment: plain })(0);
  const cropped = imageBatches(images, 2n, { batch: 4, augment })(0);
  assertNear(cropped.x0.data, whole.x0.data, 1e-6);
});

Deno.test("imageBatches() refuses a batch that no epoch can fill", () => {
  throws(
    () => imageBatches(numbered(3), 1n, { batch: 4, augment: plain }),
    /Cannot draw batches of 4 images: "test" has 3 of them/,
  );
});
