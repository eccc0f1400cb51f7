import assert from "node:assert/strict";
import { mnist } from "../../../stages/dataset/mnist.ts";
import { readMnist } from "../../../stages/dataset/read_mnist.ts";
import { stageContext } from "../../support/stage_context.ts";

Deno.test("mnist gives the first digits of each split with their labels", async () => {
  const { context } = stageContext({ backend: "cpu", threads: 1 });
  const params = mnist.params.parse({ train: 5, test: 3 });
  const { train, test } = await mnist.run({ ...context, params, inputs: {} });
  assert.deepEqual([train.shape, train.split], [[5, 28, 28, 1], "train"]);
  assert.deepEqual([test.shape, test.split], [[3, 28, 28, 1], "test"]);
  // The first labels of MNIST's files.
  assert.deepEqual([...train.labels!], [5, 0, 4, 1, 9]);
  assert.deepEqual([...test.labels!], [7, 2, 1]);
  const { pixels } = await readMnist("test");
  assert.deepEqual(test.pixels, pixels.slice(0, 3 * 784));
});

Deno.test("mnist gives all 70,000 digits by default", () => {
  assert.deepEqual(mnist.params.parse({}), { train: 60_000, test: 10_000 });
});
