/** Checks that generated and true clips belong together. */

import type { Clips } from "../../artifacts/clips.ts";

const AXES = ["clips", "frames", "height", "width", "channels"] as const;

/**
 * @throws {Error} Naming both inputs, the axis and the numbers that do not fit.
 */
export function requireMatchingClips(
  inputs: {
    readonly generated: Clips;
    readonly reference: Clips;
    readonly predictions?: Clips | undefined;
    readonly train?: Clips | undefined;
  },
): void {
  const { generated, reference, predictions, train } = inputs;
  if (reference.samplesPerClip !== 1) {
    throw new Error(
      `Cannot score clips: input "reference" must hold one video of each clip, but it holds ` +
        `${reference.samplesPerClip} samples ("${reference.source}")`,
    );
  }
  requireShape("generated", generated, reference, [0, 1, 2, 3, 4]);
  if (predictions) requireShape("predictions", predictions, reference, [0, 1, 2, 3, 4]);
  if (train) requireShape("train", train, reference, [2, 3, 4]);
}

function requireShape(
  name: string,
  clips: Clips,
  reference: Clips,
  axes: readonly number[],
): void {
  for (const axis of axes) {
    const factor = axis === 0 ? clips.samplesPerClip : 1;
    const expected = reference.shape[axis]! * factor;
    const found = clips.shape[axis]!;
    if (found === expected) continue;
    const each = factor === 1 ? "" : ` (${factor} samples of each of ${reference.shape[0]} clips)`;
    throw new Error(
      `Cannot score clips: input "${name}" must have ${expected} ${AXES[axis]}${each}, as input ` +
        `"reference" has ${reference.shape[axis]}, but it has ${found}`,
    );
  }
}
