/** The one place that imports pngjs 7, which ships no types. */

import type { Buffer } from "node:buffer";
import { PNG as pngjs } from "pngjs";

/** What we use of it. */
interface PngLibrary {
  readonly sync: {
    write(
      image: { readonly width: number; readonly height: number; readonly data: Buffer },
      options: {
        readonly colorType: number;
        readonly inputColorType: number;
        readonly inputHasAlpha: boolean;
        readonly deflateLevel: number;
        readonly deflateStrategy: number;
        readonly filterType: number;
      },
    ): Uint8Array;
    /** RGBA, 8 bits, whatever the file holds. */
    read(bytes: Buffer): {
      readonly width: number;
      readonly height: number;
      readonly data: Uint8Array;
    };
  };
}

// What TypeScript infers from its sources depends on what else is checked.
export const png = pngjs as unknown as PngLibrary;
