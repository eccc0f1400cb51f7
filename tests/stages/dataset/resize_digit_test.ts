import { deepEqual, equal } from "node:assert/strict";
import { resizeDigit } from "../../../stages/dataset/resize_digit.ts";

Deno.test("resizeDigit() doubles like Pillow's BILINEAR", () => {
  // Closed form: weights 1/4 and 3/4 inside, edges repeated; 47.8125 is 3/4 * 3/4 * 85, rounded 48.
  const doubled = resizeDigit(Uint8Array.from([0, 0, 0, 255]), 2, 4);
  deepEqual([...doubled], [0, 0, 0, 0, 0, 16, 48, 64, 0, 48, 143, 191, 0, 64, 191, 255]);
});

Deno.test("resizeDigit() to the same size is the digit, and keeps a flat digit flat", () => {
  const digit = Uint8Array.from({ length: 28 * 28 }, (_, i) => i % 251);
  equal(resizeDigit(digit, 28, 28), digit);
  deepEqual(resizeDigit(new Uint8Array(28 * 28).fill(9), 28, 32), new Uint8Array(32 * 32).fill(9));
});
