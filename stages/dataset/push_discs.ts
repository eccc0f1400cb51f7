/** Pushing discs on a table: slow motion with friction, where nothing slides on by itself. */

import type { Point } from "./paint.ts";

/** The table is the square from (0, 0) to (1, 1), whose edges are walls. */
export interface Disc extends Point {
  readonly radius: number;
}

/** Deepest overlap that counts as contact: 0.006 pixels of a table 64 pixels wide. */
export const TOUCH = 1e-4;
/** Separated things stay apart by this, so that they do not count as overlapping for rounding. */
const SLACK = 1e-6;
const MOST_SWEEPS = 60;

/**
 * Where discs are after a pusher has come to its place: each is moved the shortest way out of what pushes
 * it; two discs share the way, the pusher and walls do not yield. Repeated until nothing overlaps.
 *
 * Source: position-based dynamics, Müller et al. 2007, https://doi.org/10.1016/j.jvcir.2007.01.005, without
 * velocities.
 * @param pusher Absent when nothing pushes.
 * @returns Undefined when the discs are wedged between the pusher and the walls: it cannot go there.
 */
export function pushDiscs(
  discs: readonly Disc[],
  pusher: Disc | undefined,
): readonly Disc[] | undefined {
  if (deepestOverlap(discs, pusher) <= TOUCH) return discs;
  const places = discs.map(({ x, y, radius }) => ({ x, y, radius }));
  for (let sweep = 0; sweep < MOST_SWEEPS; sweep++) {
    for (let i = 0; i < places.length; i++) {
      const disc = places[i]!;
      if (pusher !== undefined) separate(pusher, disc, 0);
      for (let j = 0; j < i; j++) separate(places[j]!, disc, 0.5);
      disc.x = Math.min(1 - disc.radius, Math.max(disc.radius, disc.x));
      disc.y = Math.min(1 - disc.radius, Math.max(disc.radius, disc.y));
    }
    if (deepestOverlap(places, pusher) <= TOUCH) return places;
  }
  return undefined;
}

/** How far any two things reach into each other or into a wall; 0 or less when they do not. */
export function deepestOverlap(discs: readonly Disc[], pusher: Disc | undefined): number {
  let deepest = 0;
  for (let i = 0; i < discs.length; i++) {
    const disc = discs[i]!;
    const { x, y, radius } = disc;
    deepest = Math.max(deepest, radius - x, radius - y, x + radius - 1, y + radius - 1);
    if (pusher !== undefined) deepest = Math.max(deepest, overlap(pusher, disc));
    for (let j = 0; j < i; j++) deepest = Math.max(deepest, overlap(discs[j]!, disc));
  }
  return deepest;
}

export const overlap = (a: Disc, b: Disc) =>
  a.radius + b.radius - Math.sqrt((a.x - b.x) ** 2 + (a.y - b.y) ** 2);

/** Moves two things apart; `share` of the way is the first one's, which is left as it is when that is 0. */
function separate(first: Writable<Disc>, second: Writable<Disc>, share: number): void {
  const depth = overlap(first, second);
  if (depth <= 0) return;
  const [dx, dy] = [second.x - first.x, second.y - first.y];
  const distance = Math.sqrt(dx * dx + dy * dy);
  // On one place there is no shortest way out: to the right then.
  const [ux, uy] = distance === 0 ? [1, 0] : [dx / distance, dy / distance];
  const way = depth + SLACK;
  second.x += ux * way * (1 - share);
  second.y += uy * way * (1 - share);
  if (share === 0) return;
  first.x -= ux * way * share;
  first.y -= uy * way * share;
}

type Writable<Value> = { -readonly [Key in keyof Value]: Value[Key] };
