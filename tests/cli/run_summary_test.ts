import assert from "node:assert/strict";
import type { RunRecord, StageRecord } from "../../pipelines/run_record.ts";
import { exitCodeOfRun } from "../../cli/exit_code_of_run.ts";
import { summaryText } from "../../cli/run_summary.ts";

function stage(
  name: string,
  state: StageRecord["state"],
  more: Partial<StageRecord> = {},
): StageRecord {
  const none = { key: "", seconds: 0, computeSeconds: 0, outputs: {}, inputs: {}, params: {} };
  return { name, uses: "x/y", state, warnings: [], ...none, ...more };
}

function run(status: RunRecord["status"], ...stages: readonly StageRecord[]): RunRecord {
  const nothing = { scores: [], charts: [], media: [], previews: [], provenance: {} };
  return { format: 1, name: "r", status, seconds: 3, seed: 0, config: "", stages, ...nothing };
}

Deno.test("summaryText() names what failed, and for what is skipped the failure behind it", () => {
  const record = run(
    "failed",
    stage("clips", "cached"),
    stage("model@lr=0.1", "failed", { message: "Cannot go on", inputs: { clips: "clips.train" } }),
    stage("samples", "skipped", { inputs: { weights: "model@lr=0.1.weights" } }),
    stage("scores", "skipped", { inputs: { clips: "clips.test", made: "samples.clips" } }),
    stage("other", "skipped"),
  );
  assert.equal(
    summaryText(record, "r.html", false),
    "failed   model@lr=0.1: Cannot go on\n" +
      "skipped  samples, scores: because of model@lr=0.1\n" +
      "skipped  other: not begun\n" +
      "failed   1 cached, 1 failed, 3 skipped   3.0 s   report: r.html\n",
  );
});

Deno.test("exitCodeOfRun() tells a failed stage, a lease, a lock file and a second run apart", () => {
  const failed = (...causes: readonly NonNullable<StageRecord["cause"]>[]) =>
    run("failed", ...causes.map((cause) => stage(cause, "failed", { cause })));
  assert.equal(exitCodeOfRun(failed("failed"), 130), 1);
  assert.equal(exitCodeOfRun(failed("memory", "lease"), 130), 1);
  assert.equal(exitCodeOfRun(failed("lease", "lease"), 130), 5);
  assert.equal(exitCodeOfRun(failed("frozen", "failed"), 130), 6);
  assert.equal(exitCodeOfRun(run("interrupted", stage("a", "failed")), 143), 143);
  assert.equal(exitCodeOfRun(run("succeeded", stage("a", "ran")), 130), 0);
  const random = stage("a", "ran", { isDeterministic: false });
  assert.equal(exitCodeOfRun(run("succeeded", random), 130), 1);
});
