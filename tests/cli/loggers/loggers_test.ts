import assert from "node:assert/strict";
import { formatDuration, formatNumber } from "../../../cli/loggers/format_quantity.ts";
import { jsonLinesLogger } from "../../../cli/loggers/json_lines.ts";
import { plainLogger } from "../../../cli/loggers/plain.ts";
import type { Event } from "../../../pipelines/event.ts";

const key = "2f9c01".padEnd(64, "0");

const events: readonly Event[] = [
  { kind: "run-started", name: "r", stages: ["clips", "train", "test"] },
  { kind: "stage-cached", stage: "clips", key },
  { kind: "stage-waiting", stage: "train", key, holder: "process 7 on host, since then" },
  { kind: "stage-started", stage: "train", key, reason: "first run" },
  { kind: "stage-resumed", stage: "train", step: 4 },
  {
    kind: "stage-progress",
    stage: "train",
    progress: { step: 5, of: 9, values: { loss: 0.03123 } },
  },
  { kind: "stage-log", stage: "train", text: "noise\n" },
  {
    kind: "stage-preview",
    stage: "train",
    step: 5,
    name: "step_5.png",
    type: "image/png",
    width: 2,
    height: 1,
    caption: "Samples",
    file: "previews/train/step_5.png",
  },
  { kind: "stage-warning", stage: "train", message: "slow" },
  { kind: "stage-finished", stage: "train", seconds: 92 },
  { kind: "artifact-damaged", stage: "test", port: "scores", message: "digest differs" },
  { kind: "stage-failed", stage: "test", cause: "failed", message: "Cannot test" },
  { kind: "stage-skipped", stage: "last", because: "test failed" },
  { kind: "run-finished", status: "failed", seconds: 93 },
];

Deno.test("plainLogger() writes each event once, without escape codes", () => {
  let text = "";
  const log = plainLogger((written) => text += written, 5);
  events.forEach(log);
  assert.equal(
    text,
    `✓ clips  cached   2f9c01
… train  waits for process 7 on host, since then
▸ train  runs     first run
▸ train  continues from step 4
· train  preview  previews/train/step_5.png  step 5
! train  slow
✓ train  ran      1:32
! test   digest differs
✗ test   Cannot test
- last   skipped  test failed
`,
  );
});

Deno.test("jsonLinesLogger() writes one JSON document per event", () => {
  const lines: string[] = [];
  const log = jsonLinesLogger((text) => lines.push(text));
  events.forEach(log);
  const read = lines.map((line) => {
    const { at, ...event } = JSON.parse(line);
    assert.ok(at >= 0);
    return event;
  });
  assert.deepEqual(read, events);
});

Deno.test("formatNumber() keeps three digits and no more than there are", () => {
  const cases: [number, string][] = [
    [0.031234, "0.0312"],
    [41.2345, "41.2"],
    [1234.5, "1235"],
    [123456.7, "123457"],
    [0, "0"],
    [-2, "-2"],
    [3.14159e-7, "3.14e-7"],
    [1.5e9, "1.50e+9"],
    [NaN, "NaN"],
  ];
  for (const [value, text] of cases) assert.equal(formatNumber(value), text);
});

Deno.test("formatDuration() counts like a clock from ten seconds on", () => {
  const cases: [number, string][] = [
    [0.034, "0.03 s"],
    [1.23, "1.2 s"],
    [59.7, "1:00"],
    [92, "1:32"],
    [3723, "1:02:03"],
  ];
  for (const [seconds, text] of cases) assert.equal(formatDuration(seconds), text);
});
