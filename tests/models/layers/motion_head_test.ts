import assert from "node:assert/strict";
import * as tf from "@tensorflow/tfjs-core";
import {
  motionHead,
  motionHeadBuffers,
  motionHeadParameters,
} from "../../../models/layers/motion_head.ts";
import { countParameters } from "../../../models/parameters.ts";
import { assertNear } from "../assert_near.ts";
import { setUp } from "../set_up.ts";

const sizes = { hidden: 5, outputs: 3 };

Deno.test("motionHead() in training gives each moment mean 0 and variance 1 over the batch", async () => {
  const { parameters, normal } = await setUp({
    ...motionHeadParameters(sizes),
    ...motionHeadBuffers(sizes),
  });
  const states = [normal([8, 5], 1), tf.add(normal([8, 5], 2), 3)];
  const { outputs, buffers } = motionHead(parameters, states, "train");
  for (const output of outputs) {
    const { mean, variance } = tf.moments(output, 0);
    assertNear(mean, [0, 0, 0], 2e-6);
    // ε = 1e-5 beside variances of about a third.
    assertNear(variance, [1, 1, 1], 1e-3);
  }
  assert.deepEqual(Object.keys(buffers).sort(), ["norm.mean", "norm.variance"]);
  assert.ok(buffers["norm.mean"]!.dataSync().some((value) => value !== 0));
});

Deno.test("motionHead() in evaluation treats each clip by itself", async () => {
  const { parameters, normal } = await setUp({
    ...motionHeadParameters(sizes),
    ...motionHeadBuffers(sizes),
  });
  const both = normal([2, 5], 1);
  const { outputs: [together], buffers } = motionHead(parameters, [both], "eval");
  const first = tf.slice(both, [0, 0], [1, 5]);
  const { outputs: [alone] } = motionHead(parameters, [first], "eval");
  assertNear(tf.slice(together!, [0, 0], [1, 3]), alone!, 1e-7);
  assert.deepEqual(buffers, {});
  assert.throws(
    () => motionHead(parameters, [first], "train"),
    /one value per channel/,
  );
});

Deno.test("motionHeadParameters() of MP5 are 1,010", () => {
  assert.equal(countParameters(motionHeadParameters({ hidden: 100, outputs: 10 })), 1010);
});
