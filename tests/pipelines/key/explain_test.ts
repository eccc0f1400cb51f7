import assert from "node:assert/strict";
import { digestOf } from "../../../pipelines/key/digest.ts";
import { asKeyDocument, explainChanges, nearestDocument } from "../../../pipelines/key/explain.ts";
import { type KeyDocument, keyOf } from "../../../pipelines/key/fingerprint.ts";
import { formatChange } from "../../../pipelines/key/format_change.ts";
import { planPipeline } from "../../../pipelines/plan/plan.ts";
import { configOf } from "../../support/parse_text.ts";
import { portStages } from "../../support/port_stages.ts";
import { keyContext } from "../../support/tiny_run.ts";

const text = `
seed: 7
stages:
  clips: { uses: dataset/shapes }
  train:
    uses: train/model
    with:
      steps: 10
      model: { layers: [1, 2] }
    inputs: { clips: clips.train }
`;

async function plannedFrom(yaml: string, set: readonly string[] = []) {
  const plan = await planPipeline(configOf(yaml, { set }), portStages);
  const planned = plan.stages[1];
  assert(planned !== undefined);
  const inputs = { clips: digestOf("clips"), validation: digestOf("validation") };
  return { planned, document: (await keyOf(planned, inputs, keyContext)).document };
}

/** Lines that explain the way from the text above to another. */
async function changes(
  yaml: string,
  set: readonly string[] = [],
  before: Partial<KeyDocument> = {},
): Promise<string[]> {
  const old = (await plannedFrom(text)).document;
  const { planned, document } = await plannedFrom(yaml, set);
  return explainChanges({ ...old, ...before }, document, planned).map(formatChange);
}

Deno.test("explainChanges() of equal documents is empty", async () => {
  assert.deepEqual(await changes(text), []);
});

Deno.test("explainChanges() names a parameter, its values and where the new one is written", async () => {
  assert.deepEqual(await changes(text.replace("steps: 10", "steps: 50")), [
    "with.steps 10 -> 50 (x.yaml:8:14)",
  ]);
  assert.deepEqual(await changes(text.replace("layers: [1, 2]", "width: 8, layers: [3]")), [
    "with.model.layers [1,2] -> [3] (x.yaml:9:34)",
    "with.model.width 32 (default) -> 8 (x.yaml:9:23)",
  ]);
});

Deno.test("explainChanges() names the option that a value comes from", async () => {
  assert.deepEqual(await changes(text, ["train.with.steps=3", "seed=8"]), [
    "with.steps 10 -> 3 (--set train.with.steps=3)",
    "seed 7 -> 8 (--set seed=8)",
  ]);
});

Deno.test("explainChanges() says when a default came back", async () => {
  assert.deepEqual(await changes(text.replace("      model: { layers: [1, 2] }\n", "")), [
    "with.model.layers [1,2] -> [4,8] (default)",
  ]);
});

Deno.test("explainChanges() tells a default that changed from a value that is written", async () => {
  const { params } = (await plannedFrom(text)).document;
  const old = (clip: string, ...written: string[]) => ({ params: { ...params, clip }, written });
  const all = ["steps", "model.layers"];
  assert.deepEqual(await changes(text, [], old("value", ...all)), [
    'default of with.clip "value" -> "none"',
  ]);
  assert.deepEqual(await changes(text, [], old("value", ...all, "clip")), [
    'with.clip "value" -> "none" (default)',
  ]);
  const written = text.replace("steps: 10", "steps: 10\n      clip: 0.5");
  const { document } = await plannedFrom(text);
  assert.deepEqual(await changes(written, [], document), [
    'with.clip "none" (default) -> 0.5 (x.yaml:9:13)',
  ]);
});

Deno.test("explainChanges() takes a legacy default for the value of a parameter that was not there", async () => {
  const { planned, document } = await plannedFrom(
    text.replace("steps: 10", "steps: 10\n      clip: 0.5"),
  );
  const stage = { ...planned.stage, legacyDefaults: { clip: "none" } };
  const { clip: _, ...params } = document.params;
  const before = { ...document, params, written: ["steps"] };
  assert.deepEqual(explainChanges(before, document, { ...planned, stage }).map(formatChange), [
    'with.clip "none" (default) -> 0.5 (x.yaml:9:13)',
  ]);
});

Deno.test("explainChanges() names modules that changed, came and went, and packages by version", async () => {
  const { planned, document } = await plannedFrom(text);
  const [a, b] = [digestOf("a"), digestOf("b")];
  const old = {
    ...document,
    code: { "models/a.ts": a, "models/b.ts": b, pngjs: "npm:pngjs@7.0.0" },
  };
  const now = {
    ...document,
    code: { "models/a.ts": b, "models/c.ts": b, pngjs: "npm:pngjs@8.0.0" },
  };
  assert.deepEqual(explainChanges(old, now, planned).map(formatChange), [
    "code models/a.ts changed",
    "code models/b.ts removed",
    "code models/c.ts added",
    'code pngjs "npm:pngjs@7.0.0" -> "npm:pngjs@8.0.0"',
  ]);
  assert.deepEqual(explainChanges(document, now, planned).map(formatChange), [
    'code (none) -> "3 modules"',
  ]);
});

Deno.test("explainChanges() names inputs by port, and where they are connected", async () => {
  const old = { inputs: { clips: digestOf("other") } };
  const [line] = await changes(text, [], old);
  assert.equal(
    line,
    `inputs.clips ${digestOf("other").slice(0, 6)} -> ${
      digestOf("clips").slice(0, 6)
    } (clips.train, x.yaml:10:22)`,
  );
  const more = await changes(
    text.replace("clips.train }", "clips.train, validation: clips.test }"),
  );
  assert.match(
    more.join(),
    /^inputs.validation \(none\) -> [0-9a-f]{6} \(clips.test, x.yaml:10:47\)$/,
  );
});

Deno.test("explainChanges() names versions of stage, engine and codecs", async () => {
  const old: Partial<KeyDocument> = {
    stage: { id: "train/model", version: 0 },
    engine: { backend: "onnx", version: "onnxruntime 1.29.0" },
    outputs: { weights: { kind: "weights", version: 1 }, curves: { kind: "curves", version: 0 } },
  };
  assert.deepEqual(await changes(text, [], old), [
    "stage.version 0 -> 1",
    'engine.backend "onnx" -> "cpu"',
    'engine.version "onnxruntime 1.29.0" -> "tiny 1"',
    "outputs.curves.version 0 -> 1",
  ]);
});

Deno.test("nearestDocument() has the most equal fields, of the same stage", async () => {
  const { document, planned: { stage } } = await plannedFrom(text);
  const far = { ...document, seed: 1, params: { ...document.params, steps: 1 } };
  const near = { ...document, seed: 2 };
  const foreign = { ...document, stage: { id: "other/stage", version: 1 } };
  assert.equal(nearestDocument(document, [far, near, foreign], stage), near);
  assert.equal(nearestDocument(document, [far, { ...near }, near], stage)?.seed, 2);
  assert.equal(nearestDocument(document, [foreign], stage), undefined);
});

Deno.test("asKeyDocument() takes documents of this format only", async () => {
  const { document } = await plannedFrom(text);
  const json = JSON.parse(JSON.stringify(document));
  assert.equal(asKeyDocument(json), json);
  const { written: _, ...unwritten } = json;
  for (
    const wrong of [null, 1, [], {}, unwritten, { ...json, code: 1 }, { ...json, format: 1 }, {
      ...json,
      inputs: [],
    }]
  ) {
    assert.equal(asKeyDocument(wrong), undefined);
  }
});
