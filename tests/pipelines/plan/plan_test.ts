import assert from "node:assert/strict";
import process from "node:process";
import { ConfigError } from "../../../pipelines/config/diagnostic.ts";
import { parseConfig } from "../../../pipelines/config/parse_config.ts";
import { planPipeline } from "../../../pipelines/plan/plan.ts";
import { stageSeed } from "../../../pipelines/plan/stage_seed.ts";
import { configOf } from "../../support/parse_text.ts";
import { portStages } from "../../support/port_stages.ts";
import { withFolder } from "../../support/tiny_run.ts";

const text = `
name: demo
seed: 7
stages:
  score: { uses: evaluate/model, inputs: { generated: clips.test, weights: train.weights } }
  train: { uses: train/model, with: { steps: 10, model: { width: 64 } }, inputs: { clips: clips.train } }
  clips: { uses: dataset/shapes, with: { seed: 3 }, resources: { gpu: 1, memory: 2GiB }, timeout: 5m }
`;

Deno.test("planPipeline() completes parameters with the defaults of the schema", async () => {
  const plan = await planPipeline(configOf(text), portStages);
  const train = plan.stages.find(({ name }) => name === "train");
  assert.deepEqual(train?.params, {
    steps: 10,
    learningRate: 1e-3,
    clip: "none",
    model: { width: 64, layers: [4, 8] },
    schedule: { kind: "constant" },
    checkpointEvery: 100,
    start: null,
    extra: [],
  });
});

Deno.test("planPipeline() orders stages and types their edges, in the order of the ports", async () => {
  const plan = await planPipeline(configOf(text), portStages);
  assert.deepEqual(plan.stages.map(({ name }) => name), ["clips", "train", "score"]);
  const score = plan.stages[2];
  const edges = [...score?.inputs ?? []].map((
    [port, { stage, output, kind }],
  ) => [port, stage, output, kind]);
  assert.deepEqual(edges, [
    ["generated", "clips", "test", "clips"],
    ["weights", "train", "weights", "weights"],
  ]);
  assert.deepEqual(plan.stages[0]?.config.resources, { gpu: 1, memoryMiB: 2048 });
  assert.equal(plan.stages[0]?.config.timeoutSeconds, 300);
});

Deno.test("planPipeline() gives each stage a seed of run seed, id and seed parameter, not of its name", async () => {
  const seeds = async (yaml: string) =>
    (await planPipeline(configOf(yaml), portStages)).stages.map(({ seed }) => seed);
  const [clips, train] = await seeds(text);
  assert.equal(clips, stageSeed(7, "dataset/shapes", 3));
  assert.equal(train, stageSeed(7, "train/model", undefined));
  assert.deepEqual(
    await seeds(
      text.replaceAll("clips:", "data:").replaceAll("clips.t", "data.t").replace(
        "inputs: { data:",
        "inputs: { clips:",
      ),
    ),
    [
      clips,
      train,
      stageSeed(7, "evaluate/model", undefined),
    ],
  );
  assert.notEqual((await seeds(text.replace("seed: 7", "seed: 8")))[1], train);
});

Deno.test("stageSeed() is 64 bits and differs where any part differs", () => {
  const seeds = [
    stageSeed(1, "a/b", undefined),
    stageSeed(2, "a/b", undefined),
    stageSeed(1, "a/c", undefined),
    stageSeed(1, "a/b", 0),
  ];
  assert.equal(new Set(seeds).size, 4);
  for (const seed of seeds) assert(seed >= 0n && seed < 2n ** 64n);
  // sha256 of {"run":1,"seed":null,"stage":"a/b"} by Python's hashlib, first 16 hex digits. Another
  // derivation would change every result in silence.
  assert.equal(seeds[0], 2834709636012673147n);
});

Deno.test("planPipeline() resolves files against the config's folder", async () => {
  await withFolder(async (folder) => {
    await Deno.mkdir(`${folder}/configs`);
    await Deno.writeTextFile(`${folder}/first.bin`, "x");
    const yaml = text.replace("steps: 10", "steps: 10, start: ../first.bin, extra: [../first.bin]");
    await Deno.writeTextFile(`${folder}/configs/demo.yaml`, yaml);
    const plan = await planPipeline(await parseConfig("configs/demo.yaml", { folder }), portStages);
    const projectFolder = await Deno.realPath(folder);
    const paths = [{ written: "../first.bin", absolute: `${projectFolder}/first.bin` }];
    assert.deepEqual(plan.stages[1]?.files, [
      { param: "start", kind: "file", isList: false, paths, projectFolder },
      { param: "extra", kind: "file", isList: true, paths, projectFolder },
    ]);
  });
});

Deno.test("planPipeline() reports everything at once", async () => {
  const bad = text.replace("dataset/shapes", "dataset/shape").replace("steps: 10", "step: 10")
    .replace("train.weights", "train.curves");
  await assert.rejects(planPipeline(configOf(bad), portStages), (error) => {
    assert(error instanceof ConfigError);
    assert.deepEqual(error.diagnostics.map(({ line }) => line), [5, 6, 6, 7]);
    return true;
  });
});

Deno.test("planPipeline() finds no stage under a name that every object has", async () => {
  for (const id of ["toString", "__proto__", "constructor"]) {
    const yaml = text.replace("dataset/shapes", id);
    await assert.rejects(planPipeline(configOf(yaml), portStages), /there is no stage/);
  }
});

Deno.test("planPipeline() takes time linear in the number of stages", async () => {
  // Processor time: the machine may be busy with other things.
  const cost = async (count: number, times: number) => {
    const config = chain(count);
    const before = process.cpuUsage();
    for (let time = 0; time < times; time++) {
      assert.equal((await planPipeline(config, portStages)).stages.length, count);
    }
    return process.cpuUsage(before).user;
  };
  await cost(1000, 3);
  let best = { small: Infinity, large: Infinity };
  for (let round = 0; round < 3; round++) {
    best = {
      small: Math.min(best.small, await cost(1000, 10)),
      large: Math.min(best.large, await cost(10_000, 1)),
    };
  }
  // The same number of stages in all: linear time gives 1, quadratic time 10.
  const ratio = best.large / best.small;
  assert(ratio < 3, `Planning 10,000 stages at once took ${ratio} times as long as in tenths`);
});

/** A config of many stages; as text it would be beyond the limits of one file. */
function chain(count: number) {
  const base = configOf(text);
  const [clips, train] = [base.stages.get("clips"), base.stages.get("train")];
  assert(clips !== undefined && train !== undefined);
  const input = train.inputs.get("clips");
  assert(input !== undefined);
  const stages = new Map([["clips", clips]]);
  for (let index = 1; index < count; index++) {
    const name = `s${index}`;
    // Each needs the clips twice; the last-named come first, as in a config written backwards.
    stages.set(name, {
      ...train,
      name,
      inputs: new Map([["clips", input], ["validation", input]]),
    });
  }
  return { ...base, stages };
}
