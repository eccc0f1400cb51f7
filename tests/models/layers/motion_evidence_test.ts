import assert from "node:assert/strict";
import * as tf from "@tensorflow/tfjs-core";
import { motionEvidence } from "../../../models/layers/motion_evidence.ts";
import { assertNear } from "../assert_near.ts";
import { setUp } from "../set_up.ts";

const sizes = { patch: 8, radius: 4 };

Deno.test("motionEvidence() finds where everything came from", async () => {
  const { normal } = await setUp({});
  const scene = tf.sigmoid(normal([1, 48, 48, 1], 1));
  const previous = tf.slice(scene, [0, 8, 8, 0], [1, 32, 32, 1]);
  // What lay at (y + 2, x - 3) is now at (y, x).
  const frame = tf.slice(scene, [0, 10, 5, 0], [1, 32, 32, 1]);
  const evidence = motionEvidence(frame, previous, sizes);
  assert.deepEqual(evidence.shape, [1, 4, 4, 81]);
  // Patches inside, whose windows hold all of the source.
  const inside = tf.argMax(tf.slice(evidence, [0, 1, 1, 0], [1, 2, 2, -1]), 3).dataSync();
  assert.deepEqual([...inside], new Array(4).fill((2 + 4) * 9 + (-3 + 4)));
});

Deno.test("motionEvidence() is the softmax of smoothed squared differences", async () => {
  const { normal } = await setUp({});
  const [frame, previous] = [1, 2].map((lane) =>
    tf.add(0.5, tf.mul(0.02, normal([2, 16, 24, 1], lane)))
  );
  // The definition, one displacement after the other.
  const errors: tf.Tensor[] = [];
  const padded = tf.pad(previous!, [[0, 0], [4, 4], [4, 4], [0, 0]]);
  for (let y = 0; y <= 8; y++) {
    for (let x = 0; x <= 8; x++) {
      const source = tf.slice(padded, [0, y, x, 0], [-1, 16, 24, -1]);
      const squared = tf.square(tf.sub(frame!, source)) as tf.Tensor4D;
      errors.push(tf.avgPool(tf.avgPool(squared, 8, 8, "valid"), 3, 1, "same"));
    }
  }
  const expected = tf.softmax(tf.mul(tf.concat(errors, 3), -300));
  // Sums of 64 squares near 1/4 cancel: 300 * 1e-6 relative on values up to 1.
  assertNear(motionEvidence(frame!, previous!, sizes), expected, 1e-3);
});

Deno.test("motionEvidence() averages channels, and lets no gradient through", async () => {
  const { normal } = await setUp({});
  const [frame, previous] = [1, 2].map((lane) => tf.sigmoid(normal([1, 16, 16, 1], lane)));
  const three = (image: tf.Tensor) => tf.concat([image, image, image], 3);
  assertNear(
    motionEvidence(three(frame!), three(previous!), sizes),
    motionEvidence(frame!, previous!, sizes),
    1e-4,
  );
  const loss = (a: tf.Tensor, b: tf.Tensor) =>
    tf.sum(tf.square(motionEvidence(a, b, sizes))) as tf.Scalar;
  for (const gradient of tf.grads(loss)([frame!, previous!])) {
    assertNear(gradient, new Array(256).fill(0), 0);
  }
});
