import assert from "node:assert/strict";
import { confidenceInterval } from "../../metrics/confidence_interval.ts";
import vectors from "../fixtures/vectors.json" with { type: "json" };
import { assertClose } from "../support/assert_close.ts";

Deno.test("confidenceInterval() gives the half widths of MCVD and of SRVP", () => {
  const { values, ...expected } = vectors.confidence_interval;
  assertClose(
    confidenceInterval(values),
    expected["mcvd_conf95 = 1.959963984540054*std(ddof=1)/sqrt(n) (scipy.stats.sem)"],
    1e-12,
  );
  assertClose(
    confidenceInterval(values, "srvp"),
    expected["srvp_ci95_halfwidth = 1.960*std(ddof=0)/sqrt(n)"],
    1e-12,
  );
});

Deno.test("confidenceInterval() of one value is unknown", () => {
  assert.ok(Number.isNaN(confidenceInterval([3])));
  assert.equal(confidenceInterval([3, 3, 3]), 0);
});
