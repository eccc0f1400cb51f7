import assert from "node:assert/strict";
import { chooseSampler } from "../../../diffusion/choose_sampler.ts";
import { linspace } from "../../../diffusion/linspace.ts";
import type { Objective } from "../../../diffusion/objective.ts";
import { ddim } from "../../../diffusion/samplers/ddim.ts";
import { dpmpp2m, solverIds } from "../../../diffusion/samplers/dpmpp_2m.ts";
import type { SamplerStep } from "../../../diffusion/samplers/sampler.ts";
import { timestepSpacing } from "../../../diffusion/timestep_spacing.ts";
import { assertClose } from "../assert_close.ts";
import { applyStep, fixture, runLoop, scheduleNamed, sumAbs } from "../fixture.ts";
import { sampleGaussian } from "./gaussian.ts";

const exact = { relative: 1e-12, absolute: 0 };

assert.equal(fixture.dpmpp_2m_step.length, 2);
for (const vector of fixture.dpmpp_2m_step) {
  const { schedule: name, t_s1, t_s0, t_target } = vector;
  Deno.test(`dpmpp2m() step of ${name}, ${t_s1}, ${t_s0} to ${t_target}`, () => {
    const common = {
      schedule: scheduleNamed(name),
      objective: "x0",
      lowerOrderFinal: false,
      finalNoise: "zero",
    } as const;
    for (const [i, x] of vector.x_s0.entries()) {
      const nextOf = (solver: "midpoint" | "heun", timesteps: readonly number[]) => {
        const step = dpmpp2m({ ...common, solver, timesteps })[timesteps.indexOf(t_s0)]!;
        const previousX0 = vector.m1_x0pred_at_s1[i]!;
        return applyStep(step, x, vector.m0_x0pred_at_s0[i]!, 0, null, { previousX0 }).next;
      };
      const three = [t_s1, t_s0, t_target];
      assertClose(nextOf("midpoint", three), vector.second_order_midpoint[i], "midpoint", exact);
      assertClose(nextOf("heun", three), vector.second_order_heun[i], "heun", exact);
      for (const solver of solverIds) {
        assertClose(nextOf(solver, [t_s0, t_target]), vector.first_order[i], "first order", exact);
      }
    }
  });
}

Deno.test("dpmpp2m() in a whole loop gives the sums of the diffusers tests", () => {
  const loops = fixture.full_loops;
  const common = {
    sampler: "dpmpp_2m",
    steps: 10,
    spacing: "linspace",
    eta: 0,
    variance: "small",
    rederiveNoise: false,
  } as const;
  const inTests = { finalNoise: "first", dpmpp: { lowerOrderFinal: false } } as const;
  const cases = [
    ["eps", inTests, loops.dpmpp_2m_10steps_sigma_min_no_lower_order_final],
    ["v", inTests, loops.dpmpp_2m_10steps_v_prediction],
    [
      "v",
      { ...inTests, dpmpp: { lowerOrderFinal: false, karrasRho: 7 } },
      loops.dpmpp_2m_10steps_karras_v_prediction,
    ],
    ["eps", {}, loops["dpmpp_2m_10steps_final_zero (diffusers default)"]],
  ] as const;
  for (const [objective, options, expected] of cases) {
    const schedule = scheduleNamed("linear_T1000");
    const steps = chooseSampler({ ...common, ...options }, schedule, objective);
    assert.deepEqual(steps.map(({ timestep }) => timestep), expected.timesteps);
    const sum = sumAbs(runLoop(steps, null));
    assertClose(sum, expected.sum_abs, "sum", exact);
    assertClose(sum / 768, expected.mean_abs, "mean", exact);
    if ("published_mean" in expected) {
      assertClose(sum / 768, expected.published_mean, "published", { relative: 0, absolute: 1e-3 });
    }
  }
});

Deno.test("dpmpp2m() of first order is ddim() without eta", () => {
  const schedule = scheduleNamed("cosine_T50");
  const common = { schedule, objective: "v", timesteps: [40] } as const;
  for (const finalNoise of ["zero", "first"] as const) {
    const [a] = dpmpp2m({ ...common, solver: "heun", lowerOrderFinal: true, finalNoise });
    const [b] = ddim({ ...common, eta: 0, rederiveNoise: true, finalNoise });
    for (const factor of ["x0", "x", "output", "noise", "previousX0"] as const) {
      assertClose(a!.next[factor], b!.next[factor], factor, { relative: 1e-12, absolute: 1e-15 });
    }
  }
});

Deno.test("dpmpp2m() ends with one prediction: always without noise, and in few steps if wanted", () => {
  const schedule = scheduleNamed("cosine_T1000");
  const looksBack = (count: number, lowerOrderFinal: boolean, finalNoise: "zero" | "first") => {
    const timesteps = timestepSpacing("trailing", 1000, count);
    const options = { schedule, objective: "v", timesteps, solver: "midpoint" } as const;
    const steps = dpmpp2m({ ...options, lowerOrderFinal, finalNoise });
    assert.ok(steps[0]!.next.previousX0 === 0);
    assert.ok(steps.at(-2)!.next.previousX0 !== 0);
    return steps.at(-1)!.next.previousX0 !== 0;
  };
  assert.equal(looksBack(10, false, "zero"), false);
  assert.equal(looksBack(14, true, "first"), false);
  assert.equal(looksBack(15, true, "first"), true);
  assert.equal(looksBack(10, false, "first"), true);
});

for (const solver of solverIds) {
  for (const objective of ["eps", "x0", "v"] as const) {
    Deno.test(`dpmpp2m() ${solver} from ${objective} reaches a Gaussian with an error that falls as 1 / steps²`, () => {
      const error = (count: number) => gaussianError(solver, objective, count);
      const [coarse, middle, fine] = [error(20), error(40), error(80)];
      const orders = [Math.log2(coarse / middle), Math.log2(middle / fine)];
      assert.ok(fine < 1e-3, `error ${fine}`);
      assert.ok(orders.every((order) => order > 1.8 && order < 2.2), `orders ${orders}`);
    });
  }
}

/** Relative error of the standard deviation between λ = −2 and 3, in equal steps of λ, of data from N(0, 0.25). */
function gaussianError(solver: "midpoint" | "heun", objective: Objective, count: number): number {
  const lambdas = linspace(-2, 3, count + 1);
  const steps = dpmpp2m({
    schedule: scheduleNamed("linear_T1000"),
    objective,
    timesteps: Array.from(lambdas, () => 0),
    sigmas: lambdas.map((lambda) => Math.exp(-lambda)),
    solver,
    lowerOrderFinal: false,
    finalNoise: "zero",
  });
  const { variance } = sampleGaussian(steps.slice(0, -1), objective, { mean: 0, variance: 0.25 });
  const spreadAt = ({ level: { signal, noise } }: SamplerStep) =>
    Math.sqrt(signal ** 2 * 0.25 + noise ** 2);
  // The start has deviation 1 in place of that of the first level; the flow is linear.
  return Math.abs((Math.sqrt(variance) * spreadAt(steps[0]!)) / spreadAt(steps.at(-1)!) - 1);
}

Deno.test("dpmpp2m() starts from pure noise without signal, with factors that are all finite", () => {
  const schedule = scheduleNamed("linear_T1000_zero_terminal_snr");
  const options = { schedule, objective: "v", timesteps: [999, 700, 300] } as const;
  for (const solver of solverIds) {
    const multistep = { solver, lowerOrderFinal: false, finalNoise: "first" } as const;
    const steps = dpmpp2m({ ...options, ...multistep });
    for (const { next, clean } of steps) {
      assert.ok([...Object.values(next), ...Object.values(clean)].every(Number.isFinite));
    }
    assert.deepEqual(
      [steps[0]!.next.x0, steps[0]!.next.x],
      [schedule.signal[700], schedule.noise[700]],
    );
    assert.ok(steps[1]!.next.previousX0 === 0); // infinitely far in λ
  }
});

Deno.test("dpmpp2m() ends at the noise of step 0 without moving, where it already is there", () => {
  const schedule = scheduleNamed("linear_T1000");
  const options = { schedule, objective: "v", timesteps: [500, 200, 0] } as const;
  for (const solver of solverIds) {
    const multistep = { solver, lowerOrderFinal: false, finalNoise: "first" } as const;
    const { next } = dpmpp2m({ ...options, ...multistep }).at(-1)!;
    assert.deepEqual([Math.abs(next.x0), next.x, Math.abs(next.previousX0)], [0, 1, 0]);
  }
});

Deno.test("dpmpp2m() refuses steps that do not lower the noise", () => {
  const options = { schedule: scheduleNamed("cosine_T50"), objective: "v" } as const;
  const multistep = { solver: "midpoint", lowerOrderFinal: true, finalNoise: "zero" } as const;
  assert.throws(
    () => dpmpp2m({ ...options, ...multistep, timesteps: [30, 20, 20] }),
    /diffusion steps 20 and 20 follow each other/,
  );
});
