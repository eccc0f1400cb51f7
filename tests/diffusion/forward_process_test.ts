import * as tf from "@tensorflow/tfjs-core";
import "@tensorflow/tfjs-backend-cpu";
import { diffuse, forwardFactors } from "../../diffusion/forward_process.ts";
import { assertClose } from "./assert_close.ts";
import { fixture, scheduleNamed } from "./fixture.ts";

Deno.test("diffuse() of a batch noises each sample at its own step", async () => {
  await tf.setBackend("cpu");
  const vectors = fixture.q_sample_posterior_v.filter(({ schedule }) =>
    schedule === "linear_T1000"
  );
  const factors = tf.tensor2d(
    forwardFactors(scheduleNamed("linear_T1000"), "v", Int32Array.from(vectors, ({ t }) => t)),
    [vectors.length, 4],
  );
  const stack = (field: "x0" | "eps") =>
    tf.tensor4d(vectors.flatMap((vector) => vector[field]), [vectors.length, 2, 2, 1]);
  const { x, target } = diffuse(factors, stack("x0"), stack("eps"));
  // Two float32 products and a sum of values near 1: 3e-7.
  const tolerance = { relative: 3e-7, absolute: 3e-7 };
  const xs = x.dataSync();
  const targets = target.dataSync();
  vectors.flatMap(({ x_t }) => x_t).forEach((v, i) => assertClose(xs[i], v, `x[${i}]`, tolerance));
  vectors.flatMap(({ v }) => v).forEach((v, i) => assertClose(targets[i], v, `v[${i}]`, tolerance));
});
