import * as tf from "@tensorflow/tfjs-core";
import { matchPatches } from "../../../models/layers/match_patches.ts";
import { assertNear } from "../assert_near.ts";
import { setUp } from "../set_up.ts";

Deno.test("matchPatches() is the squared difference of patches, negated, but for the patch's own square", async () => {
  const { normal } = await setUp({});
  const [a, b] = [normal([2, 16, 24, 1], 1), normal([2, 16, 24, 1], 2)];
  // The definition, one displacement after the other.
  const padded = tf.pad(b, [[0, 0], [4, 4], [4, 4], [0, 0]]);
  const sum = (x: tf.Tensor) => tf.mul(tf.avgPool(x as tf.Tensor4D, 8, 8, "valid"), 64);
  const expected = Array.from({ length: 81 }, (_, d) => {
    const source = tf.slice(padded, [0, Math.floor(d / 9), d % 9, 0], [-1, 16, 24, -1]);
    return tf.sub(sum(tf.square(a)), sum(tf.square(tf.sub(a, source))));
  });
  // Sums of 64 products of float32 of order 1.
  assertNear(matchPatches(a, b, { patch: 8, radius: 4 }), tf.concat(expected, 3), 1e-4);
});
