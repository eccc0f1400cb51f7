import * as tf from "@tensorflow/tfjs-core";
import { imageWindows } from "../../../models/layers/image_windows.ts";
import { transport } from "../../../models/layers/transport.ts";
import { assertNear } from "../assert_near.ts";
import { setUp } from "../set_up.ts";

const sizes = { patch: 4, radius: 2 };

/** Logits that choose one displacement, for each of `patches` patches. */
function choose(dy: number, dx: number, patches: number): tf.Tensor {
  const row = new Array(10).fill(0);
  row[dy + 2] = 100;
  row[5 + dx + 2] = 100;
  return tf.tile(tf.tensor2d([row]), [patches, 1]);
}

Deno.test("transport() takes each pixel from the displacement that the kernels choose", async () => {
  const { normal } = await setUp({});
  const image = normal([1, 8, 12], 1);
  const windows = imageWindows(image, sizes);
  const moved = transport(windows, choose(1, -2, 6), sizes);
  // out[y, x] = in[y + 1, x - 2], cut into patches of 4.
  const source = tf.slice(tf.pad(image, [[0, 0], [0, 1], [2, 0]]), [0, 1, 0], [1, 8, 12]);
  const cut = tf.transpose(tf.reshape(source, [2, 4, 3, 4]), [0, 2, 1, 3]);
  assertNear(moved, tf.reshape(cut, [6, 16]), 1e-6);
});

Deno.test("transport() keeps the brightness of a flat image, whatever the kernels", async () => {
  const { normal } = await setUp({});
  const windows = tf.fill([3, 8, 8], 0.7) as tf.Tensor3D;
  assertNear(transport(windows, normal([3, 10], 1), sizes), new Array(48).fill(0.7), 1e-6);
});

Deno.test("transport() lets gradients through to the frame and to the kernels", async () => {
  const { normal } = await setUp({});
  const [windows, logits] = [normal([2, 8, 8], 1), normal([2, 10], 2)];
  const sum = (w: tf.Tensor, l: tf.Tensor) =>
    tf.sum(tf.square(transport(w as tf.Tensor3D, l, sizes))) as tf.Scalar;
  const [dw, dl] = tf.grads(sum)([windows, logits]);
  const step = 1e-2;
  for (const [tensor, gradient, at] of [[windows, dw!, 27], [logits, dl!, 3]] as const) {
    const bump = tf.reshape(tf.oneHot(tf.scalar(at, "int32"), tensor.size), tensor.shape);
    const lossAt = (sign: number) => {
      const moved = tf.add(tensor, tf.mul(bump, sign * step));
      return (tensor === windows ? sum(moved, logits) : sum(windows, moved)).dataSync()[0]!;
    };
    // Central differences: error of third order, and rounding of a sum near 10 divided by the step.
    assertNear(tf.slice(tf.reshape(gradient, [-1]), [at], [1]), [
      (lossAt(1) - lossAt(-1)) / (2 * step),
    ], 5e-3);
  }
});
