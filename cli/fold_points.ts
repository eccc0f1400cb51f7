/** The points of a sweep folded into lines that a person can read. */

import type { StageForecast } from "../pipelines/key/forecast.ts";
import { baseName } from "../pipelines/sweep/point_name.ts";

export interface ForecastLine {
  /** Stands for all of the line. */
  readonly first: StageForecast;
  /** `model@lr=0.1`, or for several `model ×50`. */
  readonly name: string;
  /** Why they run; several reasons are counted. Absent where they are cached. */
  readonly reason: string | undefined;
}

/** A plan of up to so many stages shows each of them. */
const MAX_UNFOLDED = 24;

/** Points of one stage with one state become one line, when there are many stages. */
export function foldForecasts(forecasts: readonly StageForecast[]): readonly ForecastLine[] {
  const groups = forecasts.length <= MAX_UNFOLDED
    ? forecasts.map((each) => [each])
    : Map.groupBy(forecasts, ({ planned: { name, config }, state }) =>
      config.point === undefined ? name : `${baseName(name)}@ ${state}`).values();
  return [...groups].flatMap((group) => {
    const [first] = group;
    if (first === undefined) return [];
    const { name } = first.planned;
    const texts = group.map((each) => each.state === "cached" ? undefined : each.reason);
    // "unknown until model@lr=0.1 ran" is one reason for all points.
    const reasons = new Map(texts.map((text) => [text?.replaceAll(/@[^ ]+/g, ""), text]));
    const reason = group.length === 1 ? texts[0] : [...reasons.keys()][0];
    const more = reasons.size > 1 ? ` (and ${reasons.size - 1} other reasons)` : "";
    return [{
      first,
      name: group.length === 1 ? name : `${baseName(name)} ×${group.length}`,
      reason: reason === undefined ? undefined : `${reason}${more}`,
    }];
  });
}

/** Names of stages with the points of each counted: `data`, `model ×6`. */
export function foldNames(names: readonly string[]): readonly string[] {
  const counts = Map.groupBy(names, baseName);
  return [...counts].map(([base, own]) =>
    own.length === 1 ? own[0] ?? base : `${base} ×${own.length}`
  );
}
