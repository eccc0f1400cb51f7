import assert from "node:assert/strict";
import { noiseSchedule } from "../../../diffusion/noise_schedule.ts";
import { sigmoid } from "../../../diffusion/schedules/sigmoid.ts";
import { assertClose } from "../assert_close.ts";

Deno.test("sigmoid() of 1000 steps is lucidrains' schedule", () => {
  const { beta, alphaBar } = noiseSchedule(sigmoid(1000));
  // D4 of the specification, 7 or 8 printed digits.
  const expected: [Float64Array, number, number][] = [
    [beta, 0, 3.002792e-4],
    [alphaBar, 250, 0.84986301],
    [alphaBar, 500, 0.49834282],
    [alphaBar, 999, 3.002792e-7],
  ];
  for (const [table, n, value] of expected) {
    assertClose(table[n], value, `entry ${n}`, { relative: 1e-6, absolute: 0 });
  }
});

Deno.test("sigmoid() is symmetric: signal and noise change places half way", () => {
  const { alphaBar } = noiseSchedule(sigmoid(100));
  for (const n of [9, 29, 49]) {
    assertClose(1 - alphaBar[98 - n]!, alphaBar[n], `${n}`, { relative: 1e-12, absolute: 0 });
  }
  assert.equal(sigmoid(100)[99], 0.999);
});
