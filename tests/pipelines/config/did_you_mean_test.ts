import assert from "node:assert/strict";
import { didYouMean, nearestName } from "../../../pipelines/config/did_you_mean.ts";

Deno.test("nearestName() finds a letter that is missing, wrong, added or swapped", () => {
  const known = ["steps", "batch", "learningRate"];
  for (const typed of ["step", "stepz", "stepss", "setps", "Steps"]) {
    assert.equal(nearestName(typed, known), "steps");
  }
  assert.equal(nearestName("learning_rate", known), "learningRate");
});

Deno.test("nearestName() of an unlike name is undefined", () => {
  assert.equal(nearestName("digits", ["steps", "batch"]), undefined);
  assert.equal(nearestName("x", ["abc"]), undefined);
  assert.equal(nearestName("x", []), undefined);
});

Deno.test("nearestName() prefers fewer edits, then the first", () => {
  assert.equal(nearestName("curve", ["curves", "curve1", "curve"]), "curve");
  assert.equal(nearestName("curve", ["curve1", "curves"]), "curve1");
});

Deno.test("didYouMean() lists the names when none is near and they are few", () => {
  assert.equal(didYouMean("stpes", ["steps"]), 'Did you mean "steps"?');
  assert.equal(didYouMean("zzz", ["steps", "batch"]), "Known: steps, batch");
  assert.equal(didYouMean("zzz", []), undefined);
  assert.equal(didYouMean("zzz", Array.from({ length: 17 }, (_, i) => `name-${i}`)), undefined);
});
