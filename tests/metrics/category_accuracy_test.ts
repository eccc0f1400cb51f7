import assert from "node:assert/strict";
import { categoryHits } from "../../metrics/category_accuracy.ts";

Deno.test("categoryHits() is 1 where what was found was wanted", () => {
  assert.deepEqual([...categoryHits([0, 1, 2, 1], [0, 2, 2, 1])], [1, 0, 1, 1]);
  assert.throws(() => categoryHits([0], [0, 1]), /1 were found, but 2 were wanted/);
});
