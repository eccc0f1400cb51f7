import assert from "node:assert/strict";
import { ConfigError, formatDiagnostic } from "../../../pipelines/config/diagnostic.ts";
import { parseConfig } from "../../../pipelines/config/parse_config.ts";
import { planPipeline } from "../../../pipelines/plan/plan.ts";
import { portStages } from "../../support/port_stages.ts";
import { withFolder } from "../../support/tiny_run.ts";

const good = `name: demo
stages:
  clips: { uses: dataset/shapes }
  train: { uses: train/model, with: { steps: 10 }, inputs: { clips: clips.train } }
`;

/** What each is about -> text, and the place of its first diagnostic. */
const badConfigs: Readonly<Record<string, readonly [text: string, place: string]>> = {
  "wrong kind on a port": [
    `${good}  score: { uses: evaluate/model, inputs: { generated: train.weights, weights: train.weights } }\n`,
    "5:55",
  ],
  "wrong kind where another output fits": [
    `${good}  score: { uses: evaluate/model, inputs: { generated: clips.test, weights: train.curves } }\n`,
    "5:76",
  ],
  "unknown stage in uses": [good.replace("train/model", "train/modle"), "4:18"],
  "unknown stage in an input": [good.replace("clips.train", "clisp.train"), "4:69"],
  "unknown output": [good.replace("clips.train", "clips.trian"), "4:69"],
  "unknown input port": [good.replace("{ clips: clips", "{ clip: clips"), "4:3"],
  "input that is no edge": [good.replace("clips.train", "clips"), "4:69"],
  "missing input": [good.replace(", inputs: { clips: clips.train }", ""), "4:3"],
  "missing parameter": [good.replace("steps: 10", "learningRate: 0.1"), "4:37"],
  "parameter of the wrong type": [good.replace("steps: 10", "steps: ten"), "4:46"],
  "parameter out of range": [good.replace("steps: 10", "steps: 0, learningRate: -1"), "4:46"],
  "fraction for an integer": [good.replace("steps: 10", "steps: 1.5"), "4:46"],
  "unknown parameter": [good.replace("steps: 10", "steps: 10, learningrate: 1"), "4:50"],
  "unknown nested parameter": [
    good.replace("steps: 10", "steps: 10, model: { widht: 8, layers: [] }"),
    "4:59",
  ],
  "nested list item": [good.replace("steps: 10", "steps: 10, model: { layers: [4, x] }"), "4:71"],
  "unknown choice": [
    good.replace("dataset/shapes", "dataset/shapes, with: { mode: bonce }"),
    "3:48",
  ],
  "unknown discriminator": [
    good.replace("steps: 10", "steps: 10, schedule: { kind: cosin }"),
    "4:68",
  ],
  "wrong branch of a union": [
    good.replace("steps: 10", "steps: 10, schedule: { kind: cosine, end: x }, clip: nonne"),
    "4:81",
  ],
  "value from params of the wrong type": [
    `params: { steps: many }\n${good.replace("steps: 10", "steps: '${params.steps}'")}`,
    "1:18",
  ],
  "rule of a stage that a default breaks": [
    good.replace("dataset/shapes", "dataset/shapes, with: { frames: 5 }"),
    "3:40",
  ],
  "rule of a stage that a value breaks": [
    good.replace("dataset/shapes", "dataset/shapes, with: { frames: 5, contextFrames: 6 }"),
    "3:68",
  ],
  "circle": [
    `stages:
  a: { uses: train/model, with: { steps: 1 }, inputs: { clips: c.train } }
  b: { uses: evaluate/model, inputs: { generated: a.weights, weights: a.weights } }
  c: { uses: dataset/shapes, inputs: { x: b.scores } }
`,
    "2:64",
  ],
  "stage that needs itself": [good.replace("clips.train", "train.weights"), "4:69"],
  "missing file": [good.replace("steps: 10", "steps: 10, start: no/such.safetensors"), "4:57"],
  "file outside the project": [
    good.replace("steps: 10", "steps: 10, extra: [../../etc/passwd, /etc/passwd, .]"),
    "4:58",
  ],
  "YAML syntax error": [`${good}  x: [\n`, "6:1"],
  "duplicate key": [`${good}  train: { uses: train/model }\n`, "5:3"],
  "alias bomb": [
    `a0: &a0 [${Array(20).fill("x").join(", ")}]\n` +
    Array.from({ length: 9 }, (_, i) => `a${i + 1}: &a${i + 1} [${Array(20).fill(`*a${i}`)}]\n`)
      .join(""),
    "4:9",
  ],
  "deep nesting": [`${good}x: ${"[".repeat(1000)}`, "5:132"],
  "merge key": [`${good}  more: { <<: { a: 1 } }\n`, "5:11"],
  "prototype pollution": [`${good}__proto__: { polluted: 1 }\n`, "5:1"],
  "unknown key at the top": [`${good}stage: {}\n`, "5:1"],
  "unknown key in a stage": [good.replace("with:", "whit:"), "4:31"],
  "matrix": [good.replace("with:", "matrix: { seed: [1, 2] }, with:"), "4:41"],
  "name that is a path": [good.replace("name: demo", "name: ../demo"), "1:7"],
  "stage name with a capital": [good.replaceAll("clips:", "Clips:"), "3:3"],
  "bad numbers": [`seed: -1\n${good}`, "1:7"],
  "bad resources": [
    good.replace(
      "with:",
      "resources: { cpus: 0, gpus: 1, memory: 16GB }, retry: 99, timeout: 5, with:",
    ),
    "4:50",
  ],
  "stages that are no maps": ["stages:\n  a: 3\n  b: [x]\n  c:\n", "2:6"],
  "no stages": ["name: demo\n", "1:1"],
  "empty stages": ["stages: {}\n", "1:1"],
  "not a map": ["- stages\n", "1:1"],
  "empty file": ["", "1:1"],
  "bad profile": [`${good}profiles: { smoke: { stage: 1 }, Fast: 3 }\n`, "5:22"],
};

for (const [name, [text, place]] of Object.entries(badConfigs)) {
  Deno.test(`a config with ${name} is refused at its place`, async (t) => {
    const error = await errorOf(text);
    const shown = error.diagnostics.map(formatDiagnostic).join("\n\n");
    const [first] = error.diagnostics;
    assert.equal(`${first?.line}:${first?.column}`, place, shown);
    await t.assertSnapshot(shown);
  });
}

Deno.test("planPipeline() accepts the config that the bad ones are made from", async () => {
  await withFolder(async (folder) => {
    await Deno.writeTextFile(`${folder}/demo.yaml`, good);
    const plan = await planPipeline(await parseConfig("demo.yaml", { folder }), portStages);
    assert.deepEqual(plan.stages.map(({ name }) => name), ["clips", "train"]);
  });
});

async function errorOf(text: string): Promise<ConfigError> {
  return await withFolder(async (folder) => {
    await Deno.writeTextFile(`${folder}/demo.yaml`, text);
    try {
      await planPipeline(await parseConfig("demo.yaml", { folder }), portStages);
    } catch (error) {
      if (error instanceof ConfigError) return error;
      throw error;
    }
    throw new Error("The config must be refused, but was accepted");
  });
}
