import assert from "node:assert/strict";
import { noiseSchedule } from "../../diffusion/noise_schedule.ts";
import { qSample } from "../../diffusion/q_sample.ts";
import { linear } from "../../diffusion/schedules/linear.ts";
import {
  boundTerm,
  priorTerm,
  variationalBound,
  vlbFactors,
} from "../../diffusion/variational_bound.ts";
import { modelLogVariance, type VarianceId } from "../../diffusion/log_variance.ts";
import { assertClose } from "./assert_close.ts";
import { boundFixture, predictedX0, termCases } from "./bound_fixture.ts";
import { scheduleNamed } from "./fixture.ts";

const { x0, eps, fraction } = boundFixture;

for (const variance of ["small", "large", "learned"] as const) {
  Deno.test(`boundTerm() with ${variance} variance gives PyTorch's values`, () => {
    const cases = termCases.filter((item) => item.variance === variance);
    assert.equal(cases.length, 72);
    for (const item of cases) {
      const schedule = scheduleNamed(item.schedule);
      const x = qSample(schedule, item.t, x0, eps);
      const denoised = { x0: predictedX0(item, x), varianceFraction: fraction };
      const bits = boundTerm(schedule, variance, item.t, { x0, x, denoised });
      // Where the two distributions nearly agree, 1 of e^{log ratio} cancels; x̂0 from ε at the end is 2e4 times off.
      assertClose(bits, item.bits, JSON.stringify(item), { relative: 1e-9, absolute: 1e-14 });
    }
  });

  Deno.test(`variationalBound() with ${variance} variance is the prior and all terms`, () => {
    const { bits, schedule: name } = boundFixture.total.find((item) => item.variance === variance)!;
    const bound = variationalBound(scheduleNamed(name), variance, {
      x0,
      noiseOf: () => eps,
      denoise: (x, t) => ({
        x0: predictedX0({ schedule: name, t, objective: "v", clip: true }, x),
        varianceFraction: fraction,
      }),
    });
    assert.equal(bound.terms.length, 50);
    assertClose(bound.total, bits, "total", { relative: 1e-10, absolute: 0 });
  });
}

Deno.test("priorTerm() gives PyTorch's values and those of the specification", () => {
  for (const { schedule, bits } of boundFixture.prior) {
    assertClose(priorTerm(scheduleNamed(schedule), x0), bits, schedule, {
      relative: 1e-9,
      absolute: 0,
    });
  }
  // E1: in nats at x0 = 1, of 300 steps not scaled, and of 1000.
  const nats = (steps: number) => priorTerm(noiseSchedule(linear(steps)), [1]) * Math.LN2;
  assertClose(nats(300), 0.0246258, "300", { relative: 3e-6, absolute: 0 });
  assertClose(nats(1000), 2.018e-5, "1000", { relative: 3e-4, absolute: 0 });
  assert.equal(priorTerm(scheduleNamed("linear_T1000_zero_terminal_snr"), [0.3, -1]), 0);
});

Deno.test("boundTerm() of the truth is 0 after the decoder, with the small variance, also from pure noise", () => {
  for (const name of ["cosine_T50", "linear_T1000_zero_terminal_snr"]) {
    const schedule = scheduleNamed(name);
    for (const step of [1, 2, 25, schedule.steps - 1]) {
      const x = qSample(schedule, step, x0, eps);
      const bits = boundTerm(schedule, "small", step, { x0, x, denoised: { x0 } });
      assertClose(bits, 0, `${name} ${step}`, { relative: 0, absolute: 1e-15 });
    }
  }
});

Deno.test("variationalBound() of Gaussian data and a perfect network is the entropy, with the variance it learns", () => {
  // x0 ~ N(0, 1/16) in pixels of width 2/255. Reverse steps are then normal too, of mean E[x0 | x] in the
  // posterior and of its variance plus that of x0: the bound is tight in any number of steps.
  const data = 1 / 16;
  const count = 2001;
  const normals = Float64Array.from({ length: count }, (_, i) => quantile((i + 0.5) / count));
  const pixels = normals.map((z) => Math.round((z * Math.sqrt(data) + 1) * 127.5) / 127.5 - 1);
  const entropy = 0.5 * Math.log2(2 * Math.PI * Math.E * data) - Math.log2(2 / 255);
  const schedule = scheduleNamed("cosine_T50");
  const totalOf = (variance: VarianceId) =>
    variationalBound(schedule, variance, {
      x0: pixels,
      // The same normals in another order, as good as independent of x0.
      noiseOf: (step) => normals.map((_, i) => normals[(i * 1009 + step * 97) % count]!),
      denoise: (x, step) => {
        const [s, n] = [schedule.signal[step]!, schedule.noise[step]!];
        const total = s * s * data + n * n;
        const spread = (data * n * n) / total; // variance of x0 given x
        const logVariance = Math.log(
          schedule.posteriorVariance[step]! + schedule.posteriorX0[step]! ** 2 * spread,
        );
        const { low, high } = modelLogVariance(schedule, "learned", step);
        return {
          x0: x.map((value) => ((s * data) / total) * value),
          varianceFraction: x.map(() => (2 * (logVariance - low)) / (high - low) - 1),
        };
      },
    }).total;
  // 2001 draws per step whose correlation with x0 is of order 1 / √2001.
  assertClose(totalOf("learned"), entropy, "learned", { relative: 0, absolute: 0.05 });
  // Any other variance costs bits.
  assert.ok(totalOf("small") > entropy + 0.1, `small ${totalOf("small")} of ${entropy}`);
  assert.ok(totalOf("large") > entropy + 0.1, `large ${totalOf("large")} of ${entropy}`);
});

/** Of the standard normal, by bisection of its distribution function. */
function quantile(p: number): number {
  let [low, high] = [-6, 6];
  for (let i = 0; i < 60; i++) {
    const middle = (low + high) / 2;
    if (normalCdf(middle) < p) low = middle;
    else high = middle;
  }
  return low;
}

/** By its Taylor series at 0. */
function normalCdf(x: number): number {
  let [term, sum] = [x, x];
  for (let n = 1; n < 200; n++) sum += term *= (x * x) / (2 * n + 1);
  return 0.5 + (sum * Math.exp((-x * x) / 2)) / Math.sqrt(2 * Math.PI);
}

Deno.test("boundTerm() and vlbFactors() refuse what is missing", () => {
  const schedule = scheduleNamed("cosine_T50");
  assert.throws(
    () => boundTerm(schedule, "learned", 3, { x0, x: x0, denoised: { x0 } }),
    /the learned variance must have as many elements as x0, but has 0/,
  );
  assert.throws(
    () => boundTerm(schedule, "small", 3, { x0, x: [1], denoised: { x0 } }),
    /x must have as many elements as x0, but has 1/,
  );
  const blind = scheduleNamed("linear_T1000_zero_terminal_snr");
  assert.throws(() => vlbFactors(blind, "eps", Int32Array.of(999)), /use "x0" or "v"/);
});
