import assert from "node:assert/strict";
import { scoreTable } from "../../cli/score_table.ts";

const score = (metric: string, of: string, value: number, stage = "scores") => ({
  stage,
  metric,
  of,
  value,
  unit: metric === "psnr" ? "dB" : "1",
  better: metric === "psnr" ? "higher" as const : "lower" as const,
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

Deno.test("scoreTable() gives each stage its own table, and their names", () => {
  const table = scoreTable([
    score("fid", "samples", 41, "old"),
    score("fid", "samples", 29, "new"),
  ]);
  assert.equal(
    table,
    [
      "  old",
      "           fid",
      "             ↓",
      "  samples   41",
      "  new",
      "           fid",
      "             ↓",
      "  samples   29",
      "",
    ].join("\n"),
  );
});

Deno.test("scoreTable() of many metrics puts them downwards", () => {
  const many = Array.from({ length: 9 }, (_, i) => score(`m${i}`, "samples", i));
  const lines = scoreTable(many).split("\n");
  assert.equal(lines.length, 11);
  assert.equal(lines[0], "         samples");
  assert.equal(lines[9], "  m8  ↓        8");
});
