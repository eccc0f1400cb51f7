import assert from "node:assert/strict";
import * as tf from "@tensorflow/tfjs-core";
import { createEngine } from "../../../engine/create_engine.ts";
import { contrastiveLoss } from "../../../stages/train/contrastive_loss.ts";

await createEngine({ backend: "cpu", threads: 1 });
const lossOf = (points: number[][], temperature: number) =>
  contrastiveLoss(tf.tensor2d(points), temperature).dataSync()[0]!;

Deno.test("contrastiveLoss() is NT-Xent of the paper, summed by hand", () => {
  // Two images, copies 1 and 2 of each: z1 = z1' = (1, 0), z2 = z2' = (0, 1). Each point sees its copy at
  // similarity 1 and two others at 0: -log(e^2 / (e^2 + 2)) for τ = 1/2.
  const expected = Math.log(Math.exp(2) + 2) - 2;
  const loss = lossOf([[1, 0], [0, 1], [1, 0], [0, 1]], 0.5);
  // Float32.
  assert.ok(Math.abs(loss - expected) < 1e-6, `${loss}, ${expected}`);
});

Deno.test("contrastiveLoss() of points that are all alike is that of guessing", () => {
  const loss = lossOf(Array.from({ length: 8 }, () => [1, 0]), 0.2);
  assert.ok(Math.abs(loss - Math.log(7)) < 1e-6);
});
