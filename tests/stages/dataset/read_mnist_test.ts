import { deepEqual, equal, throws } from "node:assert/strict";
import { parseIdx, readMnist } from "../../../stages/dataset/read_mnist.ts";

Deno.test("readMnist() gives the 10,000 test digits with their published class counts", async () => {
  const { pixels, labels, count } = await readMnist("test");
  equal(count, 10_000);
  equal(pixels.length, 10_000 * 28 * 28);
  const counts = Array.from({ length: 10 }, (_, c) => labels.filter((label) => label === c).length);
  // Counted by many: for example the torchvision documentation's class histogram of the test set.
  deepEqual(counts, [980, 1135, 1032, 1010, 982, 892, 958, 1028, 974, 1009]);
});

Deno.test("readMnist() gives the digits that everyone knows", async () => {
  const { pixels, labels } = await readMnist("train");
  deepEqual([...labels.subarray(0, 10)], [5, 0, 4, 1, 9, 2, 1, 3, 1, 4]);
  // Mean intensity of the training set, 0.1307 in every tutorial.
  let sum = 0;
  for (const pixel of pixels) sum += pixel;
  equal((sum / pixels.length / 255).toFixed(4), "0.1307");
});

Deno.test("parseIdx() refuses another type, shape or length, and says what it found", () => {
  const good = Uint8Array.from([0, 0, 8, 1, 0, 0, 0, 2, 7, 9]);
  deepEqual([...parseIdx(good, "x", [2])], [7, 9]);
  throws(() => parseIdx(good.subarray(0, 9), "x", [2]), /has 9 bytes, not 10/);
  throws(() => parseIdx(good, "x", [3]), /"x": it must be IDX uint8 \[3\], but its shape is \[2\]/);
  throws(() => parseIdx(good, "x", [2, 1]), /ends after 10 bytes/);
  throws(() => parseIdx(good.with(2, 9), "x", [2]), /magic number is 2305/);
});
