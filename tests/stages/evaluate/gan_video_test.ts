import assert from "node:assert/strict";
import type { Clips } from "../../../artifacts/clips.ts";
import type { FeatureExtractor } from "../../../artifacts/feature_extractor.ts";
import type { Score } from "../../../artifacts/scores.ts";
import { evaluateGanVideo } from "../../../stages/evaluate/gan_video.ts";
import { trainClipFeatures } from "../../../stages/train/clip_features.ts";
import { input, stageContext } from "../../support/stage_context.ts";
import { squareClips } from "../mocogan_fixture.ts";

const engine = { backend: "onnx", threads: 1 } as const;

/** Trained once for all tests. */
let trained: ReturnType<typeof train> | undefined;

function extractor() {
  return trained ??= train(160);
}

async function train(steps: number) {
  const { context, warnings } = stageContext(engine);
  const { features, curves } = await trainClipFeatures.run({
    ...context,
    params: trainClipFeatures.params.parse({
      width: 4,
      frameFeatures: 6,
      clipFeatures: 8,
      steps,
      batch: 8,
      learningRate: 0.01,
      logEvery: 10,
    }),
    inputs: { clips: input(squareClips("train", 16)), heldOut: input(squareClips("test", 16)) },
  });
  return { features, curves, warnings };
}

async function evaluate(
  generated: Clips,
  features?: FeatureExtractor,
  params: object = {},
): Promise<readonly Score[]> {
  const { context } = stageContext(engine);
  const { scores } = await evaluateGanVideo.run({
    ...context,
    params: evaluateGanVideo.params.parse(params),
    inputs: {
      generated: input(generated),
      reference: input(squareClips("test", 16)),
      features: features && input(features, "abcdef0123456789"),
    },
  });
  return scores.scores;
}

function valueOf(scores: readonly Score[], metric: string, of = "samples"): number {
  const score = scores.find((one) => one.metric === metric && one.of === of);
  assert.ok(score, `no ${metric} of ${of} in ${scores.map((one) => `${one.metric} of ${one.of}`)}`);
  return score.value;
}

Deno.test("evaluateGanVideo scores real clips as real: steady, of their class, at distance 0", async () => {
  const { features, warnings } = await extractor();
  assert.deepEqual(warnings, []);
  assert.equal(features.facts["testAccuracy"], 1);
  const generated = { ...squareClips("generated", 16), contextFrames: 0 };
  const scores = await evaluate(generated, features);
  assert.equal(valueOf(scores, "acd"), 0);
  assert.equal(valueOf(scores, "category_accuracy"), 1);
  for (const part of ["frames", "clips"]) {
    assert.ok(valueOf(scores, `fid[clips abcdef ${part}]`) < 1e-6);
    assert.ok(valueOf(scores, `fid[clips abcdef ${part}]`, "real vs real") >= 0);
  }
  for (const metric of ["acd", "diversity[colour]", "diversity[clips abcdef]"]) {
    assert.equal(valueOf(scores, metric), valueOf(scores, metric, "real clips"));
  }
  assert.ok(valueOf(scores, "diversity[colour]") > 50);
});

Deno.test("evaluateGanVideo catches clips that stand still, and clips whose content changes", async () => {
  const { features } = await extractor();
  const scores = await evaluate(squareClips("generated", 16), features);
  const [still, mixed] = ["still first frames", "frames of other clips"];
  const clips = "fid[clips abcdef clips]";
  // Standing still is perfectly steady, and yet far from how real clips move.
  assert.equal(valueOf(scores, "acd", still), 0);
  // The samples are the real clips, at distance 0.
  assert.ok(valueOf(scores, clips) < 1e-6);
  assert.ok(valueOf(scores, clips, still) > 0.5, `${valueOf(scores, clips, still)}`);
  // Exchanged frames are real frames, but no content lasts.
  assert.ok(valueOf(scores, "fid[clips abcdef frames]", mixed) < 1e-6);
  assert.ok(valueOf(scores, "acd", mixed) > 50);
});

Deno.test("evaluateGanVideo counts categories that were asked for and not drawn", async () => {
  const { features } = await extractor();
  const clips = squareClips("generated", 16);
  const wrong = { ...clips, labels: clips.labels!.map((label) => 1 - label) };
  const scores = await evaluate(wrong, features, { baselines: false });
  assert.equal(valueOf(scores, "category_accuracy"), 0);
  assert.equal(valueOf(scores, "category_accuracy", "real clips"), 1);
  assert.ok(!scores.some(({ of }) => of === "still first frames"));
});

Deno.test("evaluateGanVideo without a network scores colours only, and names what does not fit", async () => {
  const scores = await evaluate(squareClips("generated", 4));
  assert.deepEqual(
    new Set(scores.map(({ metric }) => metric)),
    new Set(["acd", "diversity[colour]"]),
  );
  assert.match(scores[0]!.protocol, /mean over all pairs of 8 frames/);
  const whole = await evaluate(squareClips("generated", 4), undefined, { content: "frame" });
  assert.match(whole[0]!.protocol, /mean colour of all pixels/);
  const short = squareClips("generated", 4);
  await assert.rejects(
    evaluate({ ...short, shape: [8, 4, 16, 16, 3] }),
    /"generated" is 4x16x16x3 and "reference" 8x16x16x3/,
  );
  await assert.rejects(
    evaluate({ ...short, classes: ["up", "down"] }),
    /those of "generated" are up, down and those of "reference" right, down/,
  );
});

Deno.test("trainClipFeatures lowers both losses, and warns of a classifier that guesses", async () => {
  const { curves } = await extractor();
  for (const { name, points } of curves.charts[0]!.series) {
    assert.ok(points.at(-1)![1] < 0.7 * points[0]![1], `${name}: ${points}`);
  }
  const { warnings, features } = await train(1);
  assert.match(warnings[0] ?? "", /of 16 held-out clips; 95 % are expected/);
  assert.equal(features.dimensions, 8);
});

Deno.test("trainClipFeatures refuses test clips and clips without labels", async () => {
  const { context } = stageContext(engine);
  const run = (clips: Clips) =>
    trainClipFeatures.run({
      ...context,
      params: trainClipFeatures.params.parse({ steps: 1 }),
      inputs: { clips: input(clips), heldOut: input(squareClips("test")) },
    });
  const { labels: _, ...unlabelled } = squareClips();
  await assert.rejects(run(squareClips("test")), /is the test split/);
  await assert.rejects(run(unlabelled), /must be labelled, but "squares" has no labels/);
});
