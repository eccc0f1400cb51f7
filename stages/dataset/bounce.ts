/** How a digit moves in Moving MNIST: the two published rules. */

/** Top left corner of a digit's image on the canvas, in whole pixels. */
export interface Corner {
  readonly top: number;
  readonly left: number;
}

/** Length of a step, as a share of the free range. */
const STEP = 0.1;
/** Largest speed of the stochastic rule, in pixels per frame and axis. */
const TOP_SPEED = 4;

/** Words that `stochasticPath` takes: 4 to start, 4 for each frame. */
export const wordsOfStochasticPath = (frames: number) => 4 + 4 * frames;

/**
 * Straight lines at constant speed; a digit that would leave is put on the wall and turned round.
 *
 * Positions and steps are shares of the free range (canvas minus digit), each step of length 0.1, and
 * corners are rounded down to pixels. The first frame comes after the first step.
 * Source: the generator of OpenSTL, https://github.com/chengtan9907/OpenSTL, after Srivastava et al.
 * 2015, https://arxiv.org/abs/1502.04681.
 * @param start x, y in [0, 1]; angle in radians, 0 to the right, growing downwards.
 */
export function deterministicPath(
  start: { readonly x: number; readonly y: number; readonly angle: number },
  { frames, range }: { readonly frames: number; readonly range: number },
): Corner[] {
  let { x, y } = start;
  let [dx, dy] = [STEP * Math.cos(start.angle), STEP * Math.sin(start.angle)];
  return Array.from({ length: frames }, () => {
    [x, dx] = turnAtWall(x + dx, dx);
    [y, dy] = turnAtWall(y + dy, dy);
    return { top: Math.floor(y * range), left: Math.floor(x * range) };
  });
}

/**
 * Whole pixels per frame, −4..4 on each axis. At a wall the digit is put on it, its speed away from the
 * wall is drawn anew from 1..4, and the speed along the wall from −4..4.
 *
 * Positions are 0 .. range − 1; the first frame shows the start. Walls are looked at before a frame is
 * drawn: first top and bottom, then left and right.
 * Source: Stochastic Moving MNIST of Denton & Fergus 2018, https://arxiv.org/abs/1802.07687.
 * @param words Uniform in (0, 1), `wordsOfStochasticPath(frames)` of them; which are used depends on
 * the frame only, so a path's beginning does not change with its length.
 */
export function stochasticPath(
  words: Float32Array,
  { frames, range }: { readonly frames: number; readonly range: number },
): Corner[] {
  const pick = (index: number, low: number, high: number) =>
    low + Math.floor((words[index] ?? 0) * (high - low + 1));
  const any = (index: number) => pick(index, -TOP_SPEED, TOP_SPEED);
  const away = (index: number, isLow: boolean) =>
    isLow ? pick(index, 1, TOP_SPEED) : pick(index, -TOP_SPEED, -1);
  const start = { left: pick(0, 0, range - 1), top: pick(1, 0, range - 1), dx: any(2), dy: any(3) };
  return walk(start, { frames, range }, (wall, frame) => {
    const at = 4 + 4 * frame + (wall.axis === "y" ? 0 : 2);
    return { across: away(at, wall.isLow), along: any(at + 1) };
  });
}

/** Where a digit is and moves, in whole pixels. */
interface Motion {
  readonly left: number;
  readonly top: number;
  readonly dx: number;
  readonly dy: number;
}

interface Wall {
  readonly axis: "x" | "y";
  /** The top or left wall, not the bottom or right one. */
  readonly isLow: boolean;
}

/**
 * The walk of Denton & Fergus under any rule at walls: `bounce` gives the speeds across the wall and
 * along it; `along: null` keeps that speed.
 */
export function walk(
  { left, top, dx, dy }: Motion,
  { frames, range }: { readonly frames: number; readonly range: number },
  bounce: (wall: Wall, frame: number, speed: number) => { across: number; along: number | null },
): Corner[] {
  return Array.from({ length: frames }, (_, frame) => {
    const isOut = (place: number) => place < 0 || place >= range;
    if (isOut(top)) {
      const wall = { axis: "y", isLow: top < 0 } as const;
      const { across, along } = bounce(wall, frame, dy);
      [top, dy, dx] = [wall.isLow ? 0 : range - 1, across, along ?? dx];
    }
    if (isOut(left)) {
      const wall = { axis: "x", isLow: left < 0 } as const;
      const { across, along } = bounce(wall, frame, dx);
      [left, dx, dy] = [wall.isLow ? 0 : range - 1, across, along ?? dy];
    }
    const corner = { top, left };
    [left, top] = [left + dx, top + dy];
    return corner;
  });
}

function turnAtWall(place: number, speed: number): [place: number, speed: number] {
  if (place <= 0) return [0, -speed];
  if (place >= 1) return [1, -speed];
  return [place, speed];
}
