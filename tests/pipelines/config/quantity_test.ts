import assert from "node:assert/strict";
import { parseDuration, parseMemory } from "../../../pipelines/config/quantity.ts";

Deno.test("parseDuration() adds days, hours, minutes and seconds", () => {
  const cases = { "90s": 90, "10m": 600, "1h30m": 5400, "2d": 172_800, "1d1h1m1s": 90_061 };
  for (const [text, seconds] of Object.entries(cases)) assert.equal(parseDuration(text), seconds);
});

Deno.test("parseDuration() refuses what is not a time to wait", () => {
  for (const text of ["", "0s", "5", "m", "1.5h", "30m1h", "-1s", "1 h", "9999999s"]) {
    assert.equal(parseDuration(text), undefined, text);
  }
});

Deno.test("parseMemory() is in MiB, rounded up", () => {
  const cases = { "512MiB": 512, "16GiB": 16_384, "1.5 TiB": 1_572_864, "0.5MiB": 1 };
  for (const [text, size] of Object.entries(cases)) assert.equal(parseMemory(text), size);
});

Deno.test("parseMemory() refuses units that may mean two sizes", () => {
  for (const text of ["", "16", "16G", "16GB", "0MiB", "-1GiB", "1e3MiB"]) {
    assert.equal(parseMemory(text), undefined, text);
  }
});
