/** The whole program on its smallest real config: what a user does in the first hour. */

import assert from "node:assert/strict";
import { dirname, join } from "node:path";
import { isLockPath } from "../../pipelines/run/lock_file.ts";
import {
  digestsOf,
  killGroup,
  processesOf,
  repository,
  runForRecord,
  startGroup,
  statesOf,
  zoetrope,
} from "../support/command_line.ts";

const config = "configs/smoke.yaml";
const order = ["clips", "digits", "features", "pretrain", "residual", "samples", "scores"];
const all = (state: string) => Object.fromEntries(order.map((name) => [name, state]));

Deno.test("run trains, samples, scores and reports from one YAML file", async (t) => {
  const folder = await Deno.makeTempDir({ prefix: "zoetrope-e2e-" });
  const first = await runForRecord(config, folder);
  const store = ["--store", `${folder}/store`];

  await t.step("the first run computes every stage and exits 0", () => {
    assert.equal(first.result.code, 0, first.result.err);
    assert.equal(first.record.status, "succeeded");
    assert.deepEqual(statesOf(first.record), all("ran"));
  });

  await t.step("scores carry unit, direction, count and protocol, baselines beside them", () => {
    const { scores } = first.record;
    for (const metric of ["psnr", "ssim", "mse", "crps"]) {
      assert.ok(scores.some((score) => score.metric === metric), `no ${metric}`);
    }
    assert.ok(scores.some(({ metric }) => /^fid\[digits [0-9a-f]{6}\]$/.test(metric)));
    assert.ok(!scores.some(({ metric }) => metric === "fid"), "bare FID is reserved for Inception");
    const scored = new Set(scores.map(({ of }) => of));
    for (const row of ["next-frame predictor", "copy last frame", "black frame"]) {
      assert.ok(scored.has(row), `no score of "${row}", only of ${[...scored].join(", ")}`);
    }
    for (const score of scores) {
      assert.ok(Number.isFinite(score.value), JSON.stringify(score));
      assert.ok(score.count > 0 && score.unit !== "" && score.protocol !== "");
      assert.ok(score.better === "higher" || score.better === "lower");
    }
  });

  await t.step(
    "the run folder holds the record, the events and a self-contained report",
    async () => {
      const saved = JSON.parse(await Deno.readTextFile(`${folder}/runs/latest/run.json`));
      assert.deepEqual(saved, first.record);
      const html = await Deno.readTextFile(`${folder}/runs/latest/report.html`);
      assert.match(html, /data:image\/gif;base64,/);
      assert.doesNotMatch(html, /(src|href)="https?:/);
      const events = await Deno.readTextFile(`${folder}/runs/latest/events.ndjson`);
      assert.ok(events.includes('"run-finished"'));
    },
  );

  await t.step("the same again is cached, stage by stage", async () => {
    const { record, result } = await runForRecord(config, folder);
    assert.equal(result.code, 0, result.err);
    assert.deepEqual(statesOf(record), all("cached"));
    assert.deepEqual(digestsOf(record), digestsOf(first.record));
  });

  await t.step("a comment, another key order and another path re-run nothing", async () => {
    const elsewhere = await Deno.makeTempDir({ prefix: "zoetrope-moved-" });
    const resolved = await zoetrope(["plan", config, "--resolved", ...store]);
    assert.equal(resolved.code, 0, resolved.err);
    await Deno.writeTextFile(join(elsewhere, "other.yaml"), `# moved\n${resolved.out}`);
    const { record, result } = await runForRecord(join(elsewhere, "other.yaml"), folder);
    assert.equal(result.code, 0, result.err);
    assert.deepEqual(statesOf(record), all("cached"));
    await Deno.remove(elsewhere, { recursive: true });
  });

  await t.step("an evaluation parameter re-runs the scores only", async () => {
    const { record } = await runForRecord(config, folder, [
      "--set",
      "scores.with.metrics=[psnr,ssim]",
    ]);
    assert.deepEqual(statesOf(record), { ...all("cached"), scores: "ran" });
    assert.ok(record.scores.every(({ metric }) => !metric.startsWith("fid")));
  });

  await t.step("a training parameter would re-run its stage and what follows", async () => {
    const plan = await zoetrope([
      "plan",
      config,
      "--json",
      ...store,
      "--set",
      "residual.with.learningRate=0.0123",
    ]);
    const stages: { name: string; state: string }[] = JSON.parse(plan.out).stages;
    const cached = stages.filter(({ state }) => state === "cached").map(({ name }) => name);
    assert.deepEqual(cached, ["clips", "digits", "features", "pretrain"]);
  });

  await t.step("one flipped byte is found, named and computed again", async () => {
    const { digest } = first.record.stages.find(({ name }) => name === "samples")!.outputs.rows!;
    const blob = first.record.media[0]!.blob;
    const path = `${folder}/store/objects/${blob.slice(0, 2)}/${blob.slice(2)}`;
    const bytes = await Deno.readFile(path);
    bytes[bytes.length >> 1] = bytes[bytes.length >> 1]! ^ 1;
    await Deno.chmod(path, 0o644);
    await Deno.writeFile(path, bytes);
    const { record, result } = await runForRecord(config, folder);
    assert.equal(result.code, 0, result.err);
    assert.deepEqual(statesOf(record), { ...all("cached"), samples: "ran" });
    assert.ok(result.err.includes(blob), `the damaged blob is not named in: ${result.err}`);
    assert.equal(digestsOf(record)["samples.rows"], digest);
  });

  await t.step(
    "kill -9 amid training: the next run continues to byte-identical weights",
    async () => {
      const undisturbed = await runForRecord(config, folder, LONGER);
      const killed = await Deno.makeTempDir({ prefix: "zoetrope-killed-" });
      await killAmidTraining(killed);
      const { record, result } = await runForRecord(config, killed, [...LONGER, ...SAVE_OFTEN]);
      assert.equal(result.code, 0, result.err);
      const events = await Deno.readTextFile(`${killed}/runs/latest/events.ndjson`);
      assert.ok(events.includes('"stage-resumed"'), "it did not continue from the checkpoint");
      assert.deepEqual(digestsOf(record), digestsOf(undisturbed.record));
      await Deno.remove(killed, { recursive: true });
    },
  );

  await Deno.remove(folder, { recursive: true });
});

/** Long enough that training still runs when it is killed. */
const LONGER = ["--set", "pretrain.with.steps=200", "--set", "pretrain.with.validateEvery=100"];
/** How often a checkpoint is saved is not in the cache key: the result is the same. */
const SAVE_OFTEN = ["--set", "pretrain.with.checkpointEvery=2"];

/** Kills all processes of a run with SIGKILL once its first training has saved a checkpoint. */
async function killAmidTraining(folder: string): Promise<void> {
  const group = startGroup([
    "run",
    config,
    "--store",
    `${folder}/store`,
    "--runs",
    `${folder}/runs`,
    ...LONGER,
    ...SAVE_OFTEN,
  ]);
  const deadline = Date.now() + 120_000;
  while (!hasCheckpoint(folder)) {
    assert.ok(Date.now() < deadline, "no checkpoint within 120 s");
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  // The folder appears with the first file of the first checkpoint: let a few become whole.
  await new Promise((resolve) => setTimeout(resolve, 150));
  await killGroup(group.pid);
  await group.status;
  // The kernel takes a moment to end what it was told to.
  for (let tries = 0; tries < 100 && (await processesOf(group.pid, folder)).length > 0; tries++) {
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  assert.deepEqual(await processesOf(group.pid, folder), [], "processes were left running");
}

/** Whether the stage "pretrain" runs and has saved something. */
function hasCheckpoint(folder: string): boolean {
  try {
    const [run] = [...Deno.readDirSync(`${folder}/runs`)].filter(({ isDirectory }) => isDirectory);
    const events = Deno.readTextFileSync(`${folder}/runs/${run?.name}/events.ndjson`);
    if (!/"stage-started","stage":"pretrain"/.test(events)) return false;
    for (const { name } of Deno.readDirSync(`${folder}/store/partial`)) {
      if ([...Deno.readDirSync(`${folder}/store/partial/${name}`)].length > 0) return true;
    }
    return false;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}

/** Configs of data that everyone must bring themselves, and the folder that they look for it in. */
const broughtAlong: Readonly<Record<string, string>> = {
  "mocogan_actions.yaml": "../data/actions",
  "simple_unet_cars.yaml": "../data/stanford_cars",
  "svg_bair.yaml": "../data/bair_robot",
};

Deno.test("every shipped config is valid and plans", async (t) => {
  for (const { name } of Deno.readDirSync(`${repository}/configs`)) {
    if (!name.endsWith(".yaml") || isLockPath(name)) continue;
    await t.step(name, async () => {
      const { code, err } = await zoetrope(["check", `configs/${name}`]);
      const folder = broughtAlong[name];
      if (folder === undefined) return assert.equal(code, 0, err);
      // Nothing else is wrong with it.
      assert.match(err, new RegExp(`with\\.\\w+ names "${folder}", which does not exist`));
      assert.match(err, /\n1 problem in the config\n$/);
    });
  }
});

Deno.test("wrong configs are refused with file, line and column before anything runs", async (t) => {
  const folder = await Deno.makeTempDir({ prefix: "zoetrope-wrong-" });
  const clips = "  clips: { uses: dataset/moving_mnist }\n";
  const cases: Readonly<Record<string, string>> = {
    "a wrong port kind":
      "  clips: { uses: dataset/moving_mnist }\n  scores: { uses: evaluate/video, inputs: { generated: clips.test, reference: clips.test, features: clips.train } }\n",
    "an unknown stage": "  clips: { uses: dataset/moving_mnits }\n",
    "an unknown key": "  clips: { uses: dataset/moving_mnist, with: { digts: 2 } }\n",
    "a cycle":
      "  a: { uses: train/next_frame, inputs: { clips: b.clips } }\n  b: { uses: sample/residual_diffusion, inputs: { clips: b.clips, predictor: a.weights, denoiser: a.weights } }\n",
    "a bad type": "  clips: { uses: dataset/moving_mnist, with: { digits: many } }\n",
    "a missing file":
      `${clips}  scores: { uses: evaluate/video, inputs: { generated: clips.test, reference: clips.test }, with: { features: missing.onnx } }\n`,
  };
  for (const [what, stages] of Object.entries(cases)) {
    await t.step(what, async () => {
      const path = join(folder, "wrong.yaml");
      await Deno.writeTextFile(path, `name: wrong\nstages:\n${stages}`);
      const args = ["--store", `${folder}/store`, "--runs", `${folder}/runs`];
      const { code, err } = await zoetrope(["run", path, ...args]);
      assert.equal(code, 3, err);
      assert.match(err, /wrong\.yaml:\d+:\d+ /);
      assert.deepEqual([...Deno.readDirSync(dirname(path))].map(({ name }) => name), [
        "wrong.yaml",
      ]);
    });
  }
  await Deno.remove(folder, { recursive: true });
});
