import assert from "node:assert/strict";
import * as tf from "@tensorflow/tfjs-core";
import { resBlock, resBlockParameters } from "../../../models/layers/res_block.ts";
import { assertNear } from "../assert_near.ts";
import { setUp } from "../set_up.ts";

Deno.test("resBlock() starts as the identity where the channels stay", async () => {
  const sizes = { inputs: 8, outputs: 8, kernel: 3, embedding: 5 };
  const { parameters, normal } = await setUp(resBlockParameters(sizes));
  const input = normal([2, 4, 4, 8], 1);
  assertNear(resBlock(parameters, input, { groups: 4, embedding: normal([2, 5], 2) }), input, 0);
});

Deno.test("resBlock() changes the channels and depends on its embedding", async () => {
  const sizes = { inputs: 4, outputs: 8, kernel: 3, embedding: 5 };
  const { parameters, normal } = await setUp(resBlockParameters(sizes));
  // Past the zeros that it starts with.
  const moved = Object.fromEntries(
    Object.entries(parameters).map(([name, t], i) => [name, tf.add(t, normal(t.shape, 9 + i))]),
  );
  const input = normal([2, 4, 4, 4], 1);
  const [one, two] = [2, 3].map((lane) =>
    resBlock(moved, input, { groups: 4, embedding: normal([2, 5], lane) })
  );
  assert.deepEqual(one!.shape, [2, 4, 4, 8]);
  assert.ok(tf.max(tf.abs(tf.sub(one!, two!))).dataSync()[0]! > 0.1);
});

Deno.test("resBlock() gives every parameter a gradient once it has left its start", async () => {
  const sizes = { inputs: 4, outputs: 8, kernel: 3, embedding: 5 };
  const { parameters, normal } = await setUp(resBlockParameters(sizes));
  const names = Object.keys(parameters);
  const [input, embedding, dy] = [
    normal([2, 4, 4, 4], 1),
    normal([2, 5], 2),
    normal([2, 4, 4, 8], 3),
  ];
  const run = (...tensors: tf.Tensor[]) => {
    const named = Object.fromEntries(names.map((name, i) => [name, tensors[i]!]));
    return resBlock(named, input, { groups: 4, embedding });
  };
  const moved = names.map((name, i) =>
    tf.add(parameters[name]!, normal(parameters[name]!.shape, 9 + i))
  );
  for (const [i, gradient] of tf.grads(run)(moved, dy).entries()) {
    assert.ok(tf.max(tf.abs(gradient)).dataSync()[0]! > 0, `${names[i]} has no gradient`);
  }
});
