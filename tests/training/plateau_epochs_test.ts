import assert from "node:assert/strict";
import {
  advanceEpoch,
  type EpochState,
  firstEpochState,
  type PlateauOptions,
} from "../../training/plateau_epochs.ts";

/** The scale after each step, whose rate is `base` of the step times the scale then. */
function scalesOf(
  options: PlateauOptions,
  evaluations: readonly (number | undefined)[],
  base: (step: number) => number = () => 1,
): number[] {
  let state: EpochState = firstEpochState(options);
  return evaluations.map((value, index) => {
    const learningRate = base(index) * state.scale;
    const evaluated: Record<string, number> = value === undefined ? {} : { psnr: value };
    state = advanceEpoch(options, state, { step: index + 1, loss: 1, learningRate, evaluated });
    return state.scale;
  });
}

const options: PlateauOptions = {
  stepsPerEpoch: 2,
  metric: "psnr",
  mode: "max",
  patience: 0,
  factor: 0.5,
};

Deno.test("advanceEpoch() looks at the last evaluation of an epoch, at its end", () => {
  // Epochs: 20; 30 (the 10 before it is not the last); 25, seen in the middle: bad.
  const scales = scalesOf(options, [undefined, 20, 10, 30, 25, undefined]);
  assert.deepEqual(scales, [1, 1, 1, 1, 1, 0.5]);
});

Deno.test("advanceEpoch() does not count an epoch without an evaluation, and no old one twice", () => {
  const nothing = Array<undefined>(6).fill(undefined);
  assert.deepEqual(scalesOf(options, [20, undefined, ...nothing]), Array(8).fill(1));
});

Deno.test("advanceEpoch() scales a policy, and takes its least rate for the product's", () => {
  // The policy halves by itself at step 4: rates 1, then 0.5; then scale 0.5 gives 0.25; 0.2 is the least.
  const base = (step: number) => step < 4 ? 1 : 0.5;
  const scales = scalesOf({ ...options, minRate: 0.2 }, [1, 1, 1, 1, 1, 1, 1, 1], base);
  assert.deepEqual(scales, [1, 1, 1, 0.5, 0.5, 0.4, 0.4, 0.4]);
});
