/** What a wrong shape in a model says: program, operator, shapes and line. */

import assert from "node:assert/strict";
import * as tf from "@tensorflow/tfjs-core";
import { createEngine } from "../../engine/create_engine.ts";

type Run = (x: tf.Tensor) => tf.Tensor;

/** Functions of a `[2, 3]` tensor, each with what must be said of it. */
const wrong: Readonly<Record<string, readonly [Run, RegExp]>> = {
  add: [(x) => tf.add(x, tf.ones([5])), /add of float32\[2,3\] and float32\[5\]: .*broadcast/],
  matMul: [
    (x) => tf.matMul(x, tf.ones([5, 2])),
    /matMul of float32\[2,3\] and float32\[5,2\]: inner axes .* are 3 and 5/,
  ],
  conv2d: [
    (x) =>
      tf.conv2d(
        tf.reshape(x, [1, 2, 3, 1]) as tf.Tensor4D,
        tf.ones([3, 3, 2, 4]) as tf.Tensor4D,
        1,
        "same",
      ),
    /conv2d of \[1,2,3,1\] and \[3,3,2,4\]: .*depth of input \(1\)/,
  ],
  reshape: [(x) => tf.reshape(x, [4, 2]), /reshape of float32\[2,3\]: Size\(6\)/],
  concat: [
    (x) => tf.concat([x, tf.ones([3, 3])], 1),
    /concat of float32\[2,3\] and float32\[3,3\]: /,
  ],
  slice: [(x) => tf.slice(x, [0, 1], [2, 3]), /slice of float32\[2,3\]: .*beyond/],
  split: [(x) => tf.split(x, 2, 1)[0]!, /split of float32\[2,3\]: axis 1 of 3/],
  einsum: [
    (x) => tf.einsum("ij,jk->ik", x, tf.ones([4, 5])),
    /einsum of float32\[2,3\] and float32\[4,5\]: "j" .* 3 and 4/,
  ],
  maxPool: [(x) => tf.maxPool(x as tf.Tensor4D, 2, 1, "same"), /maxPool of \[2,3\]: .*rank 4/],
  transpose: [(x) => tf.transpose(x, [0, 1, 2]), /transpose of \[2,3\]: /],
  "gradient of mul": [
    (x) => tf.grad((z) => tf.sum(tf.mul(z, tf.ones([7]))))(x),
    /mul of float32\[2,3\] and float32\[7\]: /,
  ],
};

for (const [name, [run, message]] of Object.entries(wrong)) {
  Deno.test(`a wrong shape in ${name} names program, operator, shapes and the model's line`, async () => {
    const engine = await createEngine({ backend: "onnx", threads: 1 });
    const program = engine.jit((x: tf.Tensor) => run(x), { name: "a step" });
    await assert.rejects(program(tf.ones([2, 3])), (error: Error) => {
      assert.match(error.message, /^Cannot compile "a step": /);
      assert.match(error.message, message);
      assert.match(error.message, /, at tests\/engine\/trace_errors_test\.ts:\d+:\d+$/);
      return true;
    });
    engine.dispose();
  });
}

Deno.test("a model's own error stays what it is", async () => {
  const engine = await createEngine({ backend: "onnx", threads: 1 });
  const thrown = new RangeError("groups must divide channels");
  const program = engine.jit((_: tf.Tensor): tf.Tensor => {
    throw thrown;
  });
  await assert.rejects(program(tf.scalar(1)), (error) => error === thrown);
  engine.dispose();
});

Deno.test("tracing leaves tfjs as it was, also after an error", async () => {
  const engine = await createEngine({ backend: "onnx", threads: 1 });
  const rank = Object.getOwnPropertyDescriptor(tf.Tensor.prototype, "rank");
  const { startScope, endScope } = tf.engine();
  const { stackTraceLimit } = Error;
  await assert.rejects(engine.jit((x: tf.Tensor) => tf.add(x, tf.ones([5])))(tf.ones([2, 3])));
  (await engine.jit((x: tf.Tensor) => tf.add(x, 1))(tf.ones([2, 3]))).dispose();
  assert.deepEqual(Object.getOwnPropertyDescriptor(tf.Tensor.prototype, "rank"), rank);
  assert.equal(tf.engine().startScope, startScope);
  assert.equal(tf.engine().endScope, endScope);
  assert.equal(Error.stackTraceLimit, stackTraceLimit);
  engine.dispose();
});

Deno.test("what only a run can find out names the program", async () => {
  const engine = await createEngine({ backend: "onnx", threads: 1 });
  const pick = engine.jit(
    ({ x, i }: { x: tf.Tensor; i: tf.Tensor }) => ({ y: tf.gather(x, i as tf.Tensor1D) }),
    { name: "picking" },
  );
  await assert.rejects(
    pick({ x: tf.ones([3, 2]), i: tf.tensor1d([7], "int32") }),
    /^Error: Cannot run "picking": ONNX Runtime: .*indices/s,
  );
  engine.dispose();
});
