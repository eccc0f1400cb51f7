import assert from "node:assert/strict";
import { lossWeights, minSnr } from "../../diffusion/loss_weights.ts";
import { targetFactors } from "../../diffusion/objective.ts";
import { assertClose } from "./assert_close.ts";
import { fixture, scheduleNamed } from "./fixture.ts";

const exact = { relative: 1e-12, absolute: 0 };

assert.equal(fixture.min_snr.length, 7);
for (const { gamma, t, snr, w_x0, w_eps, w_v } of fixture.min_snr) {
  Deno.test(`lossWeights() min_snr with gamma ${gamma} at SNR ${snr} are the published ones`, () => {
    // Without a step the row is that of zero terminal SNR, whose weight of ε is 0/0: 1 by its limit.
    const schedule = scheduleNamed(
      t === undefined ? "linear_T1000_zero_terminal_snr" : "linear_T1000",
    );
    const at = (objective: "x0" | "eps" | "v") =>
      lossWeights({ weighting: "min_snr", gamma }, objective, schedule)[t ?? 999];
    assertClose(at("x0"), w_x0, "x0", exact);
    assertClose(at("eps"), w_eps ?? 1, "eps", exact);
    assertClose(at("v"), w_v, "v", exact);
  });
}

Deno.test("lossWeights() min_snr weighs the same error of x0 whatever the network predicts", () => {
  const schedule = scheduleNamed("cosine_T50");
  for (const objective of ["eps", "v"] as const) {
    const weights = lossWeights({ weighting: "min_snr", gamma: 5 }, objective, schedule);
    for (const [step, weight] of weights.entries()) {
      const [signal, noise] = [schedule.signal[step]!, schedule.noise[step]!];
      // d target / d x0 at fixed x_n: for ε −√SNR, for v −1/√(1−ᾱ).
      const target = targetFactors(objective, { signal, noise });
      const slope = target.x0 - (target.noise * signal) / noise;
      const ofX0 = minSnr("x0", (signal / noise) ** 2, 5);
      assertClose(weight * slope ** 2, ofX0, `${objective} ${step}`, {
        relative: 1e-9,
        absolute: 0,
      });
    }
  }
});

Deno.test("lossWeights() uniform are ones", () => {
  const weights = lossWeights({ weighting: "uniform", gamma: 5 }, "v", scheduleNamed("cosine_T50"));
  assert.deepEqual([...weights], Array(50).fill(1));
});

Deno.test("lossWeights() refuses a gamma that is not positive", () => {
  for (const gamma of [0, -1, NaN]) {
    assert.throws(
      () => lossWeights({ weighting: "min_snr", gamma }, "v", scheduleNamed("cosine_T50")),
      /gamma must be positive/,
    );
  }
});
