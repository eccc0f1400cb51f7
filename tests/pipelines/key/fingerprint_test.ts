import assert from "node:assert/strict";
import {
  cacheKey,
  type KeyContext,
  type KeyDocument,
  keyOf,
} from "../../../pipelines/key/fingerprint.ts";
import { parseConfig, type ParseOptions } from "../../../pipelines/config/parse_config.ts";
import { planPipeline } from "../../../pipelines/plan/plan.ts";
import { portStages } from "../../support/port_stages.ts";
import { keyContext, withFolder } from "../../support/tiny_run.ts";
import { digestOf } from "../../../pipelines/key/digest.ts";
import type { AnyStage, LegacyDefaults, StageTable } from "../../../pipelines/stage.ts";

const text = `seed: 7
stages:
  clips: { uses: dataset/shapes }
  train: { uses: train/model, with: { steps: 10, start: first.bin }, inputs: { clips: clips.train } }
`;

interface Variation {
  readonly context?: Partial<KeyContext>;
  readonly digest?: string;
  readonly options?: Partial<ParseOptions>;
  readonly file?: string;
  readonly stages?: StageTable;
}

/** Document of the training stage. */
async function documentOf(yaml: string, variation: Variation = {}): Promise<KeyDocument> {
  return await withFolder(async (folder) => {
    await Deno.writeTextFile(`${folder}/demo.yaml`, yaml);
    await Deno.writeTextFile(`${folder}/first.bin`, variation.file ?? "weights");
    await Deno.writeTextFile(`${folder}/second.bin`, variation.file ?? "weights");
    const config = await parseConfig("demo.yaml", { folder, ...variation.options });
    const plan = await planPipeline(config, variation.stages ?? portStages);
    const planned = plan.stages.find(({ stage }) => stage.id === "train/model");
    assert(planned !== undefined);
    const inputs = { clips: variation.digest ?? digestOf("clips"), validation: digestOf("test") };
    const { key, document } = await keyOf(planned, inputs, { ...keyContext, ...variation.context });
    assert.equal(key, cacheKey(document));
    return document;
  });
}

Deno.test("keyOf() holds exactly the documented fields", async () => {
  assert.deepEqual(await documentOf(text), {
    format: 2,
    stage: { id: "train/model", version: 1 },
    code: null,
    params: {
      steps: 10,
      learningRate: 1e-3,
      clip: "none",
      model: { width: 32, layers: [4, 8] },
      schedule: { kind: "constant" },
    },
    files: { start: digestOf("weights"), extra: [] },
    inputs: { clips: digestOf("clips") },
    seed: 7,
    engine: { backend: "cpu", version: "tiny 1" },
    outputs: { weights: { kind: "weights", version: 1 }, curves: { kind: "curves", version: 1 } },
    written: ["steps"],
  });
});

const same: Readonly<Record<string, readonly [yaml: string, variation?: Variation]>> = {
  "the same config in another folder": [text],
  "a comment and empty lines": [`# About\n\n${text}\n# end\n`],
  "the order of keys": [`stages:
  train:
    inputs: { clips: clips.train }
    with: { start: first.bin, steps: 10 }
    uses: train/model
  clips: { uses: dataset/shapes }
seed: 7
`],
  "a default that is written out": [text.replace("steps: 10", "learningRate: 0.001, steps: 10")],
  "other names of stages": [
    text.replace("  clips:", "  data:").replace("clips.train", "data.train").replace(
      "  train:",
      "  fit:",
    ),
  ],
  "the name of the pipeline": [`name: other\n${text}`],
  "a parameter that is ignored": [text.replace("steps: 10", "steps: 10, checkpointEvery: 5")],
  "resources, retry and timeout": [
    text.replace("with: { steps", "resources: { gpu: 1 }, retry: 2, timeout: 5m, with: { steps"),
  ],
  "another file with the same content": [text.replace("first.bin", "second.bin")],
  "--set to the same value": [text, { options: { set: ["train.with.steps=10"] } }],
  "a value from params": [
    `params: { n: 10 }\n${text.replace("steps: 10", 'steps: "${params.n}"')}`,
  ],
};
for (const [name, [yaml, variation]] of Object.entries(same)) {
  Deno.test(`keyOf() does not depend on ${name}`, async () => {
    assert.equal(cacheKey(await documentOf(yaml, variation)), cacheKey(await documentOf(text)));
  });
}

const withLegacy = (legacyDefaults: LegacyDefaults<Record<string, unknown>>): StageTable => ({
  ...portStages,
  "train/model": { ...portStages["train/model"], legacyDefaults } as AnyStage,
});

Deno.test("keyOf() leaves out a parameter that has its legacy default, at any depth", async () => {
  const before = await documentOf(text, { stages: withLegacy({}) });
  const stages = withLegacy({ clip: "none", model: { width: 32 }, steps: 1 });
  const after = await documentOf(text, { stages });
  const { clip: _, ...params } = before.params;
  assert.deepEqual(after, { ...before, params: { ...params, model: { layers: [4, 8] } } });
  const changed = await documentOf(text.replace("steps: 10", "steps: 10, model: { width: 8 }"), {
    stages,
  });
  assert.deepEqual(changed.params["model"], { width: 8, layers: [4, 8] });
});

const other: Readonly<Record<string, readonly [yaml: string, variation?: Variation]>> = {
  "a parameter": [text.replace("steps: 10", "steps: 11")],
  "a nested parameter": [text.replace("steps: 10", "steps: 10, model: { width: 8 }")],
  "the seed of the run": [text.replace("seed: 7", "seed: 8")],
  "the content of an input": [text, { digest: digestOf("other clips") }],
  "which inputs are connected": [
    text.replace("clips.train }", "clips.train, validation: clips.test }"),
  ],
  "the content of a file": [text, { file: "other" }],
  "which file parameter is set": [text.replace("start: first.bin", "extra: [first.bin]")],
  "the engine's backend": [text, { context: { engine: { backend: "onnx", version: "tiny 1" } } }],
  "the engine's version": [text, { context: { engine: { backend: "cpu", version: "tiny 2" } } }],
  "the code of a module": [text, {
    context: { codeOf: () => Promise.resolve({ "stages/train/model.ts": digestOf("other") }) },
  }],
  "the version of an output's codec": [text, {
    context: { kindVersions: { ...keyContext.kindVersions, weights: 2 } },
  }],
  "the version of the stage": [text, {
    stages: { ...portStages, "train/model": { ...portStages["train/model"], version: 2 } },
  }],
};
for (const [name, [yaml, variation]] of Object.entries(other)) {
  Deno.test(`keyOf() depends on ${name}`, async () => {
    assert.notEqual(cacheKey(await documentOf(yaml, variation)), cacheKey(await documentOf(text)));
  });
}

Deno.test("keyOf() of a stage without tensors does not depend on the engine", async () => {
  const keyWith = async (backend: string) => {
    return await withFolder(async (folder) => {
      await Deno.writeTextFile(`${folder}/demo.yaml`, "stages: {c: {uses: dataset/shapes}}");
      const plan = await planPipeline(await parseConfig("demo.yaml", { folder }), portStages);
      const [planned] = plan.stages;
      assert(planned !== undefined);
      const { key, document } = await keyOf(planned, {}, {
        ...keyContext,
        engine: { backend, version: "1" },
      });
      assert.equal(document.engine, null);
      return key;
    });
  };
  assert.equal(await keyWith("onnx"), await keyWith("cpu"));
});

Deno.test("keyOf() wants the digest of every connected input", async () => {
  await withFolder(async (folder) => {
    await Deno.writeTextFile(`${folder}/demo.yaml`, text.replace("start: first.bin", "clip: 1"));
    const plan = await planPipeline(await parseConfig("demo.yaml", { folder }), portStages);
    const planned = plan.stages[1];
    assert(planned !== undefined);
    await assert.rejects(keyOf(planned, {}, keyContext), {
      message: 'Cannot compute the key of stage "train": input "clips" needs the digest of ' +
        '"clips.train", but it is not known',
    });
  });
});

Deno.test("cacheKey() of a document is pinned: changing it invalidates every store", async () => {
  // sha256 of Python's json.dumps(document, sort_keys=True, separators=(",", ":")), without "written"
  // and with the sha256 of the code's own dump in its place.
  const document = await documentOf(text);
  const [a, b] = [digestOf("a"), digestOf("b")];
  const code = { "models/b.ts": b, "models/a.ts": a, pngjs: "npm:pngjs@7.0.0" };
  assert.deepEqual([cacheKey(document), cacheKey({ ...document, code })], [
    "debabf091fd9f2d767b029ff56e1198a40785433568fc7ec6e5db4d828e2dda6",
    "5a653c117879077dad103029e920548ec2cd30317770b3060fa5c73199d9c9b4",
  ]);
});
