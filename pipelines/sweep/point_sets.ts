/** The points of a sweep that make a difference to whatever uses some of its variables. */

import { limits } from "../config/limits.ts";
import { distinctPoints, joinPoints, type Point, project } from "./matrix_points.ts";
import type { Matrix } from "./read_matrix.ts";

/** The points of a stage that uses some variables. */
export interface PointSet {
  /** Empty when one of the other fields says why. */
  readonly points: readonly Point[];
  /** How many there would be, when they are too many to be listed. */
  readonly tooMany?: number;
  /** A point without one of the variables. */
  readonly lacking?: { readonly point: Point; readonly variable: string };
}

/**
 * Those of each matrix as far as they differ in the variables, and of several matrices every
 * combination. Equal sets are made once.
 */
export class PointSets {
  readonly #matrices: readonly Matrix[];
  readonly #known = new Map<string, PointSet>();

  constructor(matrices: readonly Matrix[]) {
    this.#matrices = matrices;
  }

  of(used: ReadonlySet<string>): PointSet {
    const id = [...used].toSorted().join();
    const known = this.#known.get(id);
    if (known !== undefined) return known;
    const made = this.#make(used);
    this.#known.set(id, made);
    return made;
  }

  #make(used: ReadonlySet<string>): PointSet {
    const parts: (readonly Point[])[] = [];
    for (const matrix of this.#matrices) {
      const names = [...matrix.variables.keys()].filter((name) => used.has(name));
      if (names.length === 0) continue;
      for (const point of matrix.points) {
        const variable = names.find((name) => !point.has(name));
        if (variable !== undefined) return { points: [], lacking: { point, variable } };
      }
      parts.push(distinctPoints(matrix.points.map((point) => project(point, names))));
    }
    const count = parts.reduce((product, { length }) => product * length, 1);
    if (count > limits.points) return { points: [], tooMany: count };
    const [first = [], ...others] = parts;
    return { points: others.reduce(joinPoints, first) };
  }
}
