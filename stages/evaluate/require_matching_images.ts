/** Checks that sets of images belong together. */

import type { Images } from "../../artifacts/images.ts";

/**
 * @throws {Error} Naming both inputs and the shapes that do not fit, or an input of fewer than two images.
 */
export function requireMatchingImages(
  inputs: Readonly<Record<"generated" | "reference", Images>> & {
    readonly train?: Images | undefined;
  },
): void {
  const { reference } = inputs;
  for (const [name, images] of Object.entries(inputs)) {
    if (!images) continue;
    if (describe(images) !== describe(reference)) {
      throw new Error(
        `Cannot score images: input "${name}" must hold images of ${
          describe(reference)
        }, as input ` +
          `"reference" does, but "${images.source}" has ${describe(images)}`,
      );
    }
    if (images.shape[0] >= 2) continue;
    throw new Error(
      `Cannot score images: input "${name}" must hold at least 2 images, but "${images.source}" ` +
        `has ${images.shape[0]}`,
    );
  }
}

function describe({ shape: [, height, width, channels] }: Images): string {
  return `${height}x${width} pixels and ${channels} channel${channels === 1 ? "" : "s"}`;
}
