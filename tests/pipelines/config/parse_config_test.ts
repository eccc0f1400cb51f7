import assert from "node:assert/strict";
import fc from "fast-check";
import { ConfigError, formatDiagnostic } from "../../../pipelines/config/diagnostic.ts";
import { plainValue } from "../../../pipelines/config/config_node.ts";
import { planPipeline } from "../../../pipelines/plan/plan.ts";
import { resolvedConfigText } from "../../../pipelines/config/resolved_config.ts";
import { configOf } from "../../support/parse_text.ts";
import { portStages } from "../../support/port_stages.ts";

Deno.test("parseConfig() reads everything a config may say", () => {
  const config = configOf(`
name: demo-1
seed: 9007199254740991
params: { n: 3 }
profiles: { smoke: { seed: 1 } }
stages:
  a:
    uses: x/y
    with: { n: "\${params.n}", deep: [{ k: null }] }
    inputs: { port: b.out }
    resources: { cpus: 2, gpu: 0, memory: 1.5GiB }
    retry: 3
    timeout: 1h30m
  b: { uses: x/z }
`);
  assert.deepEqual([config.name, config.seed, config.profiles], ["demo-1", 2 ** 53 - 1, ["smoke"]]);
  const a = config.stages.get("a");
  assert.deepEqual(a && plainValue(a.with), { n: 3, deep: [{ k: null }] });
  assert.equal(a?.inputs.get("port")?.from, "b.out");
  assert.deepEqual(a?.resources, { cpus: 2, gpu: 0, memoryMiB: 1536 });
  assert.deepEqual([a?.retry.times, a?.timeoutSeconds], [3, 5400]);
  const b = config.stages.get("b");
  assert.deepEqual(b && [plainValue(b.with), b.resources, b.retry.times, b.timeoutSeconds], [
    {},
    {},
    0,
    undefined,
  ]);
});

Deno.test("parseConfig() names a pipeline after its file, and gives it seed 0", () => {
  const config = configOf("stages: {a: {uses: x}}");
  assert.deepEqual([config.name, config.seed, config.seedOrigin], ["x", 0, undefined]);
});

/** Pieces of configs, right and wrong, put together at random. */
const piece: fc.Arbitrary<unknown> = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof(
    { depthSize: "small", withCrossShrink: true },
    fc.constantFrom<unknown>(
      ...[null, true, 0, -1, 1.5, 1e21, "", "x", "clips.train", "train.weights", "a.b.c", "10m"],
      ...["${params.a}", "x${params.b}", "${params.a.b}", "${x", "$${y}", "../x", "/etc/passwd"],
      ...["${matrix.a}", "x${matrix.a}", "${matrix.a.b}", "${matrix.seed}", "clips@a=1.train"],
      ...["dataset/shapes", "train/model", "evaluate/model", "toString", "__proto__", "16GiB"],
    ),
    fc.string({ unit: "binary", maxLength: 8 }),
    fc.array(tie("value"), { maxLength: 4 }),
    fc.dictionary(
      fc.constantFrom(
        ...["name", "seed", "params", "stages", "profiles", "uses", "with", "inputs", "matrix"],
        ...[
          "resources",
          "include",
          "exclude",
          "point",
          "a",
          "retry",
          "timeout",
          "clips",
          "train",
          "weights",
          "steps",
          "model",
          "a",
          "b",
        ],
        ...["hasOwnProperty", "toString", "length", "smoke"],
      ),
      tie("value"),
      { maxKeys: 6 },
    ),
  ),
})).value;

/** Mostly what is right, so that single mistakes are found behind it. */
function mostly(...right: unknown[]): fc.Arbitrary<unknown> {
  const arbitrary = fc.constantFrom(...right);
  return fc.oneof({ weight: 15, arbitrary }, { weight: 1, arbitrary: piece });
}

function stageOf(uses: string, parameters: unknown[], inputs: unknown[]): fc.Arbitrary<unknown> {
  const right = fc.record({
    uses: mostly(uses),
    with: mostly(...parameters),
    inputs: mostly(...inputs),
    resources: mostly({}, { gpu: 1 }),
    retry: mostly(0, 2),
  });
  return fc.oneof({ weight: 15, arbitrary: right }, { weight: 1, arbitrary: piece });
}

const config = fc.record({
  name: mostly("demo"),
  seed: mostly(0, 7),
  params: mostly({ a: 1, b: { c: "${params.a}" } }),
  matrix: mostly(
    { a: [1, 2] },
    { a: [1, "x"], seed: [3, 4], exclude: [{ a: 1 }], include: [{ a: 5, seed: 6 }] },
  ),
  profiles: mostly({ smoke: { stages: { clips: { with: { digits: 1 } } } } }),
  stages: fc.record({
    clips: stageOf("dataset/shapes", [{}, { digits: "${params.b.c}" }, { digits: "${matrix.a}" }], [
      {},
    ]),
    train: stageOf("train/model", [{ steps: 3 }, { steps: "${matrix.a}", model: { width: 8 } }], [
      { clips: "clips.train" },
      { clips: "clips.train", validation: "clips.test" },
    ]),
    score: stageOf("evaluate/model", [{}, { metrics: ["fid"] }], [
      { generated: "clips.test", weights: "train.weights" },
    ]),
  }, { requiredKeys: [] }),
}, { requiredKeys: ["stages"] });

const override = fc.tuple(
  fc.array(
    fc.constantFrom("clips", "train", "with", "steps", "params", "a", "0", "__proto__", ""),
    {
      maxLength: 4,
    },
  ),
  fc.constantFrom("=1", "=[1, {a: b}]", "=", "", "=${params.a}", "=\u0000", "={"),
).map(([path, value]) => path.join(".") + value);

Deno.test("parseConfig() and planPipeline() plan any config, or say what is wrong with it", async () => {
  let planned = 0;
  const options = {
    set: fc.array(override, { maxLength: 2 }),
    profiles: fc.constantFrom([], ["smoke"]),
  };
  const property = fc.asyncProperty(config, fc.record(options), async (value, options) => {
    try {
      const parsed = configOf(JSON.stringify(value), options);
      const plan = await planPipeline(parsed, portStages);
      // What was accepted, written out in full, is accepted again.
      await planPipeline(configOf(resolvedConfigText(plan)), portStages);
      planned++;
    } catch (error) {
      // Anything but a ConfigError is a bug.
      if (!(error instanceof ConfigError)) throw error;
      assert(error.diagnostics.length > 0);
      for (const diagnostic of error.diagnostics) {
        assert.match(formatDiagnostic(diagnostic), /^(x\.yaml|--set|--profile):\d+:\d+ \S/);
      }
    }
  });
  await fc.assert(property, { numRuns: 1500 });
  // About 100 of 1500; with none the test would only look at errors.
  assert(planned > 20, `The generator must reach configs that are right, but made ${planned}`);
  assert.deepEqual(Object.keys(Object.prototype), []);
});
