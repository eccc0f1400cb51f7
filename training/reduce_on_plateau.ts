/** A learning rate that falls when a metric stops getting better. */

/** The settings of `ReduceLROnPlateau` of PyTorch. */
export interface PlateauRule {
  /** "min": smaller metrics are better. */
  readonly mode: "min" | "max";
  /** Of the rate, when it falls. */
  readonly factor: number;
  /** Epochs without progress that are borne. */
  readonly patience: number;
  /** What counts as progress: a share of the best metric ("rel") or a difference to it ("abs"). */
  readonly threshold: number;
  /**
   * With "rel" and metrics below 0, PyTorch's rule asks for less than the best metric; "abs" is right
   * for those.
   */
  readonly thresholdMode: "rel" | "abs";
  /** Epochs after a fall in which none counts as bad. */
  readonly cooldown: number;
  readonly minRate: number;
  /** A fall by no more than this is not made. */
  readonly epsilon: number;
}

export interface PlateauState {
  /** Infinite at first. */
  readonly best: number;
  /** Epochs without progress since the best, the last fall or the cooldown. */
  readonly badEpochs: number;
  /** Epochs of cooldown that are left. */
  readonly cooldown: number;
}

/** PyTorch's defaults. */
export const plateauDefaults: PlateauRule = {
  mode: "min",
  factor: 0.1,
  patience: 10,
  threshold: 1e-4,
  thresholdMode: "rel",
  cooldown: 0,
  minRate: 0,
  epsilon: 1e-8,
};

/** Before the first epoch. */
export function firstPlateauState({ mode }: PlateauRule): PlateauState {
  return { best: mode === "min" ? Infinity : -Infinity, badEpochs: 0, cooldown: 0 };
}

/**
 * What an epoch's metric makes of the state and of the rate; a metric that is no number counts as bad.
 *
 * Accuracy: traces of torch 2.15 to the last bit.
 */
export function reduceOnPlateau(
  rule: PlateauRule,
  before: PlateauState,
  metric: number,
  rate: number,
): { readonly state: PlateauState; readonly rate: number } {
  const isProgress = isBetter(rule, metric, before.best);
  const best = isProgress ? metric : before.best;
  const isCooling = before.cooldown > 0;
  const cooldown = isCooling ? before.cooldown - 1 : 0;
  const badEpochs = isProgress || isCooling ? 0 : before.badEpochs + 1;
  if (badEpochs <= rule.patience) return { state: { best, badEpochs, cooldown }, rate };
  const lower = Math.max(rate * rule.factor, rule.minRate);
  return {
    state: { best, badEpochs: 0, cooldown: rule.cooldown },
    rate: rate - lower > rule.epsilon ? lower : rate,
  };
}

function isBetter(
  { mode, threshold, thresholdMode }: PlateauRule,
  metric: number,
  best: number,
): boolean {
  if (mode === "min") {
    return metric < (thresholdMode === "rel" ? best * (1 - threshold) : best - threshold);
  }
  return metric > (thresholdMode === "rel" ? best * (1 + threshold) : best + threshold);
}
