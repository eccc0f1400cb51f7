import assert from "node:assert/strict";
import { evaluateLikelihood, visitedSteps } from "../../../stages/evaluate/likelihood.ts";
import { input, stageContext } from "../../support/stage_context.ts";
import { barImages, tinyWeights } from "../ddpm_fixture.ts";

async function scoreTiny(params: object, training: Parameters<typeof tinyWeights>[0] = {}) {
  const { context } = stageContext({ backend: "onnx", threads: 1 });
  return await evaluateLikelihood.run({
    ...context,
    params: evaluateLikelihood.params.parse({ images: 4, ...params }),
    inputs: {
      weights: input(await tinyWeights({ timesteps: 50, ...training })),
      images: input(barImages("test")),
    },
  });
}

const valueOf = ({ scores }: Awaited<ReturnType<typeof scoreTiny>>, metric: string) =>
  scores.scores.find((score) => score.metric === metric)!.value;

Deno.test("evaluateLikelihood falls as the network learns", async () => {
  const fresh = await scoreTiny({}, { steps: 1 });
  const trained = await scoreTiny({}, { steps: 200, learningRate: 5e-3, flip: 0 });
  const [before, after] = [fresh, trained].map((run) => valueOf(run, "bits per dimension"));
  assert.ok(after! < before! - 0.3, `${before} to ${after}`);
  const charted = trained.curves.charts[0]!.series[0]!.points;
  assert.equal(charted.length, 50);
});

Deno.test("evaluateLikelihood adds up: prior, terms, decoder", async () => {
  const run = await scoreTiny({});
  const points = run.curves.charts[0]!.series[0]!.points;
  const terms = points.reduce((sum, [, term]) => sum + term, 0);
  const total = valueOf(run, "bits per dimension");
  const prior = valueOf(run, "bits per dimension[prior]");
  assert.ok(Math.abs(total - prior - terms) < 1e-9 * total);
  assert.equal(points[0]![1], valueOf(run, "bits per dimension[decoder]"));
});

Deno.test("evaluateLikelihood runs with learned variance, and refuses it where nobody learned it", async () => {
  const learned = await scoreTiny({ variance: "learned", every: 7 }, { variance: "learned" });
  assert.ok(Number.isFinite(valueOf(learned, "bits per dimension")));
  await assert.rejects(
    scoreTiny({ variance: "learned" }),
    /needs a model that was trained with it/,
  );
  await assert.rejects(scoreTiny({ images: 9 }), /"bars" has 8/);
});

Deno.test("visitedSteps() stands for all steps, ends alone", () => {
  for (const [steps, every] of [[1, 1], [2, 1], [3, 5], [50, 1], [50, 7], [1000, 10]] as const) {
    const visited = visitedSteps(steps, every);
    assert.equal(visited.reduce((sum, { count }) => sum + count, 0), steps);
    assert.deepEqual(visited[0], { step: 0, count: 1 });
    assert.equal(visited.at(-1)!.step, steps - 1);
    assert.equal(new Set(visited.map(({ step }) => step)).size, visited.length);
  }
});
