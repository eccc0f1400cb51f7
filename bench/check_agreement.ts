/** Whether two contestants compute the same. */

import type { Ready } from "./measurement.ts";

/** Relative; of the first loss, and of those after one and two steps of AdamW, which amplifies rounding. */
const tolerances = [1e-5, 1e-4, 1e-4];

/** @returns What differs, or nothing. */
export function checkAgreement(reference: Ready, found: Ready): string | undefined {
  if (found.parameters !== reference.parameters) {
    return `it has ${found.parameters} parameters instead of ${reference.parameters}`;
  }
  for (const [k, tolerance] of tolerances.entries()) {
    const [expected = NaN, loss = NaN] = [reference.losses[k], found.losses[k]];
    if (Math.abs(loss - expected) <= tolerance * Math.abs(expected)) continue;
    return `its loss ${k === 0 ? "" : `after ${k} steps `}is ${loss} instead of ${expected}`;
  }
  return undefined;
}
