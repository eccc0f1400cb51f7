/** The weights with the best value of a metric so far. */

import type { NamedArrays } from "../artifacts/weights.ts";

export interface BestRule {
  /** A name that `evaluate` gives. */
  readonly metric: string;
  readonly better: "lower" | "higher";
}

/** Weights as they were when they were best. */
export interface BestWeights {
  /** Optimiser steps taken then. */
  readonly step: number;
  readonly value: number;
  /** With the buffers. */
  readonly parameters: NamedArrays;
  /** With the buffers; absent where no average is kept. */
  readonly ema?: NamedArrays;
}

/** Whether a value beats the best; an equal one does not, and neither does NaN. */
export function isNewBest(
  { better }: BestRule,
  value: number,
  best: BestWeights | undefined,
): boolean {
  if (Number.isNaN(value)) return false;
  if (best === undefined) return true;
  return better === "lower" ? value < best.value : value > best.value;
}

/**
 * The value of a metric in what an evaluation gave; undefined where it gave nothing at all.
 *
 * @throws {Error} When it gave others only, which means that the metric's name is wrong.
 */
export function metricOf(
  values: Readonly<Record<string, number>>,
  metric: string,
  what: string,
): number | undefined {
  const value = values[metric];
  const names = Object.keys(values);
  if (value !== undefined || names.length === 0) return value;
  throw new Error(`Cannot ${what}: there is no metric "${metric}", only ${names.join(", ")}`);
}
