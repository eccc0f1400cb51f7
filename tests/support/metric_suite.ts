/** What every metric must keep: its declared identity, symmetry and unit, and indifference to batches. */

import assert from "node:assert/strict";
import type { MetricInfo } from "../../metrics/metric.ts";
import type { Video } from "../../metrics/video.ts";
import { noiseVideo } from "./test_videos.ts";

const sizes = { frames: 3, height: 14, width: 13, channels: 2 };

/**
 * @param score A metric over sets of clips: candidates and their references, in parallel.
 */
export function metricSuite(
  info: MetricInfo,
  score: (candidates: readonly Video[], references: readonly Video[]) => number,
): void {
  const references = [1, 2, 3, 4].map((seed) => noiseVideo(seed, sizes));
  const candidates = references.map((video, clip) => disturb(video, clip + 10, 0.1));

  Deno.test(`metric ${info.id} declares unit, direction and summary`, () => {
    assert.match(info.unit, /\S/);
    assert.match(info.summary, /\S/);
    assert.ok(info.better === "higher" || info.better === "lower");
  });

  Deno.test(`metric ${info.id} of equal clips is ${info.identity}`, () => {
    const value = score(references, references);
    if (Number.isFinite(info.identity)) {
      assert.ok(Math.abs(value - info.identity) < 1e-9, `${value}`);
    } else assert.equal(value, info.identity);
  });

  Deno.test(`metric ${info.id} is ${info.symmetric ? "" : "not "}symmetric`, () => {
    const [there, back] = [score(candidates, references), score(references, candidates)];
    const same = Math.abs(there - back) <= 1e-9 * Math.abs(there);
    // An asymmetric metric may be symmetric for some inputs, not for these.
    assert.equal(same, info.symmetric, `${there} and ${back}`);
  });

  Deno.test(`metric ${info.id} is worse for a larger disturbance`, () => {
    const far = references.map((video, clip) => disturb(video, clip + 10, 0.4));
    const [near, worse] = [score(candidates, references), score(far, references)];
    assert.ok(info.better === "higher" ? near > worse : near < worse, `${near} and ${worse}`);
  });

  Deno.test(`metric ${info.id} does not depend on the order of clips`, () => {
    const value = score(candidates, references);
    const turned = score(candidates.toReversed(), references.toReversed());
    assert.ok(Math.abs(value - turned) <= 1e-9 * Math.abs(value), `${value} and ${turned}`);
  });

  Deno.test(`metric ${info.id} changes none of its inputs`, () => {
    const before = [...candidates, ...references].map(({ data }) => data.slice());
    score(candidates, references);
    assert.deepEqual([...candidates, ...references].map(({ data }) => data), before);
  });
}

/** The video plus noise of this size. */
function disturb(video: Video, seed: number, size: number): Video {
  const noise = noiseVideo(seed, video);
  return { ...video, data: video.data.map((x, i) => x + size * (noise.data[i]! - 0.5)) };
}
