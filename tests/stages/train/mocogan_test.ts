import assert from "node:assert/strict";
import type { MediaItem } from "../../../artifacts/media.ts";
import type { MocoganModel } from "../../../stages/sample/mocogan_model.ts";
import { trainMocogan } from "../../../stages/train/mocogan.ts";
import { MemoryCheckpoint } from "../../support/memory_checkpoint.ts";
import { squareClips, trainTinyMocogan } from "../mocogan_fixture.ts";

Deno.test("trainMocogan updates all three players and tells what they think", async () => {
  const told: Readonly<Record<string, number>>[] = [];
  const first = await trainTinyMocogan({ steps: 1 });
  const { weights, curves } = await trainTinyMocogan({ steps: 3, logEvery: 1, ema: 0.9 }, {
    progress: ({ values }) => told.push(values!),
  });
  assert.equal(told.length, 3);
  for (const name of ["image loss", "video loss", "video accuracy", "generator category"]) {
    assert.ok(told.every((values) => Number.isFinite(values[name])), name);
  }
  for (const name of Object.keys(weights.parameters)) {
    assert.notDeepEqual(weights.parameters[name], first.weights.parameters[name], `${name} stayed`);
  }
  assert.deepEqual(Object.keys(weights.ema!), Object.keys(weights.parameters));
  assert.deepEqual(curves.charts.map(({ title }) => title), [
    "Losses of the players",
    "What the discriminators believe",
    "Categories",
    "Accuracy of the video discriminator's categories",
    "Gradient norm before clipping",
  ]);
  const { network, classes } = weights.config as unknown as MocoganModel;
  assert.deepEqual(classes, ["right", "down"]);
  assert.deepEqual([network.size, network.frames, network.categories], [16, 8, 2]);
  assert.equal(weights.step, 3);
});

Deno.test("trainMocogan that is stopped and resumed ends with the same weights and curves", async () => {
  const params = { steps: 4, checkpointEvery: 2, logEvery: 1, critic: 2 };
  const whole = await trainTinyMocogan(params);
  const checkpoint = new MemoryCheckpoint();
  const controller = new AbortController();
  const progress = ({ step }: { step: number }) => {
    if (step === 3) controller.abort(new Error("time is up"));
  };
  await assert.rejects(
    trainTinyMocogan(params, { checkpoint, progress, signal: controller.signal }),
    /time is up/,
  );
  assert.deepEqual(checkpoint.steps, [2, 3]);
  assert.deepEqual(await trainTinyMocogan(params, { checkpoint }), whole);
});

Deno.test("trainMocogan's judges learn to tell squares from what the generator draws", async () => {
  const { curves } = await trainTinyMocogan({
    steps: 60,
    learningRate: 1e-3,
    logEvery: 20,
    noiseSigma: 0,
  });
  const series = (title: string, name: string) =>
    curves.charts.find((chart) => chart.title === title)!.series.find((one) => one.name === name)!
      .points.map(([, y]) => y);
  const believes = "What the discriminators believe";
  const [real, fake] = [series(believes, "real clips"), series(believes, "generated clips")];
  assert.ok(real.at(-1)! > fake.at(-1)! + 0.2, `real ${real}, generated ${fake}`);
  const categories = series("Categories", "video discriminator");
  assert.ok(categories.at(-1)! < 0.7 * categories[0]!, `${categories}`);
});

Deno.test("trainMocogan runs with every kind of judge, cell and category", async () => {
  const choices = [
    { videoDiscriminator: "patch", imageDiscriminator: "full", cell: "lstm", hidden: 5 },
    { videoDiscriminator: "full", videoTime: "halved", motionNoise: "same", ema: null },
    { categoriesFrom: "fakes", categories: 3, noiseAt: "convolutions", smoothing: 0.1 },
    { categoriesFrom: "nothing", smoothGenerator: true, clipNorm: 1, judgeLearningRate: 1e-4 },
  ] as const;
  for (const choice of choices) {
    const { weights } = await trainTinyMocogan(choice);
    const values = Object.values(weights.parameters).flatMap(({ data }) => [...data]);
    assert.ok(values.every(Number.isFinite), JSON.stringify(choice));
  }
});

Deno.test("trainMocogan gives averaged parameters statistics of their own", async () => {
  const { weights: { ema, parameters } } = await trainTinyMocogan({ steps: 2 });
  const name = "image.norm.0.mean";
  assert.notDeepEqual(ema![name], parameters[name]);
  assert.ok(ema![name]!.data.every(Number.isFinite));
});

Deno.test("trainMocogan needs no labels, and then knows no categories", async () => {
  const { labels: _, classes: __, ...clips } = squareClips();
  const { weights } = await trainTinyMocogan({}, { clips });
  const { network, classes } = weights.config as unknown as MocoganModel;
  assert.deepEqual([network.videoDiscriminator, network.categories, classes], ["full", 0, []]);
});

Deno.test("trainMocogan shows previews that change no weight", async () => {
  const shown: MediaItem[] = [];
  const watched = await trainTinyMocogan({ steps: 3, previews: 4, previewEvery: 2 }, {
    preview: (item) => shown.push(item),
  });
  const alone = await trainTinyMocogan({ steps: 3 });
  assert.deepEqual(shown.map(({ name }) => name), ["step_0000002.gif", "step_0000003.gif"]);
  assert.deepEqual(watched.weights.parameters, alone.weights.parameters);
});

Deno.test("trainMocogan says what is wrong with data and parameters", async () => {
  const { labels: _, classes: __, ...unlabelled } = squareClips();
  const wide = { ...squareClips(), shape: [8, 8, 8, 32, 3] as const };
  await assert.rejects(
    trainTinyMocogan({}, { clips: squareClips("test") }),
    /is the test split/,
  );
  await assert.rejects(trainTinyMocogan({}, { clips: wide }), /must be square, .* are 8x32/);
  await assert.rejects(
    trainTinyMocogan({ frames: 9 }),
    /must have at least 9 frames, but those of "squares" have 8/,
  );
  await assert.rejects(
    trainTinyMocogan({ videoDiscriminator: "categorical" }, { clips: unlabelled }),
    /needs categories, but "squares" has no labels/,
  );
  await assert.rejects(
    trainTinyMocogan({ categories: 3 }),
    /one category for each of 2 classes of "squares", but categories is 3/,
  );
  assert.equal(trainMocogan.params.safeParse({ videoBatch: 1 }).success, false);
});
