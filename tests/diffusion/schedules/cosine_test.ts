import { cosine } from "../../../diffusion/schedules/cosine.ts";
import { noiseSchedule } from "../../../diffusion/noise_schedule.ts";
import { assertClose } from "../assert_close.ts";

Deno.test("cosine() of 1600 steps is Residual Video Diffusion's schedule", () => {
  const { beta, alphaBar } = noiseSchedule(cosine(1600));
  // Printed from its formula in float64, 9 digits.
  const expected: [Float64Array, number, number][] = [
    [beta, 0, 2.52335996e-5],
    [beta, 1, 2.71310738e-5],
    [beta, 799, 1.96848877e-3],
    [beta, 1598, 0.749999763],
    [beta, 1599, 0.999],
    [alphaBar, 399, 0.847012161],
    [alphaBar, 1199, 0.144272102],
    [alphaBar, 1598, 9.48737541e-7],
  ];
  for (const [table, n, value] of expected) {
    assertClose(table[n], value, `entry ${n}`, { relative: 3e-9, absolute: 0 });
  }
});
