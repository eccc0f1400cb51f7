/** The one rule that keeps scores honest. */

import type { Split } from "../../artifacts/clips.ts";

/**
 * Stops a training stage that was given test data, for training or for choosing among models.
 * @throws {Error} Naming stage, input and data.
 */
export function refuseTestSplit(
  stage: string,
  inputs: Readonly<
    Record<string, { readonly split: Split; readonly source: string } | undefined>
  >,
): void {
  for (const [name, input] of Object.entries(inputs)) {
    if (input?.split !== "test") continue;
    throw new Error(
      `Cannot run "${stage}": input "${name}" must be training or validation data, but "${input.source}" ` +
        "is the test split",
    );
  }
}
