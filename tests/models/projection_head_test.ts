import assert from "node:assert/strict";
import * as tf from "@tensorflow/tfjs-core";
import { createEngine } from "../../engine/create_engine.ts";
import { projectionHead, projectionHeadParameters } from "../../models/projection_head.ts";
import { toDevice } from "../../training/host_tensor.ts";
import { initialise } from "../../training/initialise.ts";

await createEngine({ backend: "cpu", threads: 1 });

Deno.test("projectionHead() gives points of length 1, also of features that are 0", () => {
  const parameters = toDevice(initialise(projectionHeadParameters({ inputs: 5, outputs: 3 }), 1n));
  const features = tf.tensor2d([[1, 2, 3, 4, 5], [-2, 0, 1, 0, 9], [0, 0, 0, 0, 0]]);
  const points = projectionHead(parameters, features);
  assert.deepEqual(points.shape, [3, 3]);
  const [first, second, zero] = points.arraySync() as number[][];
  assert.ok(Math.abs(Math.hypot(...first!) - 1) < 1e-6);
  assert.ok(Math.abs(Math.hypot(...second!) - 1) < 1e-6);
  assert.ok(zero!.every(Number.isFinite));
});
