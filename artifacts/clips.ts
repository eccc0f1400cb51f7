/** Videos. */

import { z } from "zod";
import type { ArtifactKind } from "./artifact.ts";
import { readEncoded, readMetadata } from "./metadata_file.ts";
import { encodeNpy } from "./npy.ts";
import { decodePixels, splitSchema } from "./pixels.ts";
import { stableJson } from "./stable_json.ts";

/** Which part of a data set clips belong to; training on `test` is refused. */
export type Split = "train" | "validation" | "test" | "generated";

export interface Clips {
  /** `[clip, time, height, width, channel]`, row major; uint8 stands for value / 255. */
  readonly frames: Uint8Array | Float32Array;
  readonly shape: readonly [
    clip: number,
    time: number,
    height: number,
    width: number,
    channel: number,
  ];
  readonly split: Split;
  /** Frames that a model is shown; the rest it must predict. 0 when nothing is fixed. */
  readonly contextFrames: number;
  /** Generated clips hold `samplesPerClip` samples of each reference clip, samples of one clip adjacent. */
  readonly samplesPerClip: number;
  /** What it is and where it comes from, for people: "Moving MNIST, 2 digits, deterministic". */
  readonly source: string;
}

/** `frames.npy` and `clips.json`. */
export const clipsKind: ArtifactKind<Clips> = {
  id: "clips",
  version: 1,
  summary: "Videos, uint8 or float32, with split, context length and samples per clip",
  encode({ frames, shape, split, contextFrames, samplesPerClip, source }) {
    return new Map<string, Uint8Array>([
      ["clips.json", stableJson({ split, contextFrames, samplesPerClip, source })],
      ["frames.npy", encodeNpy(shape, frames)],
    ]);
  },
  async decode(files) {
    const metadata = await readMetadata(files, "clips.json", clipsMetadata);
    const { shape, data } = await readEncoded(files, "frames.npy", decodePixels);
    const [clip, time, height, width, channel, ...rest] = shape;
    if (channel === undefined || rest.length > 0) throw wrongShape(shape);
    return {
      frames: data,
      shape: [clip ?? 0, time ?? 0, height ?? 0, width ?? 0, channel],
      ...metadata,
    };
  },
};

const clipsMetadata = z.strictObject({
  split: splitSchema,
  contextFrames: z.int().nonnegative(),
  samplesPerClip: z.int().positive(),
  source: z.string(),
});

function wrongShape(shape: readonly number[]): SyntaxError {
  return new SyntaxError(
    `Cannot read "frames.npy": its shape must be [clip, time, height, width, channel], but it is [${shape}]`,
  );
}
