import { deepEqual, ok } from "node:assert/strict";
import fc from "fast-check";
import { uniforms } from "../../../numerics/random.ts";
import { CROP_DRAWS, randomCrop } from "../../../stages/train/random_crop.ts";

const draws = (step: number) => uniforms({ seed: 1n, stream: 6, step }, CROP_DRAWS);

Deno.test("randomCrop() lies in the image for any rule", () => {
  const rule = fc.record({
    scale: fc.tuple(
      fc.double({ min: 0, max: 1, noNaN: true }),
      fc.double({ min: 0, max: 1, noNaN: true }),
    )
      .map(([a, b]) => [Math.min(a, b), Math.max(a, b)] as const),
    ratio: fc.tuple(
      fc.double({ min: 0.2, max: 1, noNaN: true }),
      fc.double({ min: 1, max: 5, noNaN: true }),
    ),
  });
  const edge = fc.integer({ min: 1, max: 50 });
  fc.assert(fc.property(edge, edge, rule, fc.nat(1000), (height, width, rule, step) => {
    const crop = randomCrop({ height, width }, rule, draws(step));
    ok(Object.values(crop).every(Number.isInteger));
    ok(crop.height >= 1 && crop.width >= 1 && crop.top >= 0 && crop.left >= 0);
    ok(crop.top + crop.height <= height && crop.left + crop.width <= width);
  }));
});

Deno.test("randomCrop() draws areas and ratios evenly between their bounds", () => {
  const image = { height: 1000, width: 1000 };
  const crops = Array.from(
    { length: 2000 },
    (_, step) => randomCrop(image, { scale: [0.1, 0.3], ratio: [0.5, 2] }, draws(step)),
  );
  const mean = (values: number[]) => values.reduce((sum, v) => sum + v, 0) / values.length;
  const areas = crops.map(({ width, height }) => width * height / 1e6);
  ok(Math.min(...areas) > 0.099 && Math.max(...areas) < 0.301);
  // Mean of a uniform, 4 standard errors: 0.0577 / √2000 * 4 = 0.005.
  ok(Math.abs(mean(areas) - 0.2) < 0.005);
  const logs = crops.map(({ width, height }) => Math.log(width / height));
  // Log-uniform, so its mean is 0: 0.400 / √2000 * 4 = 0.036.
  ok(Math.abs(mean(logs)) < 0.036);
  // The corner is uniform over what the part leaves free.
  const tops = crops.map(({ top, height }) => top / (1000 - height));
  ok(Math.abs(mean(tops) - 0.5) < 0.026);
});

Deno.test("randomCrop() falls back to the largest part in the middle", () => {
  // No square of 100x10 has 90% of its area; torchvision then takes 10x10 in the middle.
  const rule = { scale: [0.9, 1] as const };
  const image = { height: 10, width: 100 };
  deepEqual(randomCrop(image, rule, draws(0)), { top: 0, left: 45, height: 10, width: 10 });
  // A ratio of 4/3 at most: 13x10.
  deepEqual(randomCrop(image, { ...rule, ratio: [3 / 4, 4 / 3] }, draws(0)), {
    top: 0,
    left: 43,
    height: 10,
    width: 13,
  });
});
