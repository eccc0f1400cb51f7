import { deepEqual, equal, ok } from "node:assert/strict";
import { deepestOverlap, overlap, TOUCH } from "../../../stages/dataset/push_discs.ts";
import {
  CONTACT_HEIGHT,
  effectorRadius,
  pusherOf,
  type PusherState,
  REACH,
  stepPusher,
} from "../../../stages/dataset/pusher_arm.ts";
import { pushedClip } from "../../../stages/dataset/pusher_policy.ts";

const free: PusherState = { x: 0.5, y: 0.5, z: 0, opening: 0.5, discs: [] };

Deno.test("stepPusher() does what an action says where nothing is in the way", () => {
  const next = stepPusher(free, [1, -0.5, 0.4, -1]);
  const near = (a: number, b: number) => ok(Math.abs(a - b) < 1e-12, `${a} is not ${b}`);
  near(next.x, 0.5 + REACH.table);
  near(next.y, 0.5 - REACH.table / 2);
  near(next.z, 0.4 * REACH.height);
  near(next.opening, 0.5 - REACH.opening);
});

Deno.test("stepPusher() stops at walls", () => {
  let state = free;
  for (let i = 0; i < 30; i++) state = stepPusher(state, [1, -1, -1, 1]);
  const radius = effectorRadius(1);
  deepEqual(state, { x: 1 - radius, y: radius, z: 0, opening: 1, discs: [] });
});

Deno.test("stepPusher() pushes a disc ahead until a wall, then stays", () => {
  let state: PusherState = { ...free, discs: [{ x: 0.75, y: 0.5, radius: 0.1 }] };
  for (let i = 0; i < 20; i++) state = stepPusher(state, [1, 0, -1, 0]);
  const [disc] = state.discs;
  // The part of a step that would wedge it is not done, and there are 8 parts.
  ok(disc!.x > 0.9 - REACH.table / 8 && disc!.x <= 0.9 + TOUCH, `${disc!.x}`);
  ok(Math.abs(disc!.y - 0.5) < 1e-6 && Math.abs(overlap(disc!, pusherOf(state)!)) < 2 * TOUCH);
});

Deno.test("stepPusher() passes over discs when lifted and does not sink into one", () => {
  const discs = [{ x: 0.55, y: 0.5, radius: 0.1 }];
  const high: PusherState = { ...free, z: 1, discs };
  deepEqual(stepPusher(high, [1, 0, 0, 0]).discs, discs);
  let state = high;
  for (let i = 0; i < 6; i++) state = stepPusher(state, [0, 0, -1, 0]);
  deepEqual([state.z, state.discs], [CONTACT_HEIGHT, discs]);
  // Beside it, it can come down.
  for (let i = 0; i < 4; i++) state = stepPusher(state, [-1, 0, -1, 0]);
  equal(state.z < CONTACT_HEIGHT, true);
  deepEqual(state.discs, discs);
});

Deno.test("pushedClip(): nothing overlaps, and a disc moves only when something touches it", () => {
  let pushes = 0;
  const clips = 60;
  for (let lane = 0; lane < clips; lane++) {
    const { states } = pushedClip({ seed: 5n, step: 0, lane }, { frames: 30, discs: 5 });
    let isPushed = false;
    states.forEach((state, t) => {
      ok(deepestOverlap(state.discs, pusherOf(state)) <= TOUCH, `clip ${lane}, frame ${t}`);
      const before = states[t - 1];
      state.discs.forEach((disc, i) => {
        const old = before?.discs[i];
        if (old === undefined || (disc.x === old.x && disc.y === old.y)) return;
        isPushed = true;
        const touching = [
          ...state.discs.filter((_, j) => j !== i),
          ...[pusherOf(state) ?? []].flat(),
        ];
        // Within a frame's way: it may have been left behind again since.
        const nearest = Math.max(...touching.map((other) => overlap(disc, other)));
        ok(nearest > -2 * REACH.table, `clip ${lane}, frame ${t}: ${nearest}`);
      });
    });
    if (isPushed) pushes++;
  }
  ok(pushes > 0.7 * clips, `${pushes} of ${clips} clips show a push`);
});

Deno.test("pushedClip(): states follow from the first state and the actions alone", () => {
  const { states, actions } = pushedClip({ seed: 2n, step: 1, lane: 7 }, { frames: 20, discs: 3 });
  let state = states[0]!;
  for (let t = 1; t < states.length; t++) {
    state = stepPusher(state, actions[t - 1]!);
    deepEqual(state, states[t]);
  }
});

Deno.test("pushedClip() of more frames begins like the one of fewer", () => {
  const place = { seed: 2n, step: 0, lane: 3 };
  const [long, short] = [30, 12].map((frames) => pushedClip(place, { frames, discs: 3 }));
  deepEqual(long!.states.slice(0, 12), short!.states);
  deepEqual(long!.actions.slice(0, 12), short!.actions);
});

Deno.test("pushedClip(): past actions tell little of the next", () => {
  const [sums, squares] = [[0, 0], [0, 0]];
  for (let lane = 0; lane < 100; lane++) {
    const { actions } = pushedClip({ seed: 8n, step: 0, lane }, { frames: 30, discs: 3 });
    for (let t = 4; t < actions.length; t++) {
      sums[0]! += actions[t]![0] * actions[t - 4]![0];
      squares[0]! += actions[t]![0] ** 2;
    }
  }
  // Aims are held for 2 to 5 frames: four frames on, most of them have changed.
  const correlation = sums[0]! / squares[0]!;
  ok(correlation < 0.4, `${correlation}`);
});
