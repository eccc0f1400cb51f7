import * as tf from "@tensorflow/tfjs-core";
import {
  bceWithLogits,
  categoryAccuracy,
  categoryLoss,
} from "../../../stages/train/adversarial_loss.ts";
import { assertNear } from "../../models/assert_near.ts";
import { setUp } from "../../models/set_up.ts";

Deno.test("bceWithLogits() is −t log σ(x) − (1 − t) log(1 − σ(x)), and bears large logits", async () => {
  await setUp({});
  const x = 0.7;
  const sigma = 1 / (1 + Math.exp(-x));
  for (const target of [0, 0.9, 1]) {
    const expected = -target * Math.log(sigma) - (1 - target) * Math.log(1 - sigma);
    assertNear(bceWithLogits(tf.tensor1d([x, x]), target), [expected], 1e-6);
  }
  assertNear(bceWithLogits(tf.tensor1d([200, -200]), 1), [100], 1e-4);
  // The derivative is σ(x) − t.
  assertNear(
    tf.grad((logits) => bceWithLogits(logits, 0.9))(tf.tensor1d([x])),
    [sigma - 0.9],
    1e-6,
  );
});

Deno.test("categoryLoss() is the cross-entropy of a softmax; of equal logits log n", async () => {
  await setUp({});
  const wanted = tf.tensor2d([1, 0, 0, 0, 0, 1], [2, 3]);
  assertNear(categoryLoss(tf.zeros([2, 3]), wanted), [Math.log(3)], 1e-6);
  const logits = tf.tensor2d([2, 0, 0, 0, 0, 1], [2, 3]);
  const each = [Math.log(Math.exp(2) + 2) - 2, Math.log(Math.E + 2) - 1];
  assertNear(categoryLoss(logits, wanted), [(each[0]! + each[1]!) / 2], 1e-6);
  const half = tf.tensor2d([2, 0, 0, 3, 0, 1], [2, 3]);
  assertNear(categoryAccuracy(half, wanted), [0.5], 1e-6);
});
