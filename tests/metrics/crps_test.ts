import assert from "node:assert/strict";
import { crps, crpsOfVideos } from "../../metrics/crps.ts";
import { mean } from "../../numerics/mean.ts";
import vectors from "../fixtures/vectors.json" with { type: "json" };
import { assertClose } from "../support/assert_close.ts";
import { hashUniform } from "../support/hash_uniform.ts";
import { video } from "../support/test_videos.ts";

Deno.test("crps() gives the reference values of both forms", () => {
  const cases = [
    ...vectors.crps.cases,
    { ens: [0.1, 0.4, 0.6, 0.9], obs: 0.5, crps: 0.0875, crps_fair: 0.033333333333333326 },
    { ens: [0, 0, 0, 1], obs: 1, crps: 0.5625, crps_fair: 0.5 },
    { ens: [0.7, 0.2, 0.2], obs: 0.9, crps: 0.4222222222222222, crps_fair: 0.3666666666666667 },
    { ens: [0, 1], obs: 0.5, crps: 0.25, crps_fair: 0 },
  ];
  for (const { ens, obs, crps: energy, crps_fair: fair } of cases) {
    assertClose(crps(Float64Array.from(ens), obs), energy, 1e-12);
    if (fair === null) continue;
    const value = crps(Float64Array.from(ens), obs, "fair");
    assert.ok(Math.abs(value - fair) < 1e-15, `${value} must be ${fair}`);
  }
});

Deno.test("crps() equals its definition as a double sum", () => {
  const members = Array.from({ length: 7 }, (_, i) => hashUniform(i, 1, 9));
  const distance = mean(members.map((x) => Math.abs(x - 0.4)));
  const spread = mean(members.flatMap((x) => members.map((y) => Math.abs(x - y))));
  assertClose(crps(Float64Array.from(members), 0.4), distance - spread / 2, 1e-12);
});

Deno.test("crps() of one member is the absolute error, and has no fair form", () => {
  assertClose(crps(Float64Array.of(0.3), 0.5), 0.2, 1e-12);
  assert.throws(
    () => crps(Float64Array.of(0.3), 0.5, "fair"),
    /Cannot compute the fair CRPS: it needs 2 members, but there are 1/,
  );
});

Deno.test("crps() of binary members is the Brier score", () => {
  for (const ones of [0, 1, 3, 4]) {
    const members = Float64Array.from({ length: 4 }, (_, i) => i < ones ? 1 : 0);
    assert.ok(Math.abs(crps(members, 1) - (ones / 4 - 1) ** 2) < 1e-15);
  }
});

Deno.test("crpsOfVideos() gives the reference value of each frame", () => {
  const sizes = { frames: 3, height: 2, width: 2 };
  const values = (rule: (index: number) => number) =>
    video(Array.from({ length: 12 }, (_, index) => rule(index)), sizes);
  const members = [0, 1, 2, 3, 4].map((m) => values((index) => hashUniform(m, index, 31)));
  const truth = values((index) => hashUniform(99, index, 32));
  const frames = crpsOfVideos(members, truth);
  vectors.crps.video.crps_per_frame.forEach((expected, t) =>
    assertClose(frames[t]!, expected, 1e-12)
  );
  assertClose(mean(frames), vectors.crps.video.crps_video_mean, 1e-12);
});
