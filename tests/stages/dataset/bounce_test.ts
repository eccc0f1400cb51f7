import { deepEqual, equal, ok } from "node:assert/strict";
import {
  deterministicPath,
  stochasticPath,
  walk,
  wordsOfStochasticPath,
} from "../../../stages/dataset/bounce.ts";
import { Stream, uniforms } from "../../../numerics/random.ts";

Deno.test("deterministicPath() follows OpenSTL's trajectory", () => {
  // Computed with OpenSTL's generator: x = 0.9, y = 0.1, theta = 0.5, 28-pixel digit on 64.
  const path = deterministicPath({ x: 0.9, y: 0.1, angle: 0.5 }, { frames: 8, range: 36 });
  deepEqual(path.map(({ top, left }) => [top, left]), [
    [5, 35],
    [7, 36],
    [8, 32],
    [10, 29],
    [12, 26],
    [13, 23],
    [15, 20],
    [17, 17],
  ]);
});

Deno.test("walk() that reflects follows the trajectory of Stochastic Video Generation", () => {
  // Computed with SVG's generator in its deterministic mode: 32-pixel digit on 64.
  const path = walk(
    { left: 28, top: 3, dx: 3, dy: -2 },
    { frames: 10, range: 32 },
    (_, __, speed) => ({ across: -speed, along: null }),
  );
  deepEqual(path.map(({ top, left }) => [left, top]), [
    [28, 3],
    [31, 1],
    [31, 0],
    [28, 2],
    [25, 4],
    [22, 6],
    [19, 8],
    [16, 10],
    [13, 12],
    [10, 14],
  ]);
});

Deno.test("stochasticPath() follows Stochastic Video Generation's trajectory, given its draws", () => {
  // Computed in Python by SVG's rule with numpy's RandomState(11): 32-pixel digit on 64, start (29, 30),
  // speed (4, 3). At frame 1 both walls are hit: the left and right one draws both speeds last.
  const draws = [
    { frame: 1, axis: "y", across: -3, along: -4 },
    { frame: 1, axis: "x", across: -1, along: -3 },
    { frame: 12, axis: "y", across: 4, along: -3 },
    { frame: 19, axis: "x", across: 4, along: -2 },
  ] as const;
  const frames = 24;
  const words = new Float32Array(wordsOfStochasticPath(frames)).fill(0.5);
  /** The word in the middle of those that give `value` of low..high. */
  const wordOf = (value: number, low: number, high: number) =>
    (value - low + 0.5) / (high - low + 1);
  words.set([wordOf(29, 0, 31), wordOf(30, 0, 31), wordOf(4, -4, 4), wordOf(3, -4, 4)]);
  for (const { frame, axis, across, along } of draws) {
    const away = across > 0 ? wordOf(across, 1, 4) : wordOf(across, -4, -1);
    words.set([away, wordOf(along, -4, 4)], 4 + 4 * frame + (axis === "y" ? 0 : 2));
  }
  const path = stochasticPath(words, { frames, range: 32 });
  // deno-fmt-ignore
  deepEqual(path.map(({ top, left }) => [left, top]), [
    [29, 30], [31, 31], [30, 28], [29, 25], [28, 22], [27, 19], [26, 16], [25, 13],
    [24, 10], [23, 7], [22, 4], [21, 1], [20, 0], [17, 4], [14, 8], [11, 12],
    [8, 16], [5, 20], [2, 24], [0, 28], [4, 26], [8, 24], [12, 22], [16, 20],
  ]);
});

Deno.test("stochasticPath() keeps inside, moves at most 4 pixels and turns away from each wall", () => {
  const [range, frames] = [36, 200];
  const path = stochasticPath(words(0, frames), { frames, range });
  const turns = { low: 0, high: 0 };
  for (const [t, { top, left }] of path.entries()) {
    ok(top >= 0 && top < range && left >= 0 && left < range);
    const next = path[t + 1];
    if (next === undefined) continue;
    ok(Math.abs(next.top - top) <= 4 && Math.abs(next.left - left) <= 4);
    if (top === 0 && next.top > 0) turns.low++;
    if (top === range - 1 && next.top < top) turns.high++;
  }
  ok(turns.low > 0 && turns.high > 0);
});

Deno.test("stochasticPath() draws a new speed at a wall, not the mirrored one", () => {
  const frames = 60;
  const across = new Set<number>();
  for (let lane = 0; lane < 20; lane++) {
    const path = stochasticPath(words(lane, frames), { frames, range: 36 });
    path.forEach(({ top }, t) => {
      const next = path[t + 1];
      if (top === 0 && next !== undefined) across.add(next.top);
    });
  }
  deepEqual([...across].filter((speed) => speed > 0).sort(), [1, 2, 3, 4]);
});

Deno.test("stochasticPath() of more frames begins like the one of fewer", () => {
  const long = stochasticPath(words(3, 40), { frames: 40, range: 36 });
  const short = stochasticPath(words(3, 12), { frames: 12, range: 36 });
  deepEqual(long.slice(0, 12), short);
  equal(long.length, 40);
});

function words(lane: number, frames: number): Float32Array {
  const draw = { seed: 7n, stream: Stream.trajectory, step: 0, lane };
  return uniforms(draw, wordsOfStochasticPath(frames));
}
