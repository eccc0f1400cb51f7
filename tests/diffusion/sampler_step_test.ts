import assert from "node:assert/strict";
import * as tf from "@tensorflow/tfjs-core";
import "@tensorflow/tfjs-backend-cpu";
import { type ClipRange, samplerStep, stepFactors } from "../../diffusion/sampler_step.ts";
import { ancestral } from "../../diffusion/samplers/ancestral.ts";
import { ddim } from "../../diffusion/samplers/ddim.ts";
import { dpmpp2m } from "../../diffusion/samplers/dpmpp_2m.ts";
import { assertClose } from "./assert_close.ts";
import { applyStep, scheduleNamed } from "./fixture.ts";

Deno.test("samplerStep() does to tensors what the factors say", async () => {
  await tf.setBackend("cpu");
  const schedule = scheduleNamed("cosine_T50");
  const common = { schedule, objective: "v", timesteps: [30, 20, 9] } as const;
  const multistep = { solver: "heun", lowerOrderFinal: false, finalNoise: "first" } as const;
  const steps = [
    ancestral({ ...common, variance: "large" })[0],
    ddim({ ...common, eta: 0.5, rederiveNoise: true })[0],
    ddim({ ...common, eta: 0, rederiveNoise: false })[1],
    dpmpp2m({ ...common, ...multistep })[1],
    dpmpp2m({ ...common, ...multistep })[2],
  ];
  const values = {
    x: [0.6, -1.4, 3.1],
    output: [0.2, -0.9, -2.7],
    noise: [-0.7, 0.4, 1.1],
    previousX0: [0.5, -0.5, 2],
  };
  for (const step of steps) {
    if (step === undefined) throw new Error("Internal error: a sampler left out a step");
    for (const clip of [null, 2]) {
      const { next, x0 } = samplerStep(tf.tensor1d(stepFactors(step)), {
        x: tf.tensor1d(values.x),
        output: tf.tensor1d(values.output),
        noise: tf.tensor1d(values.noise),
        previousX0: tf.tensor1d(values.previousX0),
      }, { clip });
      const [nexts, cleans] = [next.dataSync(), x0.dataSync()];
      for (const [i, x] of values.x.entries()) {
        const previousX0 = values.previousX0[i]!;
        const exact = applyStep(step, x, values.output[i]!, values.noise[i]!, clip, { previousX0 });
        // float32 sums of four terms below 5: 2e-6.
        const tolerance = { relative: 0, absolute: 2e-6 };
        assertClose(cleans[i], exact.x0, "x0", tolerance);
        assertClose(nexts[i], exact.next, "next", tolerance);
      }
    }
  }
});

Deno.test("samplerStep() scales the noise of each pixel by the learned variance", async () => {
  await tf.setBackend("cpu");
  const options = { schedule: scheduleNamed("cosine_T50"), objective: "v" } as const;
  const timesteps = [1, 0];
  const fractions = [-1, 0, 0.5, 1];
  for (const variance of ["learned", "large"] as const) {
    const step = ancestral({ ...options, timesteps, variance })[0]!;
    const { next } = samplerStep(tf.tensor1d(stepFactors(step)), {
      x: tf.zeros([4]),
      output: tf.zeros([4]),
      noise: tf.ones([4]),
      previousX0: tf.zeros([4]),
      varianceFraction: tf.tensor1d(fractions),
    }, { clip: null });
    for (const [i, value] of next.dataSync().entries()) {
      const { next: exact } = applyStep(step, 0, 0, 1, null, { fraction: fractions[i]! });
      assertClose(value, exact, `${variance} ${i}`, { relative: 1e-6, absolute: 0 });
      // Steps of fixed variance ignore what the network says.
      if (variance === "large") {
        assertClose(value, step.next.noise, "large", { relative: 1e-6, absolute: 0 });
      }
    }
  }
});

Deno.test("samplerStep() clips x̂0 to a range that need not be symmetric", async () => {
  await tf.setBackend("cpu");
  const options = { schedule: scheduleNamed("cosine_T50"), objective: "x0" } as const;
  const step = ddim({ ...options, timesteps: [20], eta: 0, rederiveNoise: true })[0]!;
  const clippedTo = (clip: ClipRange | null) => {
    const zeros = tf.zeros([4]);
    const output = tf.tensor1d([-3, -0.5, 0.5, 3]);
    const tensors = { x: zeros, output, noise: zeros, previousX0: zeros };
    return [...samplerStep(tf.tensor1d(stepFactors(step)), tensors, { clip }).x0.dataSync()];
  };
  assert.deepEqual(clippedTo(2), [-2, -0.5, 0.5, 2]);
  assert.deepEqual(clippedTo({ low: 0, high: 1 }), [0, 0, 0.5, 1]);
  assert.deepEqual(clippedTo(null), [-3, -0.5, 0.5, 3]);
});
