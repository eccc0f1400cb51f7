import assert from "node:assert/strict";
import { multistepSpacing, spacingIds, timestepSpacing } from "../../diffusion/timestep_spacing.ts";
import { fixture } from "./fixture.ts";

const published = fixture.timestep_spacing;

for (const spacing of spacingIds) {
  Deno.test(`timestepSpacing() "${spacing}" of 1000 in 10 is the published list`, () => {
    assert.deepEqual(timestepSpacing(spacing, 1000, 10), published[spacing]);
  });

  Deno.test(`timestepSpacing() "${spacing}" visits every step when count is all of them`, () => {
    assert.deepEqual(timestepSpacing(spacing, 7, 7), [6, 5, 4, 3, 2, 1, 0]);
    assert.deepEqual(timestepSpacing(spacing, 1, 1), [0]);
  });

  Deno.test(`timestepSpacing() and multistepSpacing() "${spacing}" give falling steps of the schedule for every count`, () => {
    for (const steps of [1, 2, 7, 50, 300]) {
      for (let count = 1; count <= steps; count++) {
        requireFalling(timestepSpacing(spacing, steps, count), steps, count);
        if (count === steps && spacing !== "trailing") continue;
        requireFalling(multistepSpacing(spacing, steps, count), steps, count);
      }
    }
  });
}

function requireFalling(timesteps: readonly number[], steps: number, count: number): void {
  const what = `${count} of ${steps}: ${timesteps}`;
  assert.equal(timesteps.length, count, what);
  for (const [i, t] of timesteps.entries()) {
    assert.ok(Number.isInteger(t) && t >= 0 && t < (timesteps[i - 1] ?? steps), what);
  }
}

Deno.test("timestepSpacing() leading with an offset is Stable Diffusion's", () => {
  assert.deepEqual(timestepSpacing("leading", 1000, 10, 1), published.leading_offset1);
  assert.throws(
    () => timestepSpacing("leading", 10, 10, 1),
    /from 0 to 9, but they go from 1 to 10/,
  );
  assert.throws(() => timestepSpacing("leading", 10, 2, 0.5), /whole numbers/);
});

Deno.test("multistepSpacing() is that of diffusers' DPM-Solver", () => {
  assert.deepEqual(multistepSpacing("linspace", 1000, 10), published.dpm_multistep_linspace_n10);
  assert.deepEqual(multistepSpacing("leading", 1000, 10), published.dpm_multistep_leading_n10);
  assert.deepEqual(multistepSpacing("trailing", 1000, 10), published.trailing);
  // numpy 2.4: np.linspace(0, 999, 8).round()[::-1][:-1] and (np.arange(8) * (1000 // 8))[::-1][:-1] + 1.
  assert.deepEqual(multistepSpacing("linspace", 1000, 7), [999, 856, 714, 571, 428, 285, 143]);
  assert.deepEqual(multistepSpacing("leading", 1000, 7, 1), [876, 751, 626, 501, 376, 251, 126]);
});

Deno.test("timestepSpacing() rounds halves to even as numpy", () => {
  // numpy.round(numpy.linspace(0, 9, 7)) = 0 2 3 4 6 8 9 (from 1.5 and 4.5 and 7.5).
  assert.deepEqual(timestepSpacing("linspace", 10, 7), [9, 8, 6, 4, 3, 2, 0]);
  // numpy.round(numpy.arange(100, 0, -12.5)) - 1: 87.5 and 62.5 go down to 88 - 1 and 62 - 1.
  assert.deepEqual(timestepSpacing("trailing", 100, 8), [99, 87, 74, 61, 49, 37, 24, 11]);
});

Deno.test("timestepSpacing() refuses more steps than there are", () => {
  assert.throws(() => timestepSpacing("leading", 10, 11), /Cannot choose 11 of 10/);
  assert.throws(() => timestepSpacing("leading", 10, 0), /Cannot choose 0 of 10/);
  assert.throws(() => timestepSpacing("leading", 10, 2.5), /Cannot choose 2.5 of 10/);
  assert.throws(() => multistepSpacing("linspace", 10, 10), /a whole number from 1 to 9/);
});
