import assert from "node:assert/strict";
import type { Score } from "../../../artifacts/scores.ts";
import { scores } from "../../../report/sections/scores.ts";
import { goldenRecord } from "../../fixtures/golden_record.ts";

const PSNR: Score = {
  metric: "psnr",
  value: 20,
  unit: "dB",
  better: "higher",
  count: 256,
  protocol: "range 1",
  of: "samples",
};

Deno.test("scores section stars the best of each column in the direction of the metric", () => {
  const fid = {
    ...PSNR,
    metric: "fid",
    unit: "1",
    better: "lower" as const,
    protocol: "2048 features",
  };
  const text = render([PSNR, { ...PSNR, of: "copy", value: 21 }, fid, {
    ...fid,
    of: "copy",
    value: 25,
  }]);
  // Rows come in the order of the scores: samples, which win by FID, then copy, which wins by PSNR.
  assert.deepEqual(stars(text), ["20.00", "21.00"]);
});

Deno.test("scores section never stars real against real, nor a number without a rival", () => {
  const fid = { ...PSNR, metric: "fid", better: "lower" as const };
  assert.deepEqual(stars(render([fid, { ...fid, of: "real vs real", value: 0.1 }])), []);
  const three = [fid, { ...fid, of: "copy", value: 30 }, {
    ...fid,
    of: "real vs real",
    value: 0.1,
  }];
  const text = render(three);
  assert.deepEqual(stars(text), ["20.00"]);
  assert.match(text, /“real vs real” is the floor/);
});

Deno.test("scores section keeps numbers of different protocols in different columns", () => {
  const text = render([PSNR, { ...PSNR, of: "copy", value: 30, protocol: "range 255" }]);
  assert.equal([...text.matchAll(/<th scope="col"><a/g)].length, 2);
  assert.deepEqual(stars(text), []);
  assert.match(text, /range 1\./);
  assert.match(text, /range 255\./);
});

Deno.test("scores section gives unit, direction, count and interval with each number", () => {
  const text = render([{ ...PSNR, value: 20.123, interval: 0.24, count: 1_024 }]);
  for (const part of ["in dB", "higher is better", "20.12", "± 0.24", "n = 1,024"]) {
    assert.ok(text.includes(part), `${part} is missing`);
  }
});

Deno.test("scores section says that a FID of other features is not the FID of papers", () => {
  const other = render([{ ...PSNR, metric: "fid[digits 3f2a1c]", better: "lower" }]);
  assert.match(other, /Not the FID of papers/);
  assert.match(other, /“digits 3f2a1c”/);
  const infinity = render([{ ...PSNR, metric: "fid_infinity[digits 3f2a1c]", better: "lower" }]);
  assert.match(infinity, /Not the FID infinity of papers/);
  assert.doesNotMatch(render([{ ...PSNR, metric: "fid", better: "lower" }]), /Not the FID/);
});

Deno.test("scores section names the stage of a row only when several stages scored", () => {
  const record = goldenRecord([]);
  const one = { ...PSNR, stage: "scores_a" };
  const view = (all: (Score & { stage: string })[]) =>
    String(
      scores.render({ record: { ...record, scores: all }, images: [], previews: [], drawings: [] }),
    );
  assert.doesNotMatch(view([one]), /scores_a/);
  assert.match(view([one, { ...one, stage: "scores_b" }]), /<small>scores_a<\/small>/);
});

function render(all: readonly Score[]): string {
  const record = { ...goldenRecord([]), scores: all.map((score) => ({ ...score, stage: "s" })) };
  return String(scores.render({ record, images: [], previews: [], drawings: [] }));
}

function stars(text: string): string[] {
  return [...text.matchAll(/best: <\/span>([^<]*)</g)].map((match) => match[1] ?? "");
}
