import assert from "node:assert/strict";
import { zeroTerminalSnr } from "../../diffusion/zero_terminal_snr.ts";
import { assertClose } from "./assert_close.ts";

Deno.test("zeroTerminalSnr() of two steps is worked out by hand", () => {
  // β = 3/4, 8/9: √ᾱ = 1/2, 1/6; shifted and stretched: 1/2, 0; so β = 3/4, 1.
  const [first, last] = zeroTerminalSnr(Float64Array.of(3 / 4, 8 / 9));
  assertClose(first, 3 / 4, "first", { relative: 1e-15, absolute: 0 });
  assert.equal(last, 1);
});

Deno.test("zeroTerminalSnr() leaves a schedule that already ends at 0", () => {
  const beta = Float64Array.of(0.1, 0.2, 1);
  for (const [n, b] of zeroTerminalSnr(beta).entries()) {
    assertClose(b, beta[n], `${n}`, { relative: 1e-14, absolute: 0 });
  }
});
