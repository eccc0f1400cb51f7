import * as tf from "@tensorflow/tfjs-core";
import { classEmbedding } from "../../../models/layers/class_embedding.ts";
import { assertNear } from "../assert_near.ts";
import { setUp } from "../set_up.ts";

Deno.test("classEmbedding() takes the row of each label, and zeros for no class", async () => {
  await setUp({});
  const table = tf.tensor2d([1, 2, 3, 4], [2, 2]);
  const labels = tf.tensor1d([1, 0, 2, 1], "int32");
  assertNear(classEmbedding({ table }, labels), [3, 4, 1, 2, 0, 0, 3, 4], 0);
});

Deno.test("classEmbedding() gives gradients to the rows that it took", async () => {
  await setUp({});
  const labels = tf.tensor1d([1, 2, 1], "int32");
  const dy = tf.tensor2d([1, 10, 5, 5, 2, 20], [3, 2]);
  const slope = tf.grad((table) => classEmbedding({ table }, labels))(tf.zeros([2, 2]), dy);
  assertNear(slope, [0, 0, 3, 30], 0);
});
