import assert from "node:assert/strict";
import { zoetrope } from "../support/command_line.ts";
import { command } from "../support/fake_host.ts";
import { withFolder } from "../support/tiny_run.ts";

const list = (count: number) => Array.from({ length: count }, (_, i) => i + 1).join();

const sweep = (points: number) => `
matrix: { by: [${list(points)}] }
stages:
  numbers: { uses: tiny/numbers }
  scaled: { uses: tiny/scale, with: { by: "\${matrix.by}" }, inputs: { curve: numbers.curve } }
  scores: { uses: tiny/total, inputs: { curve: scaled.curve } }
`;

Deno.test("plan of a short sweep has a line per stage, of a long one a line per stage of the config", async () => {
  await withFolder(async (folder) => {
    const plan = async (points: number) => {
      await Deno.writeTextFile(`${folder}/s.yaml`, sweep(points));
      const { out } = await command(folder, ["plan", "s.yaml"]);
      return out.trimEnd().split("\n").map((line) => line.trimEnd().replaceAll(/ +/g, " "));
    };
    assert.deepEqual(await plan(2), [
      "plan s 5 stages to run: numbers scaled ×2 scores ×2",
      "run numbers tiny/numbers first run",
      "run scaled@by=1 tiny/scale first run",
      "run scaled@by=2 tiny/scale first run",
      "run scores@by=1 tiny/total first run",
      "run scores@by=2 tiny/total first run",
    ]);
    assert.deepEqual(await plan(50), [
      "plan s 101 stages to run: numbers scaled ×50 scores ×50",
      "run numbers tiny/numbers first run",
      "run scaled ×50 tiny/scale first run",
      "run scores ×50 tiny/total first run",
    ]);
  });
});

Deno.test("--point chooses points; one that there is not is a usage error", async () => {
  await withFolder(async (folder) => {
    await Deno.writeTextFile(`${folder}/s.yaml`, sweep(9));
    const chosen = await command(folder, ["plan", "s.yaml", "--point", "by=7", "--json"]);
    const names = JSON.parse(chosen.out).stages.map(({ name }: { name: string }) => name);
    assert.deepEqual(names, ["numbers", "scaled@by=7", "scores@by=7"]);
    const wrong = await command(folder, ["plan", "s.yaml", "--point", "bu=7"]);
    assert.equal(wrong.code, 2);
    assert.match(wrong.err, /unknown variable "bu". Did you mean "by"\?/);
    const absent = await command(folder, ["plan", "s.yaml", "--point", "by=70"]);
    assert.deepEqual([absent.code, absent.out], [2, ""]);
  });
});

Deno.test("run of a sweep leaves logs, a report and a line in the list of runs", async () => {
  await withFolder(async (folder) => {
    const config = `
matrix: { seed: [1, 2] }
stages:
  clips:
    uses: dataset/moving_mnist
    seed: "\${matrix.seed}"
    with: { train: 2, validation: 1, test: 1, frames: 2, contextFrames: 1 }
`;
    await Deno.writeTextFile(`${folder}/s.yaml`, config);
    const ran = await zoetrope(["run", "s.yaml", "--no-tensorboard"], folder);
    assert.equal(ran.code, 0, ran.err);
    assert.match(ran.out, /clips@seed=2 +ran/);
    assert.deepEqual(
      [...Deno.readDirSync(`${folder}/runs`)].map(({ name }) => name).toSorted().slice(1),
      [
        "index.sqlite",
        "latest",
      ],
    );
    const { stages } = JSON.parse(await Deno.readTextFile(`${folder}/runs/latest/run.json`));
    assert.deepEqual(stages.map(({ point }: { point: unknown }) => point), [{ seed: 1 }, {
      seed: 2,
    }]);
    assert.notEqual(stages[0].outputs.train.digest, stages[1].outputs.train.digest);

    // The resolved config is a sweep written out, and finds every result.
    const resolved = await zoetrope(["plan", "s.yaml", "--resolved"], folder);
    await Deno.writeTextFile(`${folder}/again.yaml`, resolved.out);
    const plan = await zoetrope(["plan", "again.yaml"], folder);
    assert.match(plan.out, /^plan {3}s {2}2 stages {3}cached: clips ×2\n/);
    const listed = await zoetrope(["runs"], folder);
    assert.match(listed.out, /succeeded .* 2 +- +- +- +\d{8}-\d{6}-s\n/);
  });
});
