import * as tf from "@tensorflow/tfjs-core";
import "@tensorflow/tfjs-backend-cpu";
import { samplerStep, stepFactors } from "../../diffusion/sampler_step.ts";
import { ancestral } from "../../diffusion/samplers/ancestral.ts";
import { ddim } from "../../diffusion/samplers/ddim.ts";
import { assertClose } from "./assert_close.ts";
import { applyStep, scheduleNamed } from "./fixture.ts";

Deno.test("samplerStep() does to tensors what the factors say", async () => {
  await tf.setBackend("cpu");
  const schedule = scheduleNamed("cosine_T50");
  const common = { schedule, objective: "v", timesteps: [30, 20] } as const;
  const steps = [
    ancestral({ ...common, variance: "large" })[0],
    ddim({ ...common, eta: 0.5, rederiveNoise: true })[0],
    ddim({ ...common, eta: 0, rederiveNoise: false })[1],
  ];
  const values = { x: [0.6, -1.4, 3.1], output: [0.2, -0.9, -2.7], noise: [-0.7, 0.4, 1.1] };
  for (const step of steps) {
    if (step === undefined) throw new Error("Internal error: a sampler left out a step");
    for (const clip of [null, 2]) {
      const { next, x0 } = samplerStep(tf.tensor1d(stepFactors(step)), {
        x: tf.tensor1d(values.x),
        output: tf.tensor1d(values.output),
        noise: tf.tensor1d(values.noise),
        previousX0: tf.zeros([3]),
      }, { clip });
      const [nexts, cleans] = [next.dataSync(), x0.dataSync()];
      for (const [i, x] of values.x.entries()) {
        const exact = applyStep(step, x, values.output[i] ?? NaN, values.noise[i] ?? NaN, clip);
        // float32 sums of four terms below 5: 2e-6.
        const tolerance = { relative: 0, absolute: 2e-6 };
        assertClose(cleans[i], exact.x0, "x0", tolerance);
        assertClose(nexts[i], exact.next, "next", tolerance);
      }
    }
  }
});
