import { deepEqual, equal, ok } from "node:assert/strict";
import fc from "fast-check";
import { deepestOverlap, type Disc, pushDiscs, TOUCH } from "../../../stages/dataset/push_discs.ts";

/** A disc inside the walls. */
const disc: fc.Arbitrary<Disc> = fc.record({
  radius: fc.double({ min: 0.05, max: 0.12, noNaN: true }),
  right: fc.double({ min: 0, max: 1, noNaN: true }),
  down: fc.double({ min: 0, max: 1, noNaN: true }),
}).map(({ radius, right, down }) => ({
  x: radius + right * (1 - 2 * radius),
  y: radius + down * (1 - 2 * radius),
  radius,
}));

Deno.test("pushDiscs() leaves nothing overlapping, or says that it cannot", () => {
  let solved = 0;
  fc.assert(fc.property(fc.array(disc, { maxLength: 4 }), disc, (discs, pusher) => {
    const pushed = pushDiscs(discs, pusher);
    if (pushed === undefined) return;
    solved++;
    ok(deepestOverlap(pushed, pusher) <= TOUCH);
    deepEqual(pushed.map(({ radius }) => radius), discs.map(({ radius }) => radius));
    if (deepestOverlap(discs, pusher) <= TOUCH) deepEqual(pushed, discs);
  }));
  ok(solved > 50, `only ${solved} of 100 could be solved`);
});

Deno.test("pushDiscs() moves a disc the shortest way, and the one behind it too", () => {
  const pusher = { x: 0.3, y: 0.5, radius: 0.1 };
  const [first, second, third] = pushDiscs([
    { x: 0.45, y: 0.5, radius: 0.1 },
    { x: 0.62, y: 0.5, radius: 0.1 },
    { x: 0.5, y: 0.1, radius: 0.1 },
  ], pusher)!;
  // Closed form: a row of three touching discs of radius 0.1.
  ok(Math.abs(first!.x - 0.5) < 2 * TOUCH && Math.abs(second!.x - 0.7) < 3 * TOUCH);
  deepEqual([first!.y, second!.y], [0.5, 0.5]);
  deepEqual(third, { x: 0.5, y: 0.1, radius: 0.1 });
});

Deno.test("pushDiscs() cannot wedge a disc against a wall", () => {
  equal(pushDiscs([{ x: 0.1, y: 0.5, radius: 0.1 }], { x: 0.25, y: 0.5, radius: 0.1 }), undefined);
});
