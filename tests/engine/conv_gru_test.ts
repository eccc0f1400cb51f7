/** A3 of the systems under study: one ConvGRU step with published numbers, on both backends. */

import assert from "node:assert/strict";
import * as tf from "@tensorflow/tfjs-core";
import { createEngine } from "../../engine/create_engine.ts";
import { convGru } from "../../models/layers/conv_gru.ts";

const x = [1, -1, 0.5, 0.25];

/** Computed by hand-written loops in float64 for 2x2 images of one channel. */
const steps = [
  { hidden: [0, 0, 0, 0], next: [0.1381347795, 0.1895668070, -0.2933333677, -0.2792235784] },
  {
    hidden: [0.1, 0.2, -0.3, 0.4],
    next: [0.1884195072, 0.2145545050, -0.4131877127, -0.0604825819],
  },
];

for (const backend of ["cpu", "onnx"] as const) {
  Deno.test(`convGru() on ${backend} gives the reference values of a step`, async () => {
    const engine = await createEngine({ backend, threads: 2 });
    const step = engine.jit(
      (parameters: Record<string, tf.Tensor>, state: { x: tf.Tensor; h: tf.Tensor }) => ({
        h: convGru(parameters, state.x, state.h),
      }),
    );
    for (const { hidden, next } of steps) {
      const result = await step(parameters(), { x: image(x), h: image(hidden) });
      const found = result.h.dataSync();
      // Values of float32 through 18-term sums, a sigmoid and a tanh: a few units of 6e-8.
      next.forEach((value, i) => assert.ok(Math.abs(found[i]! - value) < 5e-7, `${found}`));
    }
    engine.dispose();
  });
}

/** Weights 0.5 sin(k + offset), k = 1, 2, ... in PyTorch's order [out, in, row, column]. */
function parameters(): Record<string, tf.Tensor> {
  return {
    "gates.kernel": tf.concat([filter(100), filter(0)], 3),
    "gates.bias": tf.tensor1d([wave(151), wave(51)]),
    "candidate.kernel": filter(200),
    "candidate.bias": tf.tensor1d([wave(251)]),
  };
}

function filter(offset: number): tf.Tensor {
  const values = Float32Array.from({ length: 18 }, (_, i) => wave(offset + i + 1));
  // [in, row, column] -> [row, column, in, out]
  return tf.reshape(tf.transpose(tf.tensor3d(values, [2, 3, 3]), [1, 2, 0]), [3, 3, 2, 1]);
}

function wave(k: number): number {
  return 0.5 * Math.sin(k);
}

function image(values: readonly number[]): tf.Tensor {
  return tf.tensor4d([...values], [1, 2, 2, 1]);
}
