import assert from "node:assert/strict";
import * as tf from "@tensorflow/tfjs-core";
import "@tensorflow/tfjs-backend-cpu";
import {
  discretisedGaussianLogLikelihood,
  discretisedGaussianTensor,
} from "../../diffusion/discretised_gaussian.ts";
import { assertClose } from "./assert_close.ts";
import { fixture } from "./fixture.ts";

/** Two more of the same source: an open bin at −1, and the floor. */
const cases = [
  ...fixture.vlb.discretized_gaussian_log_likelihood,
  { x: -1, mean: -0.9, log_scale: -2, log_prob_nats: -1.43147729937292 },
  { x: 0.5, mean: -0.5, log_scale: -4, log_prob_nats: Math.log(1e-12) },
];

Deno.test("discretisedGaussianLogLikelihood() gives the published values, on tensors too", async () => {
  await tf.setBackend("cpu");
  for (const { x, mean, log_scale, log_prob_nats } of cases) {
    const value = discretisedGaussianLogLikelihood(x, mean, log_scale);
    assertClose(value, log_prob_nats, `${x}`, { relative: 1e-12, absolute: 0 });
    const [tensor] = discretisedGaussianTensor(
      tf.tensor1d([x]),
      tf.tensor1d([x - mean]),
      tf.tensor1d([log_scale]),
    ).dataSync();
    // A difference of two float32 probabilities near 1/2 and 1/16 apart.
    assertClose(tensor, log_prob_nats, `${x} in float32`, { relative: 2e-6, absolute: 0 });
  }
});

Deno.test("discretisedGaussianLogLikelihood() sums to 1 over the 256 levels", () => {
  for (const [mean, logScale] of [[0.3, -2], [-1.1, -1], [0, 1]] as const) {
    let sum = 0;
    for (let level = 0; level < 256; level++) {
      sum += Math.exp(discretisedGaussianLogLikelihood((2 * level) / 255 - 1, mean, logScale));
    }
    // 256 floors of 1e-12.
    assert.ok(Math.abs(sum - 1) < 1e-9, `${sum}`);
  }
});
