/** What stages showed last while they worked. */

import type { PreviewRecord } from "../pipelines/run_record.ts";

/** The previews of each stage that came with its last one's step, in the order in which they came. */
export function lastPreviews(previews: readonly PreviewRecord[]): readonly PreviewRecord[] {
  return previews.filter(({ stage, step }) =>
    step === previews.findLast((other) => other.stage === stage)?.step
  );
}
