import { deepEqual, throws } from "node:assert/strict";
import fc from "fast-check";
import { groupNumberedFrames } from "../../../stages/dataset/numbered_frames.ts";

Deno.test("groupNumberedFrames() orders frames and folders by number, whatever their paths' order", () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 40 }), fc.nat(3), fc.nat(99), (count, first, turn) => {
      const frames = Array.from({ length: count }, (_, i) => `a/10/${first + i}.png`);
      const shuffled = [...frames, "a/9/x_007.jpg"].map((path, i) => ({
        path,
        key: (i * 37 + turn) % 41,
      }))
        .sort((a, b) => a.key - b.key).map(({ path }) => path);
      deepEqual(groupNumberedFrames(shuffled), [
        { name: "a/9", frames: ["a/9/x_007.jpg"], first: 7 },
        { name: "a/10", frames, first },
      ]);
    }),
  );
});

Deno.test("groupNumberedFrames() names what it cannot order", () => {
  const cases: [string[], RegExp][] = [
    [
      ["a/0.png", "a/2.png", "a/3.png"],
      /frames in "a": frame 1 is missing between "a\/0.png" and "a\/2.png"/,
    ],
    [["a/1.png", "a/01.png"], /"a\/1.png" and "a\/01.png" have the same number/],
    [["a/0.png", "a/cover.png"], /must end in a number, as 0.png, but "a\/cover.png" does not/],
    [["0.png"], /must lie in a folder, but "0.png" lies in none/],
  ];
  for (const [paths, message] of cases) throws(() => groupNumberedFrames(paths), message);
});
