import assert from "node:assert/strict";
import * as tf from "@tensorflow/tfjs-core";
import "@tensorflow/tfjs-backend-cpu";
import { boundTerms, stepCounts } from "../../diffusion/bound_terms.ts";
import { vlbFactors } from "../../diffusion/variational_bound.ts";
import { assertClose } from "./assert_close.ts";
import { answerAt, boundFixture, termCases } from "./bound_fixture.ts";
import { scheduleNamed } from "./fixture.ts";

const image = (values: readonly number[]) => tf.tensor4d([...values], [1, 2, 2, 1]);

for (const variance of ["small", "large", "learned"] as const) {
  Deno.test(`boundTerms() with ${variance} variance is the float64 form`, async () => {
    await tf.setBackend("cpu");
    for (const item of termCases.filter((item) => item.variance === variance)) {
      const { objective, t, clip } = item;
      const schedule = scheduleNamed(item.schedule);
      const { shape, data } = vlbFactors(schedule, objective, Int32Array.of(t), variance);
      const { target, output } = answerAt(item.schedule, t, objective);
      const tensors = {
        x0: image(boundFixture.x0),
        target: image(target),
        output: image(output),
        varianceFraction: image(boundFixture.fraction),
      };
      const options = { clip: clip ? { low: -1, high: 1 } : null };
      const terms = boundTerms(tf.tensor2d(data, [...shape]), tensors, options);
      assert.deepEqual(terms.shape, [1]);
      // float32: answer − target of values near 1 (1e-7 of 0.02), and 1 cancels in the divergence.
      assertClose(terms.dataSync()[0], item.bits, JSON.stringify(item), {
        relative: 1e-4,
        absolute: 3e-7,
      });
    }
  });
}

Deno.test("boundTerms() of a batch keeps its samples apart, and stepCounts() is T of each", async () => {
  await tf.setBackend("cpu");
  const cases = termCases.filter((item) =>
    item.schedule === "cosine_T50" && item.objective === "v" && item.variance === "learned" &&
    !item.clip
  );
  const steps = Int32Array.from(cases, ({ t }) => t);
  const { shape, data } = vlbFactors(scheduleNamed("cosine_T50"), "v", steps);
  const answers = cases.map(({ t }) => answerAt("cosine_T50", t, "v"));
  const stack = (rows: readonly (readonly number[])[]) => tf.concat(rows.map(image), 0);
  const factors = tf.tensor2d(data, [...shape]);
  const terms = boundTerms(factors, {
    x0: stack(cases.map(() => boundFixture.x0)),
    target: stack(answers.map(({ target }) => target)),
    output: stack(answers.map(({ output }) => output)),
    varianceFraction: stack(cases.map(() => boundFixture.fraction)),
  }, { clip: null });
  for (const [i, value] of terms.dataSync().entries()) {
    assertClose(value, cases[i]!.bits, `${cases[i]!.t}`, { relative: 1e-4, absolute: 3e-7 });
  }
  assert.deepEqual([...stepCounts(factors).dataSync()], cases.map(() => 50));
});
