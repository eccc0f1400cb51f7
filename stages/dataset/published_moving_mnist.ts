/** The published Moving MNIST test clips. */

import type { Clips } from "../../artifacts/clips.ts";
import { decodeNpy } from "../../artifacts/npy.ts";
import type { CheckpointSlot, Progress } from "../../pipelines/stage.ts";
import { download } from "./download.ts";

const url = "http://www.cs.toronto.edu/~nitish/unsupervised_video/mnist_test_seq.npy";
/** The only digest that was ever published, by torchvision. */
const md5 = "be083ec986bfe91a449d63653c411eb2";
/** Time first. */
const shape = [20, 10_000, 64, 64] as const;
const dataBytes = shape[0] * shape[1] * shape[2] * shape[3];

/** Downloads mnist_test_seq.npy, 782 MiB; what has arrived survives a killed run. */
export function fetchPublishedClips(
  context: {
    readonly checkpoint: CheckpointSlot;
    readonly signal: AbortSignal;
    readonly progress: (progress: Progress) => void;
  },
): Promise<Uint8Array> {
  return download({
    ...context,
    url,
    digest: { algorithm: "md5", hex: md5 },
    // The data and the header of the format's first version, which is at most 64 KiB.
    maxBytes: dataBytes + 2 ** 16,
    offlineHint: 'give a copy of the file with "testFile", or leave "testDownload" off',
  });
}

/**
 * The first clips and frames of the published file.
 * @throws {Error} When the bytes are another array.
 */
export function parsePublishedClips(bytes: Uint8Array, choice: Choice): Clips {
  const { shape: found, data } = decodeNpy(bytes);
  if (!(data instanceof Uint8Array) || found.join() !== shape.join()) {
    throw new Error(
      `Cannot use the published test clips: the array must be uint8 [${
        shape.join(", ")
      }], but is ` +
        `${data.constructor.name} [${found.join(", ")}]`,
    );
  }
  return clipsFirst(data, shape, choice);
}

/** How many clips, how many of their frames, and how many of these a model is shown. */
export interface Choice {
  readonly test: number;
  readonly frames: number;
  readonly contextFrames: number;
}

/** `[time, clip, height, width] -> [clip, time, height, width, 1]`, the first ones of both. */
export function clipsFirst(
  data: Uint8Array,
  [, clips, height, width]: readonly [time: number, clip: number, height: number, width: number],
  { test, frames, contextFrames }: Choice,
): Clips {
  const area = height * width;
  const pixels = new Uint8Array(test * frames * area);
  for (let clip = 0; clip < test; clip++) {
    for (let time = 0; time < frames; time++) {
      const from = (time * clips + clip) * area;
      pixels.set(data.subarray(from, from + area), (clip * frames + time) * area);
    }
  }
  return {
    frames: pixels,
    shape: [test, frames, height, width, 1],
    split: "test",
    contextFrames,
    samplesPerClip: 1,
    source: "Moving MNIST, published test clips (mnist_test_seq.npy)",
  };
}
