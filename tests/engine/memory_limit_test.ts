import assert from "node:assert/strict";
import * as tf from "@tensorflow/tfjs-core";
import { createEngine } from "../../engine/create_engine.ts";
import { estimateMemory } from "../../engine/onnx/graph/estimate_memory.ts";
import { GraphBuilder } from "../../engine/onnx/graph/graph_builder.ts";

const type = { dtype: "float32", shape: [1000] } as const;

Deno.test("estimateMemory() counts what lives at one time", () => {
  const builder = new GraphBuilder();
  const x = builder.input(type);
  const [a = ""] = builder.node("Exp", [x]);
  const [b = ""] = builder.node("Neg", [a]);
  const shape = builder.literal([10, 100], [2], "int64");
  const [view = ""] = builder.node("Reshape", [b, shape]);
  const [c = ""] = builder.node("Exp", [view]);
  const [d = ""] = builder.node("Abs", [c]);
  const graph = builder.finish([{ name: d, type: { dtype: "float32", shape: [10, 100] } }]);
  const { held, peak, largest } = estimateMemory(graph, 0);
  // Argument, result and the two numbers of the shape; each of a, b and c lives beside one other,
  // and the reshaped b is b's memory, which lives until c is there.
  assert.equal(held, 4000 + 4000 + 16);
  assert.equal(peak, 8000);
  assert.deepEqual(largest, { op: "Exp", type });
});

Deno.test("estimateMemory() keeps a value until its last reader", () => {
  const builder = new GraphBuilder();
  const x = builder.input(type);
  const [early = ""] = builder.node("Exp", [x]);
  const [a = ""] = builder.node("Neg", [early]);
  const [b = ""] = builder.node("Abs", [a]);
  const [sum = ""] = builder.node("Add", [early, b]);
  const graph = builder.finish([{ name: sum, type }]);
  assert.equal(estimateMemory(graph, 0).peak, 12_000);
});

type Vectors = { readonly a: tf.Tensor; readonly b: tf.Tensor };

/** The sum of squares of an outer product, which is never needed as a whole but made as one. */
const outer = ({ a, b }: Vectors) => ({ y: tf.sum(tf.square(tf.matMul(a, b))) });

const vectors = (size: number): Vectors => ({ a: tf.ones([size, 1]), b: tf.ones([1, size]) });

Deno.test("a program beyond the limit is refused with what it wants, before it takes it", async () => {
  const engine = await createEngine({ backend: "onnx", threads: 1, memoryLimit: 4_000_000 });
  const program = engine.jit(outer, { name: "outer" });
  const before = engine.memory();
  // Product and square of 1000 x 1000 floats at a time: 8 MB.
  await assert.rejects(
    program(vectors(1000)),
    /^RangeError: Cannot compile "outer": it may take 4\.0 MB \(the limit\), but wants about 8\.0 MB: 0\.0 MB for arguments.*8\.0 MB for values in between; its largest value is float32\[1000,1000\], made by MatMul/,
  );
  assert.equal(engine.memory().sessions, before.sessions);
  const { y } = await program(vectors(100));
  assert.equal(y.dataSync()[0], 10_000);
  engine.dispose();
});

Deno.test("a program beyond the free memory is refused", async () => {
  const engine = await createEngine({ backend: "onnx", threads: 1 });
  // Two times 640 GB; nobody has that.
  await assert.rejects(
    engine.jit(outer, { name: "huge" })(vectors(400_000)),
    /Cannot compile "huge": it may take [\d.]+ GB \(what is free\), but wants about 1280\.0 GB/,
  );
  engine.dispose();
});
