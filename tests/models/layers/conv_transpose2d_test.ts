import assert from "node:assert/strict";
import * as tf from "@tensorflow/tfjs-core";
import { convTranspose2d } from "../../../models/layers/conv_transpose2d.ts";
import { setUp } from "../set_up.ts";

Deno.test("convTranspose2d() is torch.nn.ConvTranspose2d(4, stride 2, padding 1)", async () => {
  await setUp({});
  // Row weights 1 2 3 4 and column weights 1: out[y] = Σ in[i] w[y + 1 − 2 i] by definition.
  const row = [1, 2, 3, 4];
  const kernel = tf.tensor4d(row.flatMap((w) => [w, w, w, w]), [4, 4, 1, 1]);
  const input = tf.tensor4d([5, 7, 11, 13], [1, 2, 2, 1]);
  const output = convTranspose2d({ kernel, bias: tf.tensor1d([0.5]) }, input);
  const values = [[5, 7], [11, 13]];
  const expected: number[] = [];
  for (let y = 0; y < 4; y++) {
    for (let x = 0; x < 4; x++) {
      let sum = 0.5;
      for (const [i, line] of values.entries()) {
        for (const [j, value] of line.entries()) {
          const [ky, kx] = [y + 1 - 2 * i, x + 1 - 2 * j];
          if (kx >= 0 && kx < 4) sum += value * (row[ky] ?? 0);
        }
      }
      expected.push(sum);
    }
  }
  assert.deepEqual([...output.dataSync()], expected);
});
