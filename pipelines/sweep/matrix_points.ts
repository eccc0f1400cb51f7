/** The points of a matrix, by the rules of GitHub Actions for `include` and `exclude`. */

import type { ConfigNode } from "../config/config_node.ts";
import { pointText } from "./point_name.ts";

/** One value of a variable. */
export interface MatrixValue {
  /** Equal for equal values, whatever the order of their keys. */
  readonly id: string;
  /** In the names of stages. */
  readonly label: string;
  readonly node: ConfigNode;
}

/** Value by variable, in the order of the variables. */
export type Point = ReadonlyMap<string, MatrixValue>;

/** A matrix as it is written. */
export interface MatrixParts {
  readonly variables: ReadonlyMap<string, readonly MatrixValue[]>;
  readonly include: readonly Point[];
  readonly exclude: readonly Point[];
}

/**
 * All combinations of the variables' values, the first variable slowest, without those that an
 * `exclude` is part of. Then each `include` adds its values to every combination whose own variables it
 * does not contradict (a later one may replace what an earlier one added), and becomes a point of its own
 * when there is no such combination.
 *
 * Source: https://docs.github.com/actions, "Running variations of jobs in a workflow"; the example there
 * is a test.
 */
export function matrixPoints({ variables, include, exclude }: MatrixParts): readonly Point[] {
  const combinations = combine([...variables])
    .filter((point) => !exclude.some((part) => part.size > 0 && agrees(part, point)));
  const extended = combinations.map((point) => new Map(point));
  const added: Point[] = [];
  for (const extra of include) {
    const own = new Map([...extra].filter(([name]) => variables.has(name)));
    const fitting = extended.filter((point) => agrees(own, point));
    for (const point of fitting) for (const [name, value] of extra) point.set(name, value);
    if (fitting.length === 0) added.push(extra);
  }
  const order = [...new Set([...variables.keys(), ...include.flatMap((item) => [...item.keys()])])];
  return distinctPoints([...extended, ...added].map((point) => project(point, order)));
}

/** A point's values of some variables, in that order; those it lacks are left out. */
export function project(point: Point, variables: Iterable<string>): Point {
  const kept = new Map<string, MatrixValue>();
  for (const name of variables) {
    const value = point.get(name);
    if (value !== undefined) kept.set(name, value);
  }
  return kept;
}

/** Each point once, where it stands first. */
export function distinctPoints(points: readonly Point[]): readonly Point[] {
  return [...new Map(points.toReversed().map((point) => [pointId(point), point])).values()]
    .reverse();
}

/** `lr=0.001,seed=2`: its part of the names of stages. */
export function pointLabel(point: Point): string {
  return pointText(Array.from(point, ([name, { label }]) => [name, label] as const));
}

/** Equal for equal points. */
export function pointId(point: Point): string {
  return JSON.stringify(Array.from(point, ([name, { id }]) => [name, id]));
}

/** Every pair of a point of one list with one of another. */
export function joinPoints(a: readonly Point[], b: readonly Point[]): readonly Point[] {
  return a.flatMap((left) => b.map((right) => new Map([...left, ...right])));
}

function combine(
  variables: readonly (readonly [string, readonly MatrixValue[]])[],
): readonly Point[] {
  if (variables.length === 0) return [];
  return variables.reduce<readonly Point[]>(
    (points, [name, values]) => joinPoints(points, values.map((value) => new Map([[name, value]]))),
    [new Map()],
  );
}

function agrees(part: Point, whole: Point): boolean {
  return [...part].every(([name, { id }]) => whole.get(name)?.id === id);
}
