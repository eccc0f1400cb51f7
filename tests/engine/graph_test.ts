/** What compiled programs look like, and when two are the same. */

import assert from "node:assert/strict";
import * as tf from "@tensorflow/tfjs-core";
import { createEngine } from "../../engine/create_engine.ts";
import type { Engine } from "../../engine/engine.ts";

type Tree = Record<string, tf.Tensor>;

/** Portable, so that the text is the same on every processor. */
function portableEngine(): Promise<Engine> {
  return createEngine({ backend: "onnx", threads: 1, blockSize: 0 });
}

const programs: Readonly<Record<string, (tree: Tree) => Tree>> = {
  "a linear layer": ({ x, w, b }) => ({ y: tf.relu(tf.add(tf.matMul(x!, w!), b!)) }),
  "gradients of a linear layer": ({ x, w, b }) => {
    const loss = (w: tf.Tensor, b: tf.Tensor) =>
      tf.mean(tf.square(tf.add(tf.matMul(x!, w), b))) as tf.Scalar;
    const [dw, db] = tf.grads(loss)([w!, b!]);
    return { dw: dw!, db: db! };
  },
  "arithmetic with constants": ({ x }) => ({ y: tf.sub(tf.mul(x!, 2), tf.ones([3])) }),
  "an unused input and an unused node": ({ x, w }) => {
    tf.exp(w!);
    return { y: tf.neg(x!) };
  },
};

for (const [name, program] of Object.entries(programs)) {
  Deno.test(`the graph of ${name} prints as before`, async (t) => {
    const engine = await portableEngine();
    const info = await engine.jit(program, { name }).inspect(inputs());
    await t.assertSnapshot(info.toString());
    engine.dispose();
  });
}

Deno.test("the blocked graph of two convolutions stays blocked between them", async (t) => {
  const engine = await createEngine({ backend: "onnx", threads: 1 });
  const { blockSize } = engine.info;
  const program = engine.jit(({ x, w }: Tree) => {
    const same = (input: tf.Tensor) => tf.conv2d(input as tf.Tensor4D, w as tf.Tensor4D, 1, "same");
    return { y: same(tf.tanh(same(x!))) };
  });
  const text = (await program.inspect({ x: tf.zeros([1, 4, 4, 16]), w: tf.zeros([3, 3, 16, 16]) }))
    .toString();
  if (blockSize === 16) await t.assertSnapshot(text);
  // On any processor: into blocks once for the image, and out of them once for the result.
  const count = (op: string) => text.split("\n").filter((line) => line.includes(op)).length;
  if (blockSize > 0) assert.equal(count("ReorderOutput"), 1, text);
  engine.dispose();
});

Deno.test("hashes are equal for equal computations, whatever the names and the order", async () => {
  const engine = await portableEngine();
  const hash = async (fn: (tree: Tree) => Tree, tree: Tree = inputs()) =>
    (await engine.jit(fn).inspect(tree)).hash;
  const original = await hash(({ x, b }) => ({ y: tf.add(tf.exp(x!), tf.log(b!)) }));
  const reordered = await hash(({ x, b }) => {
    const right = tf.log(b!);
    tf.sin(right);
    return { other: tf.add(tf.exp(x!), right) };
  });
  const recomputed = await hash(({ x, b }) => ({ y: tf.add(tf.exp(x!), tf.log(b!)) }));
  assert.equal(reordered, original);
  assert.equal(recomputed, original);
  engine.dispose();
});

Deno.test("hashes differ for different operators, constants, shapes, outputs and inputs", async () => {
  const engine = await portableEngine();
  const hash = async (fn: (tree: Tree) => Tree, tree: Tree = inputs()) =>
    (await engine.jit(fn).inspect(tree)).hash;
  const hashes = [
    await hash(({ x }) => ({ y: tf.mul(x!, 2) })),
    await hash(({ x }) => ({ y: tf.mul(x!, 3) })),
    await hash(({ x }) => ({ y: tf.add(x!, 2) })),
    await hash(({ w }) => ({ y: tf.mul(w!, 2) })),
    await hash(({ x }) => ({ y: tf.mul(x!, 2), z: tf.mul(x!, 3) })),
    await hash(({ x }) => ({ y: tf.mul(x!, 3), z: tf.mul(x!, 2) })),
    await hash(({ x }) => ({ y: tf.sub(x!, tf.neg(x!)) })),
    await hash(({ x }) => ({ y: tf.sub(tf.neg(x!), x!) })),
    await hash(({ x }) => ({ y: tf.sum(x!, 0) })),
    await hash(({ x }) => ({ y: tf.sum(x!, 1) })),
    await hash(({ x }) => ({ y: tf.mul(x!, 2) }), { ...inputs(), x: tf.zeros([5, 3]) }),
  ];
  assert.equal(new Set(hashes).size, hashes.length);
  engine.dispose();
});

Deno.test("a program reports its cost", async () => {
  const engine = await portableEngine();
  const info = await engine.jit(programs["a linear layer"]!).inspect(inputs());
  assert.match(info.hash, /^[0-9a-f]{64}$/);
  assert.ok(info.nodeCount >= 3);
  for (const cost of [info.traceMs, info.encodeMs, info.sessionMs]) assert.ok(cost > 0);
  engine.dispose();
});

function inputs(): Tree {
  return { x: tf.zeros([4, 3]), w: tf.zeros([3, 3]), b: tf.zeros([3]) };
}
