import assert from "node:assert/strict";
import type { RunRecord } from "../../pipelines/run_record.ts";
import { compareConfigs } from "../../cli/compare_configs.ts";
import { compareScores, differenceOf } from "../../cli/compare_scores.ts";
import { command } from "../support/fake_host.ts";
import { runRecord, scoreOf, sweepRecord, sweptStage } from "../support/sweep_record.ts";
import { withFolder } from "../support/tiny_run.ts";

async function withRuns(
  runs: Readonly<Record<string, RunRecord>>,
  use: (folder: string) => Promise<void>,
): Promise<void> {
  await withFolder(async (folder) => {
    for (const [name, record] of Object.entries(runs)) {
      await Deno.mkdir(`${folder}/runs/${name}`, { recursive: true });
      await Deno.writeTextFile(`${folder}/runs/${name}/run.json`, JSON.stringify(record));
    }
    const last = Object.keys(runs).at(-1);
    if (last !== undefined) await Deno.symlink(last, `${folder}/runs/latest`);
    await use(folder);
  });
}

const demo = "20261122-010203-demo";

Deno.test("compare of a sweep prints mean, sample standard deviation and n over the seed", async () => {
  await withRuns({ [demo]: sweepRecord() }, async (folder) => {
    const { code, out } = await command(folder, ["compare"]);
    assert.equal(code, 0);
    assert.deepEqual(out.split("\n"), [
      `sweep  runs/${demo}  6 points over lr, seed  succeeded   mean ± sample standard deviation over seed`,
      "samples",
      "  lr    psnr ↑ dB    n",
      "  1   11.7 ± 2.08    3",
      "  2   21.7 ± 2.08 *  3",
      "",
    ]);
    const each = await command(folder, ["compare", "latest", "--each"]);
    assert.match(each.out, /\n {2}2 {3}2 +24 \*\n$/);
    const swapped = await command(folder, ["compare", "demo", "--over", "lr", "--json"]);
    const { points, over, rows } = JSON.parse(swapped.out);
    assert.deepEqual([points, over, rows.length], [6, ["lr"], 3]);
    assert.deepEqual(rows[1].point, { seed: 1 });
    assert.equal(rows[1].cells[0].mean, 16);
    const csv = await command(folder, ["compare", "--csv"]);
    const [head, row = ""] = csv.out.split("\n");
    assert.equal(head, "lr,state,stage,of,metric,unit,better,mean,deviation,n,protocol");
    assert.match(row, /^1,ran,scores,samples,psnr,dB,higher,11.6666\d*,2.08166\d*,3,peak 1$/);
  });
});

Deno.test("compare says what it needs: a sweep, a variable, a run", async () => {
  await withRuns(
    { [demo]: sweepRecord(), "20261122-020304-plain": runRecord([]) },
    async (folder) => {
      const refused = async (...args: string[]) => {
        const { code, err, out } = await command(folder, ["compare", ...args]);
        assert.deepEqual([code, out], [2, ""]);
        return err;
      };
      assert.match(await refused(), /20261122-020304-plain": it has no matrix; give a second run/);
      assert.match(await refused("demo", "--over", "sede"), /average over "sede": .* lr, seed/);
      assert.match(await refused("demmo"), /Cannot find run "demmo" .*Did you mean "demo"\?/);
      assert.match(await refused("20261122-0"), /2 runs begin like that/);
      assert.match(await refused("demo", "--csv", "--json"), /exclude each other/);
      assert.match(await refused("demo", "plain", "--over", "lr"), /points of one run/);
    },
  );
});

Deno.test("compare of two runs shows the fields that differ, and scores with direction", async () => {
  const config = (steps: number, more = "") =>
    `name: demo\nseed: 1\nstages:\n  train:\n    uses: t/x\n    with:\n      steps: ${steps}\n${more}`;
  const a = runRecord([], {
    config: config(100),
    scores: [
      scoreOf("s", 20),
      scoreOf("s", 0.5, { metric: "mse", better: "lower", unit: "1" }),
      scoreOf("s", 0.9, { metric: "ssim", unit: "1", interval: 0.03 }),
      scoreOf("s", 7, { metric: "fid", better: "lower", protocol: "features A", unit: "1" }),
      scoreOf("s", 7, { metric: "kid" }),
    ],
  });
  const b = runRecord([], {
    config: config(50, "  extra:\n    uses: t/y\n"),
    scores: [
      scoreOf("s", 22),
      scoreOf("s", 0.75, { metric: "mse", better: "lower", unit: "1" }),
      scoreOf("s", 0.94, { metric: "ssim", unit: "1", interval: 0.04 }),
      scoreOf("s", 6, { metric: "fid", better: "lower", protocol: "features B", unit: "1" }),
    ],
  });
  await withRuns({ "20261122-010203-a": a, "20261122-020304-b": b }, async (folder) => {
    const { code, out } = await command(folder, ["compare", "20261122-01", "latest"]);
    assert.equal(code, 0);
    assert.deepEqual(out.split("\n"), [
      "A  runs/20261122-010203-a  demo  succeeded",
      "B  runs/20261122-020304-b  demo  succeeded",
      "config                     A    B",
      "  stages.train.with.steps  100  50",
      "  stages.extra             -    t/y",
      "scores                            A            B  B - A",
      "  psnr ↑ of samples, dB          20           22     +2  better",
      "  mse ↓ of samples              0.5         0.75  +0.25  worse",
      "  ssim ↑ of samples      0.9 ± 0.03  0.94 ± 0.04  +0.04  within the interval",
      "! fid of samples is not compared, its protocols differ:",
      "    A  features A",
      "    B  features B",
      "only in A: kid of samples",
      "",
    ]);
    const json = JSON.parse((await command(folder, ["compare", "a", "b", "--json"])).out);
    assert.deepEqual(json.config[0], {
      field: "stages.train.with.steps",
      values: [100, 50],
      points: 1,
    });
    assert.deepEqual(json.matched[0].differences, [{ difference: 2, verdict: "better" }]);
    const three = (await command(folder, ["compare", "a", "b", "a", "--csv"])).out.split("\n");
    assert.equal(three[0], "stage,of,metric,unit,better,protocol,A,B,C");
    assert.equal(three[1], "s,samples,psnr,dB,higher,peak 1,20,22,20");
  });
});

Deno.test("compareScores() matches by kind whatever the stage, and by stage where one is not enough", () => {
  const single = compareScores([[scoreOf("old", 1)], [scoreOf("new", 2)]]);
  assert.deepEqual(single.matched[0]?.stages, ["old", "new"]);
  const [x, y] = ["s@lr=1", "s@lr=2"];
  const swept = compareScores([[scoreOf(x, 1), scoreOf(y, 2)], [scoreOf(y, 5)]]);
  assert.deepEqual(swept.matched.map(({ stages, differences }) => [stages[0], differences[0]]), [
    [y, { difference: 3, verdict: "better" }],
  ]);
  assert.deepEqual(swept.alone.map(({ run, score }) => [run, score.stage]), [[0, x]]);
});

// Two half widths of 3 and 4 make one of 5 for the difference.
Deno.test("differenceOf() lets intervals decide, and the direction", () => {
  const of = (a: number, b: number, better: "higher" | "lower") =>
    differenceOf(
      scoreOf("s", a, { better, interval: 3 }),
      scoreOf("s", b, { better, interval: 4 }),
    ).verdict;
  assert.equal(of(10, 15, "higher"), "within the interval");
  assert.equal(of(10, 15.1, "higher"), "better");
  assert.equal(of(10, 15.1, "lower"), "worse");
  assert.equal(of(10, 4.9, "lower"), "better");
  assert.equal(of(10, 10, "lower"), "equal");
});

Deno.test("compareConfigs() folds equal changes at points of a sweep", () => {
  const config = (steps: number, lrs: readonly number[]) => ({
    stages: Object.fromEntries(
      lrs.map((lr) => [`m@lr=${lr}`, { uses: "t/x", point: { lr }, with: { steps, lr } }]),
    ),
  });
  assert.deepEqual(compareConfigs([config(1, [0.1, 0.25]), config(2, [0.1, 0.25, 3])]), [
    { field: "stages.m@*.with.steps", values: [1, 2], points: 2 },
    { field: "stages.m@lr=3", values: [undefined, "t/x"], points: 1 },
  ]);
});

Deno.test("show prints a run and one of its stages, also of a long sweep", async () => {
  const failed = sweptStage("model", { lr: 1 }, {
    state: "failed",
    message: "Out of luck",
    warnings: ["Careful"],
    params: { steps: 5 },
  });
  const record = runRecord([sweptStage("data", undefined), failed], { status: "failed" });
  const points = Array.from({ length: 50 }, (_, i) => sweptStage("model", { lr: i }));
  const long = runRecord([sweptStage("data", undefined), ...points], {
    scores: points.map(({ name }, i) => scoreOf(name, i)),
  });
  await withRuns({ [demo]: record, "20261122-020304-long": long }, async (folder) => {
    const { out } = await command(folder, ["show", "demo"]);
    assert.match(
      out,
      /^runs\/20261122-010203-demo {3}demo {3}failed .* started 2026-11-22 01:02:03 UTC\n/,
    );
    assert.match(out, /model@lr=1 {2}failed/);
    assert.match(out, /✗ model@lr=1: Out of luck\n! model@lr=1: Careful\n/);
    const stage = await command(folder, ["show", "demo", "model@lr=1"]);
    assert.match(stage.out, /matrix.lr +1\n {2}with.steps +5\n! Out of luck\n! Careful\n/);
    const folded = await command(folder, ["show"]);
    assert.match(folded.out, /model ×50 {2}50 ran/);
    assert.ok(folded.out.split("\n").length < 70);
    const json = JSON.parse((await command(folder, ["show", "demo", "--json"])).out);
    assert.deepEqual([json.status, json.stages.length], ["failed", 2]);
    const wrong = await command(folder, ["show", "demo", "modle"]);
    assert.deepEqual([wrong.code, wrong.out], [2, ""]);
  });
});
