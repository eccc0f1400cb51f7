import assert from "node:assert/strict";
import type { Score } from "../../artifacts/scores.ts";
import { scoreTable } from "../../cli/score_table.ts";

const score = (metric: string, of: string, value: number): Score => ({
  metric,
  of,
  value,
  unit: metric === "psnr" ? "dB" : "1",
  better: metric === "psnr" ? "higher" : "lower",
  count: 4,
  protocol: "p",
});

Deno.test("scoreTable() puts what was scored downwards, metrics across, and leaves gaps", () => {
  const table = scoreTable([
    score("psnr", "samples", 16.25),
    score("psnr", "copy last frame", 11.5),
    score("fid[digits 3f2a1c]", "samples", 4.5),
  ]);
  assert.equal(
    table,
    [
      "                   psnr  fid[digits 3f2a1c]",
      "                   ↑ dB                   ↓",
      "  samples          16.3                 4.5",
      "  copy last frame  11.5",
      "",
    ].join("\n"),
  );
});

Deno.test("scoreTable() of no scores is empty", () => assert.equal(scoreTable([]), ""));
