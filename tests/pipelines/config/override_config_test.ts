import assert from "node:assert/strict";
import { nodeAt, plainValue } from "../../../pipelines/config/config_node.ts";
import { ConfigError, formatDiagnostic } from "../../../pipelines/config/diagnostic.ts";
import { describeOrigin } from "../../../pipelines/config/source.ts";
import { configOf } from "../../support/parse_text.ts";

const text = `
name: demo
seed: 3
params: { size: 64 }
stages:
  train: { uses: t/x, with: { steps: 10, layers: [4, 8], model: { width: 2 } }, inputs: { a: b.c } }
  b: { uses: t/y }
profiles:
  smoke: { seed: 9, stages: { train: { with: { steps: 1 } } } }
  wide: { params: { size: 128 }, stages: { train: { with: { model: { width: 7 } } } } }
`;

function paramsOf(...set: string[]): unknown {
  const train = configOf(text, { set }).stages.get("train");
  return train && plainValue(train.with);
}

function complaints(options: { set?: string[]; profiles?: string[] }): string[] {
  try {
    configOf(text, options);
    return [];
  } catch (error) {
    assert(error instanceof ConfigError);
    return error.diagnostics.map(formatDiagnostic);
  }
}

Deno.test("--set replaces a value, its text read as YAML", () => {
  const base = { steps: 10, layers: [4, 8], model: { width: 2 } };
  assert.deepEqual(paramsOf("train.with.steps=50"), { ...base, steps: 50 });
  assert.deepEqual(paramsOf("stages.train.with.steps=5e1"), { ...base, steps: 50 });
  assert.deepEqual(paramsOf("train.with.layers=[1, 2, 3]"), { ...base, layers: [1, 2, 3] });
  assert.deepEqual(paramsOf("train.with.layers.1=16"), { ...base, layers: [4, 16] });
  assert.deepEqual(paramsOf("train.with.model={width: 3}"), { ...base, model: { width: 3 } });
  assert.deepEqual(paramsOf("train.with.steps='50'"), { ...base, steps: "50" });
  assert.deepEqual(paramsOf("train.with.steps="), { ...base, steps: null });
  assert.deepEqual(paramsOf("train.with.note=a=b"), { ...base, note: "a=b" });
});

Deno.test("--set reaches the config's own keys", () => {
  const config = configOf(text, { set: ["seed=5", "name=other", "params.size=1"] });
  assert.deepEqual([config.seed, config.name], [5, "other"]);
});

Deno.test("--set makes what is absent but known to a stage", () => {
  const config = configOf(text, { set: ["b.with.depth=3", "b.retry=2", "b.inputs.x=train.w"] });
  const b = config.stages.get("b");
  assert.deepEqual(b && plainValue(b.with), { depth: 3 });
  assert.equal(b?.retry.times, 2);
  assert.equal(b?.inputs.get("x")?.from, "train.w");
});

Deno.test("--set later on the line wins, and values remember the option", () => {
  const config = configOf(text, { set: ["train.with.steps=1", "train.with.steps=2"] });
  const node = config.stages.get("train") && nodeAt(config.stages.get("train")!.with, ["steps"]);
  assert.equal(node?.kind === "scalar" && node.value, 2);
  assert.equal(node && describeOrigin(node.origin), "--set train.with.steps=2");
});

Deno.test("--set of what does not exist names the nearest key", () => {
  const sets = [
    "trian.with.steps=1",
    "train.wiht.steps=1",
    "params.sizes=1",
    "sed=1",
    "train.with.steps.x=1",
    "train.with.layers.2=1",
    "train.uses.x=1",
    "train.with.__proto__.x=1",
    "constructor.prototype.x=1",
    "train",
    "=1",
    "train.with.steps=[1",
    "train..steps=1",
  ];
  assert.deepEqual(sets.map((set) => complaints({ set: [set] }).join("\n")), [
    '--set:1:1 Unknown stage "trian"\n    trian.with.steps=1\n    ~~~~~\n  Did you mean "train"?',
    '--set:1:7 Unknown key "wiht"\n    train.wiht.steps=1\n          ~~~~\n  Did you mean "with"?',
    '--set:1:8 Unknown parameter "sizes"\n    params.sizes=1\n           ~~~~~\n  Did you mean "size"?',
    '--set:1:1 Unknown stage "sed"\n    sed=1\n    ~~~\n  Did you mean "seed"?',
    '--set:1:18 Cannot set "x": "stages.train.with.steps" is 10, not a map\n' +
    "    train.with.steps.x=1\n                     ~",
    '--set:1:19 Cannot set item "2" of a list with 2 items\n' +
    "    train.with.layers.2=1\n                      ~\n  Items count from 0",
    '--set:1:12 Cannot set "x": "stages.train.uses" is "t/x", not a map\n' +
    "    train.uses.x=1\n               ~",
    '--set:1:12 Unknown key "__proto__"\n    train.with.__proto__.x=1\n               ~~~~~~~~~\n' +
    "  Known: steps, layers, model",
    '--set:1:1 Unknown stage "constructor"\n    constructor.prototype.x=1\n    ~~~~~~~~~~~\n' +
    "  Known: train, b, name, seed, params, matrix, stages",
    "--set:1:1 An override must look like stage.with.key=value\n    train\n    ~~~~~",
    "--set:1:1 An override must look like stage.with.key=value\n    =1\n    ~~",
    "--set:1:20 Cannot read YAML: Flow sequence must end with a ]\n    train.with.steps=[1\n" +
    "                       ~",
    '--set:1:7 Unknown key ""\n    train..steps=1\n          ~\n' +
    "  Known: uses, with, inputs, resources, retry, timeout, seed, matrix",
  ]);
  assert.equal(Object.hasOwn(Object.prototype, "x"), false);
});

Deno.test("--profile lays its values over the config, in order", () => {
  const smoke = configOf(text, { profiles: ["smoke"] });
  assert.equal(smoke.seed, 9);
  const both = configOf(text, { profiles: ["smoke", "wide"], set: ["train.with.steps=4"] });
  const train = both.stages.get("train");
  assert.deepEqual(train && plainValue(train.with), {
    steps: 4,
    layers: [4, 8],
    model: { width: 7 },
  });
});

Deno.test("--profile of a name that is not there names the nearest", () => {
  assert.deepEqual(complaints({ profiles: ["smok"] }), [
    '--profile:1:1 Unknown profile "smok"\n    smok\n    ~~~~\n  Did you mean "smoke"?',
  ]);
});
