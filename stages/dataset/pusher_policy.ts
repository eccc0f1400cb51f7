/** What an arm does without a person: pushes discs now and then, and changes its mind. */

import { permutation, Stream, uniforms } from "../../numerics/random.ts";
import type { Disc } from "./push_discs.ts";
import {
  CONTACT_HEIGHT,
  effectorRadius,
  type PusherAction,
  type PusherState,
  stepPusher,
} from "./pusher_arm.ts";

/** Where a clip is among all random numbers. */
export interface ClipPlace {
  readonly seed: bigint;
  /** Position of the split. */
  readonly step: number;
  /** Number of the clip. */
  readonly lane: number;
}

export interface PushedClip {
  /** One state for each frame. */
  readonly states: readonly PusherState[];
  /** Action t leads from state t to state t + 1; the last one leads out of the clip. */
  readonly actions: readonly PusherAction[];
}

/** Radius of a disc, in parts of the table. */
export const DISC_RADIUS = { smallest: 0.07, largest: 0.11 } as const;
/** Places of a grid of 3 x 3, in each of which one thing may start; it holds the largest disc. */
const SLOTS = 9;
export const MOST_DISCS = 6;

const WORDS_OF_THING = 3;
const WORDS_OF_FRAME = 8;
/** An arm keeps to its aim for this many frames, at least and at most. */
const HOLD = { least: 2, most: 5 } as const;
/** Of all aims, those at a disc. */
const AT_DISC = 0.65;
const SMALLEST_SPEED = 0.5;

/**
 * A clip of an arm that moves at random. It holds an aim for a few frames, then draws a new one: a disc, which
 * it pushes on, or a direction, in which it may be lifted.
 *
 * So that no past tells the future without the actions, and most clips show a push. Which words are used
 * depends on the frame only, so a clip's beginning does not change with its length.
 */
export function pushedClip(
  place: ClipPlace,
  { frames, discs }: { readonly frames: number; readonly discs: number },
): PushedClip {
  let state = startOf(place, discs);
  const words = uniforms({ ...place, stream: Stream.noise }, frames * WORDS_OF_FRAME);
  const states: PusherState[] = [];
  const actions: PusherAction[] = [];
  let aim: Aim | undefined;
  let held = 0;
  for (let frame = 0; frame < frames; frame++) {
    const own = words.subarray(frame * WORDS_OF_FRAME, (frame + 1) * WORDS_OF_FRAME);
    if (aim === undefined || held === 0) {
      aim = drawAim(own, discs);
      held = HOLD.least + Math.floor((own[0] ?? 0) * (HOLD.most - HOLD.least + 1));
    }
    held--;
    const action = actionTowards(aim, state, own);
    states.push(state);
    actions.push(action);
    state = stepPusher(state, action);
  }
  return { states, actions };
}

interface Aim {
  /** Number of a disc, or undefined for a direction. */
  readonly disc: number | undefined;
  /** In radians, where there is no disc. */
  readonly angle: number;
  readonly speed: number;
  readonly lift: number;
  readonly open: number;
}

/** The arm on the table and discs, each in a slot of its own: nothing overlaps, and no draw is repeated. */
function startOf(place: ClipPlace, count: number): PusherState {
  const slots = permutation({ ...place, stream: Stream.selection }, SLOTS);
  const words = uniforms({ ...place, stream: Stream.trajectory }, (count + 1) * WORDS_OF_THING);
  const things = Array.from({ length: count + 1 }, (_, i) => {
    const own = words.subarray(i * WORDS_OF_THING, (i + 1) * WORDS_OF_THING);
    return placeThing(slots[i] ?? 0, own);
  });
  const [effector, ...discs] = things;
  return { x: effector!.x, y: effector!.y, z: 0, opening: 0.5, discs };
}

/** Anywhere in a slot where even the largest disc touches none of another slot. */
function placeThing(slot: number, [size = 0, right = 0, down = 0]: Float32Array): Disc {
  const play = 1 / 3 - 2 * DISC_RADIUS.largest;
  const along = (index: number, share: number) => (index + 0.5) / 3 + (share - 0.5) * play;
  return {
    x: along(slot % 3, right),
    y: along(Math.floor(slot / 3), down),
    radius: DISC_RADIUS.smallest + size * (DISC_RADIUS.largest - DISC_RADIUS.smallest),
  };
}

function drawAim(
  [_, kind = 0, which = 0, speed = 0, lift = 0, open = 0]: Float32Array,
  discs: number,
): Aim {
  const isAtDisc = discs > 0 && kind < AT_DISC;
  return {
    disc: isAtDisc ? Math.floor(which * discs) : undefined,
    angle: 2 * Math.PI * which,
    speed: SMALLEST_SPEED + (1 - SMALLEST_SPEED) * speed,
    // Down to push; else up in one of three cases.
    lift: isAtDisc || lift > 1 / 3 ? -1 : 1,
    open: 2 * open - 1,
  };
}

function actionTowards(aim: Aim, { x, y, z, opening, discs }: PusherState, words: Float32Array) {
  const target = aim.disc === undefined ? undefined : discs[aim.disc];
  const angle = target === undefined ? aim.angle : Math.atan2(target.y - y, target.x - x);
  const tremble = (word: number) => 0.3 * ((words[word] ?? 0) - 0.5);
  // Over a disc it must move on before it can come down.
  const isOver = z >= CONTACT_HEIGHT && target !== undefined &&
    Math.hypot(target.x - x, target.y - y) < target.radius + effectorRadius(opening);
  const turn = isOver ? Math.PI : 0;
  return [
    asAction(aim.speed * Math.cos(angle + turn) + tremble(6)),
    asAction(aim.speed * Math.sin(angle + turn) + tremble(7)),
    asAction(0.8 * aim.lift),
    asAction(0.5 * aim.open),
  ] as const;
}

/** In [-1, 1] and exactly what float32 stores, so that states follow from the stored actions. */
const asAction = (value: number) => Math.fround(Math.min(1, Math.max(-1, value)));
