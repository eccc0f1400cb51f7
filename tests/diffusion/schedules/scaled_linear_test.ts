import assert from "node:assert/strict";
import { scaledLinear } from "../../../diffusion/schedules/scaled_linear.ts";
import { assertClose } from "../assert_close.ts";

Deno.test("scaledLinear() has the ends of Stable Diffusion and equal steps of √β", () => {
  const roots = scaledLinear(1000).map(Math.sqrt);
  assertClose(roots[0], Math.sqrt(0.00085), "first", { relative: 1e-15, absolute: 0 });
  assertClose(roots[999], Math.sqrt(0.012), "last", { relative: 1e-15, absolute: 0 });
  const step = (Math.sqrt(0.012) - Math.sqrt(0.00085)) / 999;
  for (const n of [1, 500, 999]) {
    assertClose(roots[n]! - roots[n - 1]!, step, `${n}`, { relative: 1e-10, absolute: 0 });
  }
});

Deno.test("scaledLinear() of one step is its start", () => {
  assert.equal(scaledLinear(1).length, 1);
  assertClose(scaledLinear(1)[0], 0.00085, "β", { relative: 1e-15, absolute: 0 });
});
