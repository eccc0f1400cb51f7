import { deepEqual, equal, notDeepEqual, ok } from "node:assert/strict";
import { discColours, TABLE } from "../../../stages/dataset/draw_pusher.ts";
import { pushedClip } from "../../../stages/dataset/pusher_policy.ts";
import { makePusherClips, robotPusher } from "../../../stages/dataset/robot_pusher.ts";
import { stageContext } from "../../support/stage_context.ts";

function run(own: object, seed = 1n) {
  const { context } = stageContext({ backend: "cpu", threads: 1 }, seed);
  const params = robotPusher.params.parse({ train: 3, validation: 2, test: 2, frames: 6, ...own });
  return robotPusher.run({ ...context, params, inputs: {} });
}

const rule = { discs: 3, frames: 8, contextFrames: 2, size: 64 };

Deno.test("robotPusher gives three splits with 7 conditions beside each frame", async () => {
  const { train, validation, test } = await run({ size: 32 });
  deepEqual(train.shape, [3, 6, 32, 32, 3]);
  deepEqual([train.split, validation.split, test.split], ["train", "validation", "test"]);
  deepEqual([train.conditionSize, train.conditions!.length], [7, 3 * 6 * 7]);
  equal(test.contextFrames, 2);
  equal(test.source, "Pusher arm, 3 discs, test clips");
});

Deno.test("robotPusher: clips depend on seed, split and number alone", async () => {
  const [one, two, more] = [await run({}, 1n), await run({}, 2n), await run({ train: 5, test: 4 })];
  notDeepEqual(one.train.frames, two.train.frames);
  deepEqual(one.validation, two.validation);
  deepEqual(one.test, two.test);
  notDeepEqual(one.validation.conditions, one.test.conditions);
  // The run's seed is that of the held-out clips here.
  notDeepEqual(one.train.conditions!.subarray(0, 84), one.validation.conditions);
  const volume = one.train.frames.length;
  deepEqual(more.train.frames.subarray(0, volume), one.train.frames);
});

Deno.test("makePusherClips(): row t is the effector's place at frame t and the action after it", () => {
  const { conditions } = makePusherClips("test", rule, { count: 3, seed: 4n });
  const { states, actions } = pushedClip({ seed: 4n, step: 2, lane: 1 }, rule);
  for (let t = 0; t < rule.frames; t++) {
    const row = conditions.subarray((rule.frames + t) * 7, (rule.frames + t + 1) * 7);
    const { x, y, z } = states[t]!;
    deepEqual([...row], [...Float32Array.of(...actions[t]!, x, y, z)]);
  }
});

Deno.test("makePusherClips() draws discs where the simulation has them", () => {
  const clips = makePusherClips("test", rule, { count: 10, seed: 4n });
  const area = 64 * 64 * 3;
  let seen = 0;
  for (let lane = 0; lane < 10; lane++) {
    const { states } = pushedClip({ seed: 4n, step: 2, lane }, rule);
    states.forEach(({ discs }, t) => {
      const frame = clips.frames.subarray(
        (lane * rule.frames + t) * area,
        (lane * rule.frames + t + 1) * area,
      );
      const count = (colour: readonly number[]) => {
        let pixels = 0;
        for (let i = 0; i < area; i += 3) {
          if (colour.every((level, c) => frame[i + c] === level)) pixels++;
        }
        return pixels;
      };
      const at = (x: number, y: number) => {
        const start = (Math.floor(y * 64) * 64 + Math.floor(x * 64)) * 3;
        return [...frame.subarray(start, start + 3)];
      };
      discs.forEach(({ x, y, radius }, i) => {
        // Whole pixels of its colour: none beyond its disc; fewer where the arm is before it.
        ok(count(discColours[i]!) <= Math.PI * (radius * 64) ** 2);
        if (at(x, y).join() === discColours[i]!.join()) seen++;
      });
      ok(count(TABLE) > 0.6 * 64 * 64);
    });
  }
  // The arm is before a disc's middle now and then only.
  ok(seen > 0.8 * 10 * rule.frames * 3, `${seen}`);
});

Deno.test("makePusherClips() of another size shows the same motion", () => {
  const [small, large] = [32, 96].map((size) =>
    makePusherClips("train", { ...rule, size }, { count: 2, seed: 1n })
  );
  deepEqual(small!.conditions, large!.conditions);
  deepEqual(large!.shape, [2, 8, 96, 96, 3]);
});

Deno.test("robotPusher refuses context that leaves nothing to predict", () => {
  const issues = robotPusher.params.safeParse({ frames: 5, contextFrames: 5 }).error?.issues;
  deepEqual(issues?.map(({ path }) => path[0]), ["contextFrames"]);
});
