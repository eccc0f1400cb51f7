import assert from "node:assert/strict";
import { takeRows } from "../../metrics/features.ts";
import { manifoldScores } from "../../metrics/precision_recall.ts";
import { assertClose } from "../support/assert_close.ts";
import { features, normalFeatures, rowsOf } from "../support/feature_sets.ts";

Deno.test("manifoldScores() of a hand-counted example", () => {
  // Real: 0, 1, 2, 10 on a line, radii to the nearest other: 1, 1, 1, 8. Generated: 1.5, 2.5, 30 with
  // radii 1, 1, 27.5.
  const real = rowsOf([[0], [1], [2], [10]]);
  const fake = rowsOf([[1.5], [2.5], [30]]);
  const scores = manifoldScores(fake, real, 1);
  // Balls [-1, 1], [0, 2], [1, 3], [2, 18]: 1.5 lies in two, 2.5 in two, 30 in none.
  assertClose(scores.precision, 2 / 3, 1e-15);
  assertClose(scores.density, 4 / 3, 1e-15);
  // The balls around 1, 2 and 10 hold a generated point.
  assertClose(scores.coverage, 3 / 4, 1e-15);
  // Balls [0.5, 2.5], [1.5, 3.5], [2.5, 57.5]: 1, 2 and 10 are inside.
  assertClose(scores.recall, 3 / 4, 1e-15);
});

Deno.test("manifoldScores() agree with a direct count in several dimensions", () => {
  const [x, y] = [normalFeatures(70, 5, 1), normalFeatures(90, 5, 2)];
  const distance = (a: ArrayLike<number>, i: number, b: ArrayLike<number>, j: number) => {
    let sum = 0;
    for (let k = 0; k < 5; k++) sum += (a[i * 5 + k]! - b[j * 5 + k]!) ** 2;
    return sum;
  };
  const radius = ({ data, count }: typeof x, i: number) =>
    Array.from({ length: count }, (_, j) => distance(data, i, data, j))
      .filter((_, j) => j !== i).sort((a, b) => a - b)[2]!;
  const rows = (count: number) => Array.from({ length: count }, (_, i) => i);
  const inReal = (i: number, j: number) => distance(x.data, i, y.data, j) <= radius(y, j);
  const inFake = (i: number, j: number) => distance(x.data, i, y.data, j) <= radius(x, i);
  const [fakes, reals] = [rows(70), rows(90)];
  const { precision, recall, density, coverage } = manifoldScores(x, y);
  assert.equal(precision, fakes.filter((i) => reals.some((j) => inReal(i, j))).length / 70);
  assert.equal(recall, reals.filter((j) => fakes.some((i) => inFake(i, j))).length / 90);
  assert.equal(coverage, reals.filter((j) => fakes.some((i) => inReal(i, j))).length / 90);
  const hits = fakes.flatMap((i) => reals.filter((j) => inReal(i, j))).length;
  assertClose(density, hits / (3 * 70), 1e-15);
});

Deno.test("manifoldScores() tell poor samples from a lack of variety", () => {
  const real = normalFeatures(300, 4, 1);
  const few = takeRows(normalFeatures(300, 4, 2), Array.from({ length: 300 }, (_, i) => i % 8));
  const narrow = { ...few, data: few.data.map((v, i) => v + 1e-3 * Math.sin(i)) };
  const wide = features(300, 4, (i, j) => 4 * normals.data[i * 4 + j]!);
  const ofNarrow = manifoldScores(narrow, real);
  const ofWide = manifoldScores(wide, real);
  assert.ok(ofNarrow.precision > 0.8 && ofNarrow.recall < 0.1 && ofNarrow.coverage < 0.3);
  assert.ok(ofWide.precision < 0.3 && ofWide.recall > 0.8);
});
const normals = normalFeatures(300, 4, 5);

Deno.test("manifoldScores() need more images than neighbours", () => {
  const [x, y] = [normalFeatures(3, 2, 1), normalFeatures(9, 2, 1)];
  assert.throws(() => manifoldScores(x, y), /neighbour 3 needs more than 3 images.* there are 3/);
  assert.throws(() => manifoldScores(normalFeatures(9, 3, 1), y), /3 and 2 dimensions/);
});
