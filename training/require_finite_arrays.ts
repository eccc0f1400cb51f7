/** Keeps numbers that are no numbers out of what is saved. */

import type { NamedArrays } from "../artifacts/weights.ts";

/**
 * A step may overflow a parameter although its loss and its gradients are finite: only the next step
 * would notice, and a checkpoint or a result between the two would be worthless.
 * @param what "save a checkpoint after step 10".
 * @param lastCheckpoint Step of the newest checkpoint, if there is one.
 * @throws {Error} Naming the first array with a value that is not finite.
 */
export function requireFiniteArrays(
  what: string,
  arrays: Readonly<Record<string, NamedArrays>>,
  lastCheckpoint: number | undefined,
): void {
  for (const [group, named] of Object.entries(arrays)) {
    for (const [name, { data }] of Object.entries(named)) {
      const bad = countNotFinite(data);
      if (bad === 0) continue;
      throw new Error(
        `Cannot ${what}: all numbers must be finite, but ${bad} of ${data.length} in ${group} ` +
          `"${name}" are not, although loss and gradients were. ` +
          (lastCheckpoint === undefined
            ? "There is no checkpoint. "
            : `The last checkpoint is that of step ${lastCheckpoint}. `) +
          "A lower learning rate may help",
      );
    }
  }
}

/** How many values are infinite or no numbers. */
export function countNotFinite(data: ArrayLike<number>): number {
  // The sum of finite float32 values stays finite in float64, so one addition each tells most of it.
  let sum = 0;
  for (let i = 0; i < data.length; i++) sum += data[i]!;
  if (Number.isFinite(sum)) return 0;
  let count = 0;
  for (let i = 0; i < data.length; i++) if (!Number.isFinite(data[i])) count++;
  return count;
}
