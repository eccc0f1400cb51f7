/** Synthetic pipelines: stages that do next to nothing, so that what is measured is the runner. */

export interface DagStage {
  readonly name: string;
  /** Stages whose output it reads: none, or up to three. */
  readonly needs: readonly string[];
}

export interface Dag {
  readonly shape: Shape;
  readonly stages: readonly DagStage[];
}

export const shapes = ["chain", "fan-out", "grid", "random"] as const;
export type Shape = typeof shapes[number];

/** @param count How many stages there are at most; a grid is square and may have fewer. */
export function makeDag(shape: Shape, count: number): Dag {
  const needs = makers[shape](count);
  const stages = needs.map((each, i) => ({ name: nameOf(i), needs: each.map(nameOf) }));
  return { shape, stages };
}

/** For each stage the numbers of those it needs. */
type Needs = readonly (readonly number[])[];

const makers: Readonly<Record<Shape, (count: number) => Needs>> = {
  chain: (count) => range(count).map((i) => i === 0 ? [] : [i - 1]),
  "fan-out": (count) => range(count).map((i) => i === 0 ? [] : [0]),
  /** Each needs the one above and the one on its left. */
  grid(count) {
    const side = Math.floor(Math.sqrt(count));
    return range(side * side).map((i) => [
      ...(i >= side ? [i - side] : []),
      ...(i % side > 0 ? [i - 1] : []),
    ]);
  },
  /** Layers as wide as they are many; each stage needs one to three of the layer before. */
  random(count) {
    const width = Math.max(1, Math.floor(Math.sqrt(count)));
    const next = numbers(417);
    return range(count).map((i) => {
      const start = Math.floor(i / width) * width - width;
      if (start < 0) return [];
      const chosen = range(1 + next(3)).map(() => start + next(width));
      return [...new Set(chosen)];
    });
  },
};

/** The generator of "Numerical Recipes", 2nd edition, 7.1; its upper bits are good enough to draw edges. */
function numbers(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor(state / 2 ** 32 * below);
  };
}

function nameOf(index: number): string {
  return `s${index.toString().padStart(5, "0")}`;
}

function range(count: number): number[] {
  return Array.from({ length: count }, (_, i) => i);
}
