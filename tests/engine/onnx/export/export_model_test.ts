import assert from "node:assert/strict";
import * as tf from "@tensorflow/tfjs-core";
import { createEngine } from "../../../../engine/create_engine.ts";
import type { ForwardFunction } from "../../../../engine/engine.ts";
import { exportModel } from "../../../../engine/onnx/export/export_model.ts";
import { readOnnx } from "../../../support/read_onnx.ts";
import { inputsFor, largestDifference, runForward, runModel } from "../../../support/run_model.ts";

const weights = {
  kernel: { shape: [3, 2], data: Float32Array.of(1, 2, 3, 4, 5, 6) },
  idle: { shape: [1], data: Float32Array.of(1) },
};

const options = {
  name: "line",
  producerVersion: "1.2.3",
  metadata: { model: "test", step: "5" },
} as const;

/** x W, and the rows of all samples one after the other. */
const linear: ForwardFunction = {
  summary: "Two lines",
  inputs: { x: { shape: ["batch", 4, 3], doc: "Points" } },
  outputs: { rows: "All points", sums: "Per sample" },
  run: ({ kernel }, { x }) => {
    const rows = tf.matMul(tf.reshape(x!, [-1, 3]), kernel!);
    return { rows, sums: tf.sum(tf.reshape(rows, [-1, 4, 2]), 1) };
  },
};

await createEngine({ backend: "onnx", threads: 1 });

Deno.test("exportModel() says what the model is and what its ports mean", async () => {
  const file = readOnnx(await exportModel(linear, weights, { ...options, batch: "any" }));
  assert.equal(file.irVersion, 8);
  assert.equal(`${file.producer} ${file.producerVersion}`, "zoetrope 1.2.3");
  assert.equal(file.doc, "Two lines");
  assert.deepEqual(file.metadata, { model: "test", step: "5" });
  assert.deepEqual(file.inputs, {
    x: { elementType: 1, shape: ["batch", 4, 3], doc: "[batch, 4, 3] float32. Points" },
  });
  assert.deepEqual(file.outputs["rows"]?.shape, ["4 * batch", 2]);
  assert.equal(file.outputs["sums"]?.doc, "[batch, 2] float32. Per sample");
  // Under its own name; what is not needed is left out.
  assert.deepEqual(file.initialisers["kernel"], [3, 2]);
  assert.equal(file.initialisers["idle"], undefined);
});

Deno.test("exportModel() for a fixed batch writes numbers", async () => {
  const file = readOnnx(await exportModel(linear, weights, { ...options, batch: 2 }));
  assert.deepEqual(file.inputs["x"]?.shape, [2, 4, 3]);
  assert.deepEqual(file.outputs["rows"]?.shape, [8, 2]);
  assert.ok(file.nodes.every(({ op }) => op !== "Shape"));
});

Deno.test("exportModel() computes shapes from the batch wherever they depend on it", async () => {
  const shapes: ForwardFunction = {
    summary: "Shapes that one unknown cannot say",
    inputs: {
      x: { shape: ["batch", 4, 3], doc: "" },
      label: { shape: ["batch"], dtype: "int32", doc: "" },
    },
    outputs: { y: "", z: "", table: "" },
    run(_, { x, label }) {
      const [batch] = x!.shape;
      // More numbers than are written out: a tensor that the function holds.
      const rows = Array.from({ length: batch! * 300 }, (_, i) => i % 300);
      const table = tf.add(
        tf.tensor(rows, [batch!, 300]),
        tf.cast(tf.expandDims(label!, 1), "float32"),
      );
      // Twice the batch, tiled, cut to one less, padded back.
      const twice = tf.tile(x!, [2, 1, 1]);
      const cut = tf.slice(twice, [1, 0, 0], [2 * batch! - 1, 4, 3]);
      const padded = tf.pad(cut, [[0, 1], [0, 0], [0, 0]]);
      const folded = tf.reshape(padded, [2, batch!, 4, 3]);
      const hot = tf.oneHot(tf.cast(label!, "int32"), 3);
      const grid = tf.add(tf.zeros([batch!, 4, 3]), tf.expandDims(tf.cast(hot, "float32"), 1));
      return { y: tf.sum(folded, 0), z: grid, table };
    },
  };
  const engine = await createEngine({ backend: "onnx", threads: 1 });
  const bytes = await exportModel(shapes, {}, { ...options, batch: "any" });
  for (const batch of [1, 2, 5, 32]) {
    const inputs = inputsFor(shapes, batch);
    const expected = await runForward(engine, shapes, {}, inputs);
    assert.ok(largestDifference(await runModel(bytes, inputs, expected), expected) < 1e-6);
  }
  engine.dispose();
});

Deno.test("exportModel() refuses a free batch where a table depends on it, and takes a fixed one", async () => {
  const shuffled: ForwardFunction = {
    ...linear,
    outputs: { y: "" },
    run: (_, { x }) => ({ y: tf.gather(x!, shuffle(x!.shape[0]!)) }),
  };
  await assert.rejects(
    exportModel(shuffled, {}, { ...options, batch: "any" }),
    /Cannot free the batch: at an operator "Gather" a table of int32\[11\] depends on it; export for a fixed batch/,
  );
  const file = readOnnx(await exportModel(shuffled, {}, { ...options, batch: 3 }));
  assert.deepEqual(file.outputs["y"]?.shape, [3, 4, 3]);
});

/** Every third row: no whole number times the batch. */
function shuffle(batch: number): tf.Tensor1D {
  return tf.tensor1d(Array.from({ length: batch }, (_, i) => (3 * i) % batch), "int32");
}

Deno.test("exportModel() refuses functions that give other outputs than they say", async () => {
  const other = { ...linear, outputs: { rows: "", totals: "" } };
  await assert.rejects(
    exportModel(other, weights, { ...options, batch: 1 }),
    /the outputs should be rows, totals, but the function gives rows, sums/,
  );
});

Deno.test("exportModel() gives equal bytes for equal models", async () => {
  const [a, b] = [
    await exportModel(linear, weights, { ...options, batch: "any" }),
    await exportModel(linear, weights, { ...options, batch: "any" }),
  ];
  assert.deepEqual(a, b);
});
