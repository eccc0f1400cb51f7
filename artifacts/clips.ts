/** Videos. */

import { z } from "zod";
import type { ArtifactKind } from "./artifact.ts";
import { readEncoded, readMetadata } from "./metadata_file.ts";
import { decodeNpy, encodeNpy } from "./npy.ts";
import { decodeLabels, decodePixels, splitSchema } from "./pixels.ts";
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
  /** Category of each clip, or absent. */
  readonly labels?: Int32Array;
  /** Names of the categories 0, 1, ..., where labels have names. */
  readonly classes?: readonly string[];
  /**
   * `[clip, time, conditionSize]`: what is known beside each frame, as the actions of a robot; or absent.
   * Row t belongs to frame t.
   */
  readonly conditions?: Float32Array;
  /** Numbers of one row; there with `conditions` and only then. */
  readonly conditionSize?: number;
}

/** `frames.npy`, `clips.json` and, where there are such, `labels.npy` and `conditions.npy`. */
export const clipsKind: ArtifactKind<Clips> = {
  id: "clips",
  version: 1,
  summary: "Videos, uint8 or float32, with split, context length and samples per clip",
  encode(clips) {
    const { frames, shape, split, contextFrames, samplesPerClip, source, classes } = clips;
    const { labels, conditions, conditionSize } = clips;
    const metadata = {
      split,
      contextFrames,
      samplesPerClip,
      source,
      // Absent fields write nothing: the bytes of clips without them are those of older versions.
      ...(labels !== undefined && { labelled: true }),
      ...(classes !== undefined && { classes }),
      ...(conditionSize !== undefined && { conditionSize }),
    };
    const files = new Map<string, Uint8Array>([
      ["clips.json", stableJson(metadata)],
      ["frames.npy", encodeNpy(shape, frames)],
    ]);
    const [count, time] = shape;
    if (labels !== undefined) files.set("labels.npy", encodeNpy([count], labels));
    if ((conditions === undefined) !== (conditionSize === undefined)) throw oneOfTwo(conditionSize);
    if (conditions !== undefined && conditionSize !== undefined) {
      files.set("conditions.npy", encodeNpy([count, time, conditionSize], conditions));
    }
    return files;
  },
  async decode(files) {
    const { labelled, conditionSize, classes, ...metadata } = await readMetadata(
      files,
      "clips.json",
      clipsMetadata,
    );
    const { shape, data } = await readEncoded(files, "frames.npy", decodePixels);
    const [clip = 0, time = 0, height = 0, width = 0, channel, ...rest] = shape;
    if (channel === undefined || rest.length > 0) throw wrongShape(shape);
    return {
      frames: data,
      shape: [clip, time, height, width, channel],
      ...metadata,
      ...(labelled && {
        labels: await readEncoded(files, "labels.npy", (bytes) => decodeLabels(bytes, clip)),
      }),
      ...(classes !== undefined && { classes }),
      ...(conditionSize !== undefined && {
        conditions: await readEncoded(files, "conditions.npy", (bytes) => {
          return decodeConditions(bytes, [clip, time, conditionSize]);
        }),
        conditionSize,
      }),
    };
  },
};

const clipsMetadata = z.strictObject({
  split: splitSchema,
  contextFrames: z.int().nonnegative(),
  samplesPerClip: z.int().positive(),
  source: z.string(),
  labelled: z.literal(true).optional(),
  classes: z.array(z.string()).optional(),
  conditionSize: z.int().positive().optional(),
});

function decodeConditions(bytes: Uint8Array, wanted: readonly number[]): Float32Array {
  const { shape, data } = decodeNpy(bytes);
  if (data instanceof Float32Array && shape.join() === wanted.join()) return data;
  throw new SyntaxError(
    `conditions must be float32 [${wanted}], but they are ${data.constructor.name} [${shape}]`,
  );
}

function oneOfTwo(conditionSize: number | undefined): RangeError {
  const there = conditionSize === undefined ? "conditions" : "conditionSize";
  return new RangeError(
    `Cannot write clips: conditions and conditionSize must come together, but there is only ${there}`,
  );
}

function wrongShape(shape: readonly number[]): SyntaxError {
  return new SyntaxError(
    `Cannot read "frames.npy": its shape must be [clip, time, height, width, channel], but it is [${shape}]`,
  );
}
