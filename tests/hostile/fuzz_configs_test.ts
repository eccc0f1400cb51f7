/** Configs that were changed or made at random: a plan or diagnostics, soon, and nothing else. */

import assert from "node:assert/strict";
import process from "node:process";
import fc from "fast-check";
import { ConfigError } from "../../pipelines/config/diagnostic.ts";
import type { ParseOptions } from "../../pipelines/config/parse_config.ts";
import { planPipeline } from "../../pipelines/plan/plan.ts";
import { stages } from "../../stages/mod.ts";
import { portStages } from "../support/port_stages.ts";
import { configOf } from "../support/parse_text.ts";
import { mutated } from "./mutations.ts";

/** Processor time of one config. */
const LIMIT_MS = 1500;
const SEED = 417;

// Nothing but reading is allowed here, so a write anywhere would fail the test.
const permissions = { read: true, env: true } as const;

const words = [
  ..."[ ] { } : - ? , # & * ! | > ' \" % @ ` ~".split(" "),
  ...[
    "\n",
    "\n  ",
    "\t",
    "\0",
    "\r",
    "\ufeff",
    "\u2028",
    "\ud800",
    "---\n",
    "...\n",
    "%YAML 1.1\n",
  ],
  ...["<<: ", "__proto__: ", "constructor: ", "&a ", "*a", "!!binary ", "!!set ", "!x "],
  ...["${params.x}", "${", "$${", "${matrix.x}", "}", ".inf", "1e999", "-0", "0x", "2001-01-01"],
  ...["stages: ", "uses: ", "with: ", "inputs: ", "matrix: ", "extends: x\n", "profiles: "],
  ...["secrets: [X]\n", "retry: ", "timeout: 1s", "../../x", "/etc/passwd", "a.b.c"],
].map((word) => new TextEncoder().encode(word));

async function planOrRefuse(
  text: string,
  table: Parameters<typeof planPipeline>[1],
  options: Partial<ParseOptions> = {},
): Promise<boolean> {
  const started = process.cpuUsage();
  let isPlanned = false;
  try {
    await planPipeline(configOf(text, options), table);
    isPlanned = true;
  } catch (error) {
    assert.ok(error instanceof ConfigError, `${error instanceof Error ? error.stack : error}`);
    for (const { line, column, message } of error.diagnostics) {
      assert.ok(line >= 1 && column >= 1 && message !== "" && !message.startsWith("Internal"));
    }
  }
  const { user, system } = process.cpuUsage(started);
  assert.ok(user + system < LIMIT_MS * 1000, `${(user + system) / 1000} ms`);
  return isPlanned;
}

const folder = new URL("../../configs/", import.meta.url);
const shipped = [...Deno.readDirSync(folder)].map(({ name }) => name)
  .filter((name) => name.endsWith(".yaml") && !name.endsWith(".lock.yaml")).sort()
  .map((name) => Deno.readFileSync(new URL(name, folder)));

Deno.test({
  name: "a shipped config that was changed at random is planned or refused",
  permissions,
  async fn() {
    const config = fc.constantFrom(...shipped).chain((file) => mutated(file, words));
    await fc.assert(
      fc.asyncProperty(config, async (bytes) => {
        await planOrRefuse(new TextDecoder().decode(bytes), stages);
      }),
      { seed: SEED, numRuns: 150 },
    );
  },
});

Deno.test({
  name: "random bytes, and random words of YAML, are planned or refused",
  permissions,
  async fn() {
    const word = fc.constantFrom(
      ...words.map((bytes) => new TextDecoder().decode(bytes)),
      "a",
      " ",
    );
    const text = fc.oneof(
      fc.uint8Array({ maxLength: 300 }).map((bytes) => new TextDecoder().decode(bytes)),
      fc.array(word, { maxLength: 60 }).map((parts) => parts.join("")),
      fc.string({ unit: "binary", maxLength: 200 }),
    );
    await fc.assert(
      fc.asyncProperty(text, async (each) => void await planOrRefuse(each, portStages)),
      { seed: SEED, numRuns: 1500 },
    );
  },
});

/** Values as a config may hold them, with the words of configs among their keys and texts. */
const vocabulary = fc.constantFrom(
  ...[
    "name",
    "seed",
    "params",
    "stages",
    "profiles",
    "matrix",
    "secrets",
    "uses",
    "with",
    "inputs",
  ],
  ...["resources", "retry", "timeout", "clips", "train", "score", "steps", "model", "include", "x"],
  ...["dataset/shapes", "train/model", "evaluate/model", "clips.train", "train.weights", "gpu"],
  ...[
    "${params.x}",
    "${matrix.x}",
    "${params.steps}",
    "$${",
    "toString",
    "__proto__",
    "1h",
    "2GiB",
  ],
);
const { value } = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 5, withCrossShrink: true },
    fc.oneof(vocabulary, fc.integer(), fc.double(), fc.boolean(), fc.constant(null), fc.string()),
    fc.array(tie("value"), { maxLength: 4 }),
    fc.dictionary(vocabulary, tie("value"), { maxKeys: 5, noNullPrototype: true }),
  ),
}));
const port = fc.constantFrom("clips", "generated", "weights", "model", "x");
const edge = fc.constantFrom("a.train", "b.weights", "c.scores", "a.test", "d.x", "a", "b.b.b");
/** Mostly good, or nothing behind the first mistake would be reached. */
const mostly = (good: unknown) => fc.oneof({ arbitrary: fc.constant(good), weight: 9 }, value);
const noisyStage = fc.record({
  uses: fc.constantFrom("dataset/shapes", "train/model", "evaluate/model", "x"),
  with: fc.oneof(fc.record({ steps: fc.oneof(fc.nat(), value) }), value),
  inputs: fc.dictionary(port, edge, { noNullPrototype: true }),
  matrix: mostly({ x: [1, 2] }),
  retry: mostly(1),
  timeout: mostly("1h"),
  resources: mostly({ gpu: 1 }),
}, { requiredKeys: ["uses"] });
const goodStage = fc.constantFrom<unknown>(
  { uses: "dataset/shapes" },
  { uses: "train/model", with: { steps: "${params.steps}" }, inputs: { clips: "a.train" } },
  { uses: "dataset/shapes", matrix: { y: [1, 2] } },
);
const stage = fc.oneof({ arbitrary: goodStage, weight: 4 }, noisyStage);
const pipeline = fc.record({
  name: mostly("x"),
  seed: mostly(3),
  params: fc.record({ x: value, steps: mostly(5) }),
  matrix: mostly({ x: [1, 2] }),
  stages: fc.dictionary(fc.constantFrom("a", "b", "c"), stage, { noNullPrototype: true }),
}, { requiredKeys: ["stages"] });

Deno.test({
  name: "a config of random values in the right places is planned or refused",
  permissions,
  async fn() {
    let planned = 0;
    const override = fc.tuple(edge, value).map(([path, each]) => `${path}=${JSON.stringify(each)}`);
    const none: fc.Arbitrary<string[]> = fc.constant([]);
    const overrides = fc.oneof(
      { arbitrary: none, weight: 4 },
      fc.array(override, { maxLength: 1 }),
    );
    await fc.assert(
      fc.asyncProperty(pipeline, overrides, async (config, set) => {
        if (await planOrRefuse(JSON.stringify(config), portStages, { set })) planned++;
      }),
      { seed: SEED, numRuns: 700 },
    );
    assert.ok(planned >= 3, `only ${planned} were good enough to be planned`);
  },
});
