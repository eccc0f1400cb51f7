/** One sample, what a network might answer, and what PyTorch makes of it; `about` in the file says how. */

import fixture from "../fixtures/variational_bound.json" with { type: "json" };
import { cleanFactors, type Objective, targetFactors } from "../../diffusion/objective.ts";
import { scheduleNamed } from "./fixture.ts";
import type { VarianceId } from "../../diffusion/log_variance.ts";

export { fixture as boundFixture };

export interface TermCase {
  readonly schedule: string;
  readonly t: number;
  readonly objective: Objective;
  readonly variance: VarianceId;
  readonly clip: boolean;
  readonly bits: number;
}

export const termCases = fixture.terms as readonly TermCase[];

/** Target of the sample at a diffusion step, and the network's answer, wrong by `error`. */
export function answerAt(name: string, t: number, objective: Objective) {
  const schedule = scheduleNamed(name);
  const level = { signal: schedule.signal[t]!, noise: schedule.noise[t]! };
  const factors = targetFactors(objective, level);
  const target = fixture.x0.map((x0, i) => factors.x0 * x0 + factors.noise * fixture.eps[i]!);
  return { target, output: target.map((value, i) => value + fixture.error[i]!) };
}

/** x̂0 that an answer means, in float64. */
export function predictedX0(
  { schedule: name, t, objective, clip }: Omit<TermCase, "bits" | "variance">,
  x: ArrayLike<number>,
): number[] {
  const schedule = scheduleNamed(name);
  const clean = cleanFactors(objective, { signal: schedule.signal[t]!, noise: schedule.noise[t]! });
  return answerAt(name, t, objective).output.map((output, i) => {
    const x0 = clean.x * x[i]! + clean.output * output;
    return clip ? Math.min(1, Math.max(-1, x0)) : x0;
  });
}
