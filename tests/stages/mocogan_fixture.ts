/** A MoCoGAN of 16x16 pixels that trains in seconds. */

import type { Clips } from "../../artifacts/clips.ts";
import type { MediaItem } from "../../artifacts/media.ts";
import type { Weights } from "../../artifacts/weights.ts";
import type { CheckpointSlot, Progress } from "../../pipelines/stage.ts";
import { trainMocogan } from "../../stages/train/mocogan.ts";
import type { MocoganParams } from "../../stages/train/mocogan_params.ts";
import { input, stageContext } from "../support/stage_context.ts";

/** Bright squares of one colour each that go to the right or down: uint8 `[count, 8, 16, 16, 3]`. */
export function squareClips(split: Clips["split"] = "train", count = 8): Clips {
  const [frames, size] = [8, 16];
  const pixels = new Uint8Array(count * frames * size * size * 3);
  for (let clip = 0; clip < count; clip++) {
    for (let t = 0; t < frames; t++) {
      const held = 2 + (3 * clip) % 8;
      const [left, top] = clip % 2 === 0 ? [t + 1, held] : [held, t + 1];
      for (let y = top; y < top + 5; y++) {
        for (let x = left; x < left + 5; x++) {
          const at = (((clip * frames + t) * size + y) * size + x) * 3;
          pixels[at + (clip >> 1) % 3] = 255;
        }
      }
    }
  }
  return {
    frames: pixels,
    shape: [count, frames, size, size, 3],
    split,
    contextFrames: 0,
    samplesPerClip: 1,
    source: "squares",
    labels: Int32Array.from({ length: count }, (_, i) => i % 2),
    classes: ["right", "down"],
  };
}

export interface TinyMocoganRun {
  readonly clips?: Clips;
  readonly seed?: bigint;
  readonly preview?: (item: MediaItem) => void;
  readonly progress?: (progress: Progress) => void;
  readonly checkpoint?: CheckpointSlot;
  readonly signal?: AbortSignal;
}

/** Trains networks of a few thousand parameters. */
export async function trainTinyMocogan(
  params: Partial<MocoganParams> = {},
  { clips = squareClips(), seed, ...run }: TinyMocoganRun = {},
) {
  const { context } = stageContext({ backend: "onnx", threads: 1 }, seed);
  return await trainMocogan.run({
    ...context,
    ...run,
    params: trainMocogan.params.parse({
      content: 4,
      motion: 3,
      generatorWidth: 4,
      discriminatorWidth: 4,
      frames: 8,
      steps: 2,
      imageBatch: 4,
      videoBatch: 2,
      previews: 0,
      ...params,
    }),
    inputs: { clips: input(clips) },
  });
}

/** Weights of a freshly trained model. */
export async function tinyMocogan(params: Partial<MocoganParams> = {}): Promise<Weights> {
  return (await trainTinyMocogan(params)).weights;
}
