import assert from "node:assert/strict";
import { spacingIds, timestepSpacing } from "../../diffusion/timestep_spacing.ts";
import { fixture } from "./fixture.ts";

for (const spacing of spacingIds) {
  Deno.test(`timestepSpacing() "${spacing}" of 1000 in 10 is the published list`, () => {
    assert.deepEqual(timestepSpacing(spacing, 1000, 10), fixture.timestep_spacing[spacing]);
  });

  Deno.test(`timestepSpacing() "${spacing}" visits every step when count is all of them`, () => {
    assert.deepEqual(timestepSpacing(spacing, 7, 7), [6, 5, 4, 3, 2, 1, 0]);
  });
}

Deno.test("timestepSpacing() rounds halves to even as numpy", () => {
  // numpy.round(numpy.linspace(0, 9, 7)) = 0 2 3 4 6 8 9 (from 1.5 and 4.5 and 7.5).
  assert.deepEqual(timestepSpacing("linspace", 10, 7), [9, 8, 6, 4, 3, 2, 0]);
});

Deno.test("timestepSpacing() refuses more steps than there are", () => {
  assert.throws(() => timestepSpacing("leading", 10, 11), /Cannot choose 11 of 10/);
});
