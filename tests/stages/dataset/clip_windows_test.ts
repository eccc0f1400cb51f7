import { deepEqual, equal, ok, throws } from "node:assert/strict";
import fc from "fast-check";
import { spanOf, type WindowRule, windowStarts } from "../../../stages/dataset/clip_windows.ts";

const rule: WindowRule = { frames: 4, everyNth: 3, windows: "random", windowsPerClip: 2 };

Deno.test("windowStarts() gives different windows that fit, rising and fixed by seed and video", () => {
  const own = fc.record({
    frames: fc.integer({ min: 1, max: 20 }),
    everyNth: fc.integer({ min: 1, max: 5 }),
    windowsPerClip: fc.integer({ min: 1, max: 9 }),
    more: fc.nat(30),
    video: fc.nat(1000),
  });
  fc.assert(fc.property(own, ({ more, video, ...own }) => {
    const wanted = { ...own, windows: "random" } as const;
    const length = spanOf(wanted) + more;
    const starts = windowStarts(length, wanted, { seed: 3n, video });
    equal(starts.length, Math.min(own.windowsPerClip, more + 1));
    equal(new Set(starts).size, starts.length);
    starts.forEach((start, i) => {
      ok(start >= 0 && start + own.everyNth * (own.frames - 1) < length);
      ok(i === 0 || start > starts[i - 1]!);
    });
    deepEqual(windowStarts(length, wanted, { seed: 3n, video }), starts);
  }));
});

Deno.test("windowStarts() reaches every start about equally often", () => {
  const counts = new Map<number, number>();
  const one = { ...rule, windowsPerClip: 1 };
  for (let video = 0; video < 3000; video++) {
    const [start = -1] = windowStarts(15, one, { seed: 1n, video });
    counts.set(start, (counts.get(start) ?? 0) + 1);
  }
  deepEqual([...counts.keys()].sort(), [0, 1, 2, 3, 4, 5]);
  // 500 each, standard deviation 20.
  for (const count of counts.values()) ok(Math.abs(count - 500) < 100, `${count}`);
});

Deno.test("windowStarts() first is frame 0; a video that is too short is refused", () => {
  deepEqual(windowStarts(99, { ...rule, windows: "first" }, { seed: 1n, video: 5 }), [0]);
  deepEqual(windowStarts(10, rule, { seed: 1n, video: 5 }), [0]);
  throws(() => windowStarts(9, rule, { seed: 1n, video: 5 }), /must have 10 frames, but has 9/);
});
