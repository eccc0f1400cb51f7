import assert from "node:assert/strict";
import { spoilImage, type Spoiling } from "../../../stages/train/spoil_image.ts";

const shape = { height: 4, width: 6, channels: 2 };
const size = 48;
const image = Float32Array.from({ length: size }, (_, i) => ((i * 7) % size) / size);
const sumOf = (values: Float32Array) => values.reduce((sum, value) => sum + value, 0);

function spoil(
  kind: Spoiling,
  strength = 0.5,
  where = 0.1,
  source: Float32Array = image,
): Float32Array {
  const result = source.slice();
  const [noise, other] = [new Float32Array(size).fill(1), new Float32Array(size).fill(0.5)];
  spoilImage(result, kind, { ...shape, draws: [strength, where], noise, other });
  return result;
}

Deno.test('spoilImage() by "none" changes nothing', () => {
  assert.deepEqual(spoil("none"), image);
});

Deno.test('spoilImage() by "blur" keeps flat images and lessens differences', () => {
  const flat = new Float32Array(size).fill(0.25);
  spoil("blur", 1, 0, flat).forEach((value) => assert.ok(Math.abs(value - 0.25) < 1e-6));
  const spread = (values: Float32Array) => Math.max(...values) - Math.min(...values);
  assert.ok(spread(spoil("blur", 0.1)) < spread(image));
  assert.ok(spread(spoil("blur", 1)) < spread(spoil("blur", 0.1)));
});

Deno.test('spoilImage() by "blur" treats rows and columns alike, and channels apart', () => {
  // One bright pixel of channel 0 in the middle of 9 x 9: symmetric about the diagonal.
  const source = new Float32Array(9 * 9 * 2);
  source[(4 * 9 + 4) * 2] = 1;
  const options = { height: 9, width: 9, channels: 2, draws: [0.3, 0] as const };
  spoilImage(source, "blur", { ...options, noise: source, other: source });
  const at = (row: number, column: number, channel = 0) =>
    source[(row * 9 + column) * 2 + channel]!;
  for (let i = 0; i < 9; i++) {
    for (let j = 0; j < 9; j++) {
      assert.ok(Math.abs(at(i, j) - at(j, i)) < 1e-7);
      assert.equal(at(i, j, 1), 0);
    }
  }
  // The peak of a Gaussian of 0.8 pixels over whole pixels: (Σ exp(-k² / 1.28))^-2.
  let total = 0;
  for (let k = -3; k <= 3; k++) total += Math.exp(-(k * k) / 1.28);
  assert.ok(Math.abs(at(4, 4) - 1 / total ** 2) < 1e-6);
});

Deno.test('spoilImage() by "jumble" exchanges two quarters and nothing else', () => {
  for (const where of [0.1, 0.3, 0.6, 0.9]) {
    const result = spoil("jumble", 0.5, where);
    assert.notDeepEqual(result, image);
    assert.deepEqual(result.toSorted(), image.toSorted());
    const moved = result.filter((value, i) => value !== image[i]);
    assert.equal(moved.length, size / 2);
    assert.deepEqual(spoil("jumble", 0.5, where, result), image, "twice is nothing");
  }
});

Deno.test('spoilImage() by "noise" and "mixture" add what they say, within [0, 1]', () => {
  const noisy = spoil("noise", 1);
  noisy.forEach((value, i) => assert.ok(Math.abs(value - Math.min(1, image[i]! + 0.2)) < 1e-6));
  // A share of 0.35 of the other image, 0.5 everywhere.
  const mixed = spoil("mixture");
  assert.ok(Math.abs(sumOf(mixed) - (0.65 * sumOf(image) + 0.35 * 0.5 * size)) < 1e-4);
});
