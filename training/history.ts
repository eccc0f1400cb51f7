/** What training records about itself. */

/** Values after so many optimiser steps. */
export interface HistoryEntry {
  readonly step: number;
  readonly values: Readonly<Record<string, number>>;
}

/** Sums since the last entry; part of the checkpoint, or a resumed run would log other means. */
export interface LossWindow {
  readonly count: number;
  readonly loss: number;
  readonly gradientNorm: number;
}

export const emptyWindow: LossWindow = { count: 0, loss: 0, gradientNorm: 0 };

/** The window with one more step in it. */
export function extendWindow(window: LossWindow, loss: number, gradientNorm: number): LossWindow {
  return {
    count: window.count + 1,
    loss: window.loss + loss,
    gradientNorm: window.gradientNorm + gradientNorm,
  };
}

/** Means over the window, by the names that charts use. */
export function summariseWindow({ count, loss, gradientNorm }: LossWindow) {
  return { loss: loss / count, gradientNorm: gradientNorm / count };
}
