import assert from "node:assert/strict";
import { ConfigError } from "../../../pipelines/config/diagnostic.ts";
import { resolvedConfigText } from "../../../pipelines/config/resolved_config.ts";
import { planPipeline } from "../../../pipelines/plan/plan.ts";
import { configOf } from "../../support/parse_text.ts";
import { portStages } from "../../support/port_stages.ts";

function configWith(retry: string) {
  return configOf(`stages:\n  clips: { uses: dataset/shapes, retry: ${retry} }\n`);
}

function policyOf(retry: string) {
  return configWith(retry).stages.get("clips")?.retry;
}

function problemOf(retry: string): string {
  try {
    policyOf(retry);
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return error.diagnostics.map(({ message, column }) => `${column}: ${message}`).join("; ");
  }
  return "none";
}

const others = ["timeout", "lost", "memory"];

Deno.test("readRetry() of a number tries again after all that is not the stage's own fault", () => {
  assert.deepEqual(policyOf("2"), { times: 2, on: others, backoffSeconds: 1 });
});

Deno.test("readRetry() of a map reads times, causes and pause, with defaults for what is not there", () => {
  assert.deepEqual(policyOf("{ times: 3, on: [timeout, failed], backoff: 1m30s }"), {
    times: 3,
    on: ["timeout", "failed"],
    backoffSeconds: 90,
  });
  assert.deepEqual(policyOf("{ times: 1 }"), { times: 1, on: others, backoffSeconds: 1 });
  assert.equal(policyOf("{ times: 1, backoff: 0s }")?.backoffSeconds, 0);
});

Deno.test("readRetry() refuses everything else at its place", () => {
  // "  clips: { uses: dataset/shapes, retry: " has 40 characters.
  assert.equal(problemOf("11"), '41: "retry" must be an integer from 0 to 10, but is 11');
  assert.equal(
    problemOf("{ times: -1 }"),
    '50: "times" must be an integer from 0 to 10, but is -1',
  );
  assert.match(problemOf("{ on: [lost] }"), /"retry" must say how many "times"/);
  assert.match(problemOf("{ times: 1, tims: 2 }"), /53: Unknown key "tims" in "retry"/);
  assert.match(problemOf("{ times: 1, on: lost }"), /"on" must list causes, but is/);
  assert.match(problemOf("{ times: 1, on: [] }"), /"on" must list causes/);
  assert.match(
    problemOf("{ times: 1, on: [lots] }"),
    /A cause must be timeout, lost, memory, failed, but is "lots"/,
  );
  assert.match(problemOf("{ times: 1, backoff: 5 }"), /"backoff" must be like 5s or 1m, but is 5/);
});

Deno.test("resolvedConfigText() shows a retry as it is read again", async () => {
  for (const [retry, shown] of [["2", "retry: 2"], ["{ times: 2, backoff: 0s }", "backoff: 0s"]]) {
    const config = configWith(retry ?? "");
    const text = resolvedConfigText(await planPipeline(config, portStages));
    assert.ok(text.includes(shown ?? "?"), text);
    assert.deepEqual(configOf(text).stages.get("clips")?.retry, config.stages.get("clips")?.retry);
  }
});
