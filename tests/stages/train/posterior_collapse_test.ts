import assert from "node:assert/strict";
import { collapseWarning, finalDivergences } from "../../../stages/train/posterior_collapse.ts";

Deno.test("collapseWarning() tells all from some from none", () => {
  assert.equal(collapseWarning([0.5, 0.01]), undefined);
  assert.match(collapseWarning([0.5, 0.009, 0])!, /^Partial posterior collapse: 2 of 3 latent/);
  assert.match(collapseWarning([0.001, 0])!, /^Posterior collapse: 2 of 2 latent/);
  assert.equal(collapseWarning([]), undefined);
});

Deno.test("finalDivergences() are means over the last tenth of what was told", () => {
  const history = Array.from({ length: 20 }, (_, i) => ({
    step: i + 1,
    values: { "kl.0": i, "kl.1": 2 * i },
  }));
  const between = { step: 21, values: { psnr: 20 } };
  const options = { latent: 2, keyOf: (i: number) => `kl.${i}` };
  assert.deepEqual(finalDivergences([...history, between], options), [18.5, 37]);
  assert.deepEqual(finalDivergences([between], options), []);
});
