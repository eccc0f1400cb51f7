/** Still images. */

import type { Split } from "./clips.ts";

export interface Images {
  /** `[image, height, width, channel]`, row major; uint8 stands for value / 255. */
  readonly pixels: Uint8Array | Float32Array;
  readonly shape: readonly [image: number, height: number, width: number, channel: number];
  /** Class of each image, or absent. */
  readonly labels?: Int32Array;
  readonly split: Split;
  readonly source: string;
}
