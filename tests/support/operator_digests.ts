/** Operators on tensors large enough that ONNX Runtime shares them among threads. */

import { createHash } from "node:crypto";
import * as tf from "@tensorflow/tfjs-core";
import type { Engine } from "../../engine/engine.ts";
import { scattered, scatteredIntegers, toTensor } from "./host_tensor.ts";

type Tree = Readonly<Record<"image" | "matrix" | "filter" | "rows", tf.Tensor>>;

/** Each makes sums of many terms, or puts many elements into few places. */
const operators: Readonly<Record<string, (tree: Tree) => tf.Tensor>> = {
  "sum of all": ({ matrix }) => tf.sum(matrix),
  "sum over rows": ({ matrix }) => tf.sum(matrix, 0),
  "sum over columns": ({ matrix }) => tf.sum(matrix, 1),
  mean: ({ image }) => tf.mean(image, [0, 1, 2]),
  prod: ({ matrix }) => tf.prod(tf.add(tf.mul(matrix, 1e-3), 1), 1),
  cumsum: ({ matrix }) => tf.cumsum(matrix, 0),
  matMul: ({ matrix }) => tf.matMul(matrix, matrix, true, false),
  softmax: ({ matrix }) => tf.softmax(matrix),
  "gradients of a convolution": ({ image, filter }) => {
    const [dx, dw] = tf.grads((x: tf.Tensor, w: tf.Tensor) =>
      tf.square(tf.conv2d(x as tf.Tensor4D, w as tf.Tensor4D, 1, "same"))
    )([image, filter]);
    return tf.concat([tf.reshape(dx!, [-1]), tf.reshape(dw!, [-1])]);
  },
  "gradient of overlapping maxPool": ({ image }) =>
    tf.grad((x) => tf.maxPool(x as tf.Tensor4D, 3, 1, "same"))(image),
  "gradient of overlapping avgPool": ({ image }) =>
    tf.grad((x) => tf.avgPool(x as tf.Tensor4D, 3, 1, "same"))(image),
  "gradient of resizeBilinear": ({ image }) =>
    tf.grad((x) => tf.image.resizeBilinear(x as tf.Tensor4D, [50, 41]))(image),
  // Where ONNX Runtime's own ScatterND loses terms with two threads.
  "gradient of gather": ({ matrix, rows }) =>
    tf.grad((x) => tf.square(tf.gather(x, rows as tf.Tensor1D)))(tf.slice(matrix, 0, 3)),
  scatterND: ({ matrix, rows }) =>
    tf.scatterND(tf.reshape(rows, [-1, 1]), tf.gather(matrix, rows as tf.Tensor1D), [3, 256]),
  bincount: ({ rows }) => tf.bincount(rows as tf.Tensor1D, tf.ones([rows.size]), 3),
};

/** sha256 of the bytes of each operator's result, by name. */
export async function operatorDigests(engine: Engine): Promise<Record<string, string>> {
  const tree: Tree = {
    image: toTensor(scattered([4, 48, 48, 16])),
    matrix: toTensor(scattered([1024, 256], { salt: 1 })),
    filter: toTensor(scattered([3, 3, 16, 32], { salt: 2 })),
    rows: toTensor(scatteredIntegers([20_000], { low: 0, high: 3 })),
  };
  const digests: Record<string, string> = {};
  for (const [name, run] of Object.entries(operators)) {
    const program = engine.jit(run, { name });
    const result = await program(tree);
    digests[name] = createHash("sha256").update(new Uint8Array(result.dataSync().slice().buffer))
      .digest("hex");
    result.dispose();
    program.dispose();
  }
  tf.dispose(tree as unknown as tf.TensorContainer);
  return digests;
}
