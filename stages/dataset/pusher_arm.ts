/** An arm that pushes discs: what its actions do. */

import { type Disc, overlap, pushDiscs } from "./push_discs.ts";

export interface PusherState {
  /** End effector; z is its height: below `CONTACT_HEIGHT` it pushes, above it passes over discs. */
  readonly x: number;
  readonly y: number;
  readonly z: number;
  /** Opening of its fingers, 0..1: an open one is a wider pusher. */
  readonly opening: number;
  readonly discs: readonly Disc[];
}

/** Each in [-1, 1]: right, down, lift, open; in shares of `REACH`. */
export type PusherAction = readonly [right: number, down: number, lift: number, open: number];

/** What an action of 1 does in a frame: parts of the table, of the height and of the opening. */
export const REACH = { table: 0.07, height: 0.25, opening: 0.25 } as const;
export const CONTACT_HEIGHT = 0.5;

/** Parts of a frame's motion; with steps of a quarter of the smallest radius nothing is jumped over. */
const SUBSTEPS = 8;

/** Radius of the end effector. */
export const effectorRadius = (opening: number) => 0.05 + 0.03 * opening;

/**
 * The state a frame later.
 *
 * First the height changes, but an effector does not sink into a disc below it. Then it moves and opens in
 * small steps, each pushing discs out of its way; a step that would wedge discs against walls is tried
 * without the opening, then along one axis only, and else not done.
 */
export function stepPusher(state: PusherState, action: PusherAction): PusherState {
  const [right, down, lift, open] = action;
  let now = { ...state, z: heightAfter(state, lift) };
  for (let step = 0; step < SUBSTEPS; step++) {
    const [dx, dy] = [right * REACH.table / SUBSTEPS, down * REACH.table / SUBSTEPS];
    const wider = open * REACH.opening / SUBSTEPS;
    now = moved(now, [dx, dy, wider]) ?? moved(now, [dx, dy, 0]) ?? moved(now, [dx, 0, 0]) ??
      moved(now, [0, dy, 0]) ?? now;
  }
  return now;
}

/** The effector as a thing that pushes; undefined while it is lifted. */
export function pusherOf({ x, y, z, opening }: Omit<PusherState, "discs">): Disc | undefined {
  return z < CONTACT_HEIGHT ? { x, y, radius: effectorRadius(opening) } : undefined;
}

function heightAfter({ x, y, z, opening, discs }: PusherState, lift: number): number {
  const wanted = clamp(z + lift * REACH.height, 0, 1);
  const effector = { x, y, radius: effectorRadius(opening) };
  const isAbove = discs.some((disc) => overlap(effector, disc) > 0);
  return z >= CONTACT_HEIGHT && isAbove ? Math.max(CONTACT_HEIGHT, wanted) : wanted;
}

function moved(
  state: PusherState,
  [dx, dy, wider]: readonly [number, number, number],
): PusherState | undefined {
  const opening = clamp(state.opening + wider, 0, 1);
  const radius = effectorRadius(opening);
  const next = {
    x: clamp(state.x + dx, radius, 1 - radius),
    y: clamp(state.y + dy, radius, 1 - radius),
    z: state.z,
    opening,
  };
  const discs = pushDiscs(state.discs, pusherOf(next));
  return discs && { ...next, discs };
}

const clamp = (value: number, low: number, high: number) => Math.min(high, Math.max(low, value));
