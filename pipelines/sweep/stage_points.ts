/** The points of every stage of a sweep, counted before any is written out. */

import type { Diagnostics } from "../config/diagnostic.ts";
import { limits } from "../config/limits.ts";
import { type Point, pointLabel } from "./matrix_points.ts";
import type { PointSets } from "./point_sets.ts";
import type { Origin } from "../config/source.ts";

/**
 * By stage; absent for one that stays single. A stage has none where a point lacks a variable or there
 * are too many, and so has every stage when they are too many together; both are diagnostics.
 *
 * @param places Where each stage is written, in order.
 * @param variables What each stage is expanded over.
 */
export function pointsOfStages(
  places: ReadonlyMap<string, Origin>,
  variables: ReadonlyMap<string, readonly string[]>,
  sets: PointSets,
  diagnostics: Diagnostics,
): ReadonlyMap<string, readonly Point[]> {
  const all = new Map<string, readonly Point[]>();
  let count = 0;
  for (const [name, origin] of places) {
    const used = variables.get(name) ?? [];
    if (used.length > 0) {
      all.set(name, pointsOfStage(name, origin, sets.of(new Set(used)), diagnostics));
    }
    count += all.get(name)?.length ?? 1;
    if (count <= limits.expandedStages) continue;
    const rule = `A sweep may have at most ${limits.expandedStages} stages, all points counted`;
    diagnostics.add(origin, rule);
    return new Map(Array.from(places.keys(), (each) => [each, []]));
  }
  return all;
}

function pointsOfStage(
  name: string,
  origin: Origin,
  { points, lacking, tooMany }: ReturnType<PointSets["of"]>,
  diagnostics: Diagnostics,
): readonly Point[] {
  if (lacking !== undefined) {
    const message = `Stage "${name}" needs "\${matrix.${lacking.variable}}"`;
    const point = pointLabel(lacking.point);
    const hint = () => `Give the point a value in "include", or take it out with "exclude"`;
    diagnostics.add(origin, `${message}, which point ${point} does not have`, hint);
  } else if (tooMany !== undefined) {
    const rule = `must have at most ${limits.points} points`;
    diagnostics.add(origin, `Stage "${name}" ${rule}, but has ${tooMany}`);
  }
  return points;
}
