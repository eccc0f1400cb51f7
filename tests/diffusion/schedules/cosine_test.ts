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

Deno.test("cosine() of other lengths has the entries of the specification", () => {
  // D4 and E5: 5 to 8 printed digits.
  const expected: [steps: number, table: "beta" | "alphaBar", n: number, value: number][] = [
    [1000, "beta", 0, 4.1284225e-5],
    [1000, "beta", 500, 0.0031556914],
    [1000, "alphaBar", 500, 0.49228517],
    [1000, "alphaBar", 999, 2.4287669e-9],
    [4000, "beta", 0, 9.8658188e-6],
    [4000, "alphaBar", 2000, 0.49345398],
    [300, "beta", 0, 1.5649628e-4],
    [300, "alphaBar", 150, 0.48864918],
    [300, "alphaBar", 298, 2.6986078e-5],
    [300, "beta", 299, 0.999],
  ];
  for (const [steps, table, n, value] of expected) {
    assertClose(noiseSchedule(cosine(steps))[table][n], value, `${steps} ${table} ${n}`, {
      relative: 3e-8,
      absolute: 0,
    });
  }
});
