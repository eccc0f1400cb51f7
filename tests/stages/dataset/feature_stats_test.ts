import { deepEqual, equal, rejects, throws } from "node:assert/strict";
import { featureStatsKind, readStatistics } from "../../../artifacts/feature_stats.ts";
import { encodeNpz } from "../../../artifacts/npz.ts";
import type { NpyArray } from "../../../artifacts/npy.ts";
import type { StageContext } from "../../../pipelines/stage.ts";
import { featureStats } from "../../../stages/dataset/feature_stats.ts";
import { stageContext } from "../../support/stage_context.ts";
import fixture from "../../fixtures/npz.json" with { type: "json" };

type Params = Parameters<typeof featureStats.run>[0]["params"];

const mu: NpyArray = { shape: [2], data: Float64Array.of(0.5, -1) };
const sigma: NpyArray = { shape: [2, 2], data: Float64Array.of(1, 0.25, 0.25, 2) };

Deno.test("featureStats reads what numpy wrote, with its count", async () => {
  for (const hex of Object.values(fixture.files)) {
    const { stats } = await run(Uint8Array.fromHex(hex), {});
    deepEqual(stats, { mean: mu.data, covariance: sigma.data, count: 50, extractor: "peer" });
  }
});

Deno.test("featureStats reads what this project stored", async () => {
  const stored = featureStatsKind.encode({
    mean: Float64Array.of(0.5, -1),
    covariance: Float64Array.of(1, 0.25, 0.25, 2),
    count: 9,
    extractor: "digits 3f2a1c",
  });
  equal((await run(stored.get("stats.npz")!, { extractor: "digits" })).stats.count, 9);
});

Deno.test("featureStats wants the count where a file does not say it, and the same where it does", async () => {
  // guided-diffusion's files have more arrays; float32 is widened.
  const single = { shape: [2], data: Float32Array.of(0.5, -1) };
  const file = encodeNpz({
    mu: single,
    sigma,
    mu_s: mu,
    arr_0: { shape: [1], data: Uint8Array.of(1) },
  });
  const { stats } = await run(file, { count: 10_000 });
  deepEqual([stats.mean, stats.count], [Float64Array.of(0.5, -1), 10_000]);
  await rejects(run(file, {}), /"stats\.npz": it does not say of how many images .*; set count/);
  const counted = Uint8Array.fromHex(fixture.files["savez"]);
  await rejects(run(counted, { count: 51 }), /of 50 images, but count is 51/);
});

const refused: Record<string, [Record<string, NpyArray>, RegExp]> = {
  "a missing covariance": [{ mu }, /must have an array "sigma", but it has mu/],
  "a covariance of another size": [
    { mu, sigma: { shape: [1, 4], data: sigma.data } },
    /sigma \[d, d\], but they are \[2\] and \[1,4\]/,
  ],
  "no features": [
    {
      mu: { shape: [0], data: new Float64Array() },
      sigma: { shape: [0, 0], data: new Float64Array() },
    },
    /mu must be \[d\]/,
  ],
  "integers": [{ mu: { shape: [2], data: Int32Array.of(1, 2) }, sigma }, /mu must be float64 or/],
  "a mean that is no number": [
    { mu: { shape: [2], data: Float64Array.of(1, NaN) }, sigma },
    /mu must be finite, but element 1 is NaN/,
  ],
  "a covariance that is not symmetric": [
    { mu, sigma: { shape: [2, 2], data: Float64Array.of(1, 0.25, 0.26, 2) } },
    /symmetric, but \[1, 0\] is 0\.26 and \[0, 1\] is 0\.25/,
  ],
  "a negative variance": [
    { mu, sigma: { shape: [2, 2], data: Float64Array.of(1, 0, 0, -2) } },
    /variance 1 of sigma is negative: -2/,
  ],
  "a count of one": [
    { mu, sigma, n: { shape: [], data: Int32Array.of(1) } },
    /n must be one whole number from 2 on/,
  ],
};

for (const [what, [arrays, message]] of Object.entries(refused)) {
  Deno.test(`readStatistics() refuses ${what}`, () => {
    throws(() => readStatistics(encodeNpz(arrays)), { name: "SyntaxError", message });
  });
}

function run(file: Uint8Array, params: Partial<Params>) {
  const context: StageContext<Params, typeof featureStats.inputs> = {
    ...stageContext({ backend: "cpu", threads: 1 }).context,
    params: featureStats.params.parse({ file: "stats.npz", extractor: "peer", ...params }),
    inputs: {},
    openFile: () => Promise.resolve(file),
  };
  return featureStats.run(context);
}
