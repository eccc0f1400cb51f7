import { deepEqual, equal, notDeepEqual, ok } from "node:assert/strict";
import type { Clips } from "../../../artifacts/clips.ts";
import {
  makeShapeClips,
  movingShapes,
  type ShapeRule,
} from "../../../stages/dataset/moving_shapes.ts";
import { motions } from "../../../stages/dataset/shape_path.ts";
import { shapeFacts } from "../../support/shape_facts.ts";
import { stageContext } from "../../support/stage_context.ts";

type Own = Partial<ShapeRule>;

const ruleOf = (own: Own): ShapeRule => movingShapes.params.parse(own);

function run(own: Own, seed = 1n) {
  const { context } = stageContext({ backend: "cpu", threads: 1 }, seed);
  return movingShapes.run({ ...context, params: ruleOf(own), inputs: {} });
}

/** Facts of each frame, by clip. */
function factsOf({ frames, shape: [count, time, size] }: Clips, background = 0) {
  const area = size * size * 3;
  return Array.from({ length: count }, (_, clip) =>
    Array.from({ length: time }, (_, frame) => {
      const start = (clip * time + frame) * area;
      return shapeFacts(frames.subarray(start, start + area), size, background);
    }));
}

Deno.test("movingShapes gives three splits, labelled by motion", async () => {
  const { train, validation, test } = await run({ train: 5, validation: 2, test: 3, frames: 4 });
  deepEqual(train.shape, [5, 4, 64, 64, 3]);
  deepEqual([train.split, validation.split, test.split], ["train", "validation", "test"]);
  deepEqual([...train.labels!], [0, 1, 0, 1, 0]);
  deepEqual(test.classes, ["horizontal", "vertical"]);
  equal(test.contextFrames, 0);
  equal(train.source, "Moving shapes, circle or square, horizontal or vertical");
});

Deno.test("movingShapes: clip i does not depend on how many clips there are", async () => {
  const few = await run({ train: 2, validation: 1, test: 1, size: 32 });
  const many = await run({ train: 5, validation: 3, test: 4, size: 32 });
  for (const split of ["train", "validation", "test"] as const) {
    const [a, b] = [few[split].frames, many[split].frames];
    deepEqual(a, b.subarray(0, a.length));
  }
});

Deno.test("movingShapes: splits share no clip, and the run's seed leaves held-out clips", async () => {
  const counts = { train: 4, validation: 4, test: 4, size: 16, frames: 2 };
  // Also where the run's seed is that of the held-out clips.
  const one = await run({ ...counts, testSeed: 1 }, 1n);
  const two = await run({ ...counts, testSeed: 1 }, 2n);
  notDeepEqual(one.train.frames, one.validation.frames);
  notDeepEqual(one.train.frames, one.test.frames);
  notDeepEqual(one.validation.frames, one.test.frames);
  notDeepEqual(one.train.frames, two.train.frames);
  deepEqual(one.validation.frames, two.validation.frames);
  deepEqual(one.test.frames, two.test.frames);
  notDeepEqual((await run({ ...counts, testSeed: 3 }, 1n)).test.frames, one.test.frames);
});

Deno.test("makeShapeClips(): colour, size and shape are held, and can be read from any frame", () => {
  for (const background of ["black", "white"] as const) {
    const clips = makeShapeClips("test", ruleOf({ test: 24, background }), 5n);
    factsOf(clips, background === "black" ? 0 : 255).forEach((facts, clip) => {
      const isCircle = Math.floor(clip / 2) % 2 === 0;
      for (const { colour, fullness, area } of facts) {
        deepEqual(colour, facts[0]!.colour);
        // Widths from 12.8 pixels on: edges one pixel wide blur the ratio by less than 0.04.
        ok(Math.abs(fullness - (isCircle ? Math.PI / 4 : 1)) < 0.04, `clip ${clip}: ${fullness}`);
        // A circle's smooth edge is right to 1 %, and levels are rounded.
        ok(Math.abs(area / facts[0]!.area - 1) < 0.02, `clip ${clip}: ${area}`);
      }
    });
  }
});

Deno.test("makeShapeClips(): widths and colours cover their ranges", () => {
  const clips = makeShapeClips("test", ruleOf({ test: 200, frames: 2, shapes: ["square"] }), 6n);
  const facts = factsOf(clips).map(([first]) => first!);
  const widths = facts.map(({ area }) => Math.sqrt(area) / 64);
  ok(Math.min(...widths) > 0.195 && Math.min(...widths) < 0.21);
  ok(Math.max(...widths) > 0.39 && Math.max(...widths) < 0.405);
  const strongest = facts.map(({ colour }) => colour.indexOf(Math.max(...colour)));
  for (const channel of [0, 1, 2]) {
    const share = strongest.filter((index) => index === channel).length / facts.length;
    // A third each; 200 draws have a standard deviation of 0.033.
    ok(Math.abs(share - 1 / 3) < 0.12, `channel ${channel}: ${share}`);
  }
  for (const { colour } of facts) {
    ok(Math.max(...colour) >= 178 && Math.min(...colour) <= 0.4 * 255);
  }
});

Deno.test("makeShapeClips(): each class moves as its name says, inside the canvas", () => {
  const rule = ruleOf({ test: 50, motions: [...motions], frames: 20 });
  const clips = makeShapeClips("test", rule, 7n);
  factsOf(clips).forEach((facts, clip) => {
    const motion = clips.classes![clips.labels![clip]!];
    const [xs, ys] = [facts.map(({ x }) => x), facts.map(({ y }) => y)];
    const spread = (values: readonly number[]) => Math.max(...values) - Math.min(...values);
    const rises = (values: readonly number[]) =>
      values.every((value, i) => i === 0 || value > values[i - 1]!);
    // The smallest swing is 0.6 of a free range of at least 0.6 of 64 pixels; 20 frames are at least one
    // swing.
    const least = 0.6 * 0.6 * 64 - 2;
    const area = facts[0]!.area;
    ok(facts.every((fact) => Math.abs(fact.area / area - 1) < 0.02), "no part is cut off");
    if (motion === "horizontal") ok(spread(xs) > least && spread(ys) < 0.1, `${clip}`);
    if (motion === "vertical") ok(spread(ys) > least && spread(xs) < 0.1, `${clip}`);
    if (motion === "circle") {
      ok(spread(xs) > least && Math.abs(spread(xs) - spread(ys)) < 1.5);
      const [x, y] = [
        (Math.max(...xs) + Math.min(...xs)) / 2,
        (Math.max(...ys) + Math.min(...ys)) / 2,
      ];
      const radii = facts.map((fact) => Math.hypot(fact.x - x, fact.y - y));
      ok(spread(radii) < 1.5, `clip ${clip}: ${radii}`);
    }
    if (motion === "left_to_right") ok(rises(xs) && spread(xs) > 0.55 * 64);
    if (motion === "top_to_bottom") ok(rises(ys) && spread(ys) > 0.55 * 64);
  });
});

Deno.test("movingShapes refuses what cannot be made, and says where", () => {
  const paths = (own: unknown) =>
    movingShapes.params.safeParse(own).error?.issues.map(({ path }) => path[0]);
  equal(paths({}), undefined);
  deepEqual(paths({ contextFrames: 16 }), ["contextFrames"]);
  deepEqual(paths({ smallest: 0.5 }), ["smallest"]);
  deepEqual(paths({ shortestPeriod: 30 }), ["shortestPeriod"]);
  deepEqual(paths({ motions: [] }), ["motions"]);
  deepEqual(paths({ motions: ["circle", "circle"] }), ["motions"]);
  deepEqual(paths({ shapes: ["star"] }), ["shapes"]);
});
