/** What training records about itself. */

/** Values after so many optimiser steps. */
export interface HistoryEntry {
  readonly step: number;
  readonly values: Readonly<Record<string, number>>;
}

/** Sums since the last entry; part of the checkpoint, or a resumed run would log other means. */
export interface LossWindow {
  readonly count: number;
  /** By name; each step tells the same names. */
  readonly sums: Readonly<Record<string, number>>;
}

export const emptyWindow: LossWindow = { count: 0, sums: {} };

/** The window with one more step in it. */
export function extendWindow(
  { count, sums }: LossWindow,
  values: Readonly<Record<string, number>>,
): LossWindow {
  const added = Object.entries(values).map(([name, value]) =>
    [name, (sums[name] ?? 0) + value] as const
  );
  return { count: count + 1, sums: Object.fromEntries(added) };
}

/** Means over the window, by the names that charts use. */
export function summariseWindow({ count, sums }: LossWindow): Readonly<Record<string, number>> {
  return Object.fromEntries(Object.entries(sums).map(([name, sum]) => [name, sum / count]));
}
