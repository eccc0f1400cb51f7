import assert from "node:assert/strict";
import { formatBytes, formatCount, formatMeasured, formatSeconds } from "../../report/format.ts";

Deno.test("formatSeconds() uses the two largest units", () => {
  const cases: [number, string][] = [
    [0, "0 s"],
    [0.0041, "4 ms"],
    [0.9994, "999 ms"],
    [3.42, "3.4 s"],
    [59.7, "1 min 00 s"],
    [541.7, "9 min 02 s"],
    [7_620, "2 h 07 min"],
    [NaN, "unknown time"],
    [-1, "unknown time"],
  ];
  for (const [seconds, text] of cases) assert.equal(formatSeconds(seconds), text);
});

Deno.test("formatBytes() counts in powers of 1000 with two or three digits", () => {
  const cases: [number, string][] = [
    [0, "0 B"],
    [999, "999 B"],
    [1_000, "1.0 kB"],
    [4_120, "4.1 kB"],
    [9_960, "10 kB"],
    [999_600, "1.0 MB"],
    [327_680_128, "328 MB"],
    [5e15, "5000 TB"],
  ];
  for (const [bytes, text] of cases) assert.equal(formatBytes(bytes), text);
});

Deno.test("formatMeasured() shows as many decimals as two digits of the interval need", () => {
  assert.deepEqual(formatMeasured(16.9824, 0.2134), { value: "16.98", interval: "0.21" });
  assert.deepEqual(formatMeasured(0.77131, 0.0087), { value: "0.7713", interval: "0.0087" });
  assert.deepEqual(formatMeasured(4123.7, 35), { value: "4124", interval: "35" });
  assert.deepEqual(formatMeasured(-3.21, 0.5), { value: "−3.21", interval: "0.50" });
});

Deno.test("formatMeasured() shows four digits when no interval is known", () => {
  const cases: [number, string][] = [
    [402.77, "402.8"],
    [0.39144, "0.3914"],
    [0, "0"],
    [0.00001234, "1.234e-5"],
    [12_345_678, "1.235e+7"],
    [Infinity, "∞"],
    [-Infinity, "−∞"],
    [NaN, "not a number"],
  ];
  for (const [value, text] of cases) {
    assert.deepEqual(formatMeasured(value, undefined), { value: text });
  }
});

Deno.test("formatCount() groups thousands", () => {
  assert.equal(formatCount(10_240), "10,240");
});
