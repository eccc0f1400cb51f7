/** Pictures of a pusher arm on its table. */

import { type Colour, type ColourFrame, paintDisc, paintLine, type Point } from "./paint.ts";
import { effectorRadius, type PusherState } from "./pusher_arm.ts";

/** Colours of discs, in the order of their numbers. */
export const discColours: readonly Colour[] = [
  [214, 48, 49],
  [39, 174, 96],
  [41, 98, 217],
  [241, 196, 15],
  [155, 60, 182],
  [22, 190, 200],
];

export const TABLE: Colour = [205, 190, 165];
const SHOULDER: Colour = [70, 74, 84];
const FOREARM: Colour = [105, 110, 122];
/** End effector on the table and lifted to the top. */
const LOW: Colour = [30, 32, 38];
const HIGH: Colour = [245, 245, 245];

/** The arm is fixed beyond the table's upper edge; both links together reach every place of it. */
const BASE: Point = { x: 0.5, y: -0.12 };
const LINK = 0.66;

/** Draws a state over a whole frame: table, discs, arm. A lifted effector is lighter. */
export function drawPusher(frame: ColourFrame, state: PusherState): void {
  const { pixels, size } = frame;
  pixels.set(TABLE);
  // Doubling what is there already: far faster than pixel by pixel.
  for (let done = 3; done < pixels.length; done *= 2) pixels.copyWithin(done, 0, done);
  state.discs.forEach(({ x, y, radius }, i) => {
    const place = { x: x * size, y: y * size, radius: radius * size };
    paintDisc(frame, place, discColours[i % discColours.length]!);
  });
  const onFrame = ({ x, y }: Point) => ({ x: x * size, y: y * size });
  const elbow = onFrame(elbowOf(state));
  const line = { from: onFrame(BASE), to: elbow, radius: 0.022 * size };
  paintLine(frame, line, SHOULDER);
  paintLine(frame, { from: elbow, to: onFrame(state), radius: 0.018 * size }, FOREARM);
  const radius = effectorRadius(state.opening) * size;
  const shade = (low: number, high: number) => low + (high - low) * state.z;
  const colour: Colour = [
    shade(LOW[0], HIGH[0]),
    shade(LOW[1], HIGH[1]),
    shade(LOW[2], HIGH[2]),
  ];
  paintDisc(frame, { ...onFrame(state), radius }, colour);
}

/** Two links of equal length: the elbow is beside the middle of the way, always on the same side. */
function elbowOf({ x, y }: Point): Point {
  const [dx, dy] = [x - BASE.x, y - BASE.y];
  const distance = Math.sqrt(dx * dx + dy * dy);
  const aside = Math.sqrt(Math.max(0, LINK * LINK - distance * distance / 4)) / distance;
  return { x: BASE.x + dx / 2 + dy * aside, y: BASE.y + dy / 2 - dx * aside };
}
