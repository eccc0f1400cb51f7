import assert from "node:assert/strict";
import { checkAgreement } from "../../bench/check_agreement.ts";
import type { Ready } from "../../bench/measurement.ts";

const reference: Ready = {
  version: "1",
  parameters: 10,
  firstMs: 1,
  stepMs: 1,
  losses: [2, 1, 0.5],
};

Deno.test("checkAgreement() allows rounding, more of it after steps", () => {
  const losses = [2 * (1 + 9e-6), 1 + 9e-5, 0.5 * (1 - 9e-5)];
  assert.equal(checkAgreement(reference, { ...reference, losses }), undefined);
});

Deno.test("checkAgreement() names another first loss, a later one, NaN and another size", () => {
  const after = (losses: number[]) => checkAgreement(reference, { ...reference, losses });
  assert.equal(after([2.0001, 1, 0.5]), "its loss is 2.0001 instead of 2");
  assert.equal(after([2, 1, 0.501]), "its loss after 2 steps is 0.501 instead of 0.5");
  assert.equal(after([NaN, 1, 0.5]), "its loss is NaN instead of 2");
  assert.equal(after([2, 1]), "its loss after 2 steps is NaN instead of 0.5");
  const larger = checkAgreement(reference, { ...reference, parameters: 11 });
  assert.equal(larger, "it has 11 parameters instead of 10");
});
