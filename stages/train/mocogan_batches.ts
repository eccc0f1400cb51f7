/** What MoCoGAN's players see in an update. */

import type { Clips } from "../../artifacts/clips.ts";
import type { MocoganConfig } from "../../models/mocogan/config.ts";
import { imageDiscriminatorUniforms } from "../../models/mocogan/image_discriminator.ts";
import { videoDiscriminatorUniforms } from "../../models/mocogan/video_discriminator.ts";
import { deriveSeed, integers, normals, Stream, uniforms } from "../../numerics/random.ts";
import type { HostTensor } from "../../training/host_tensor.ts";
import { clipWindows } from "./clip_windows.ts";

type HostTensors = Readonly<Record<string, HostTensor>>;

export interface MocoganBatchSizes {
  readonly imageBatch: number;
  readonly videoBatch: number;
  /** What the video discriminator learns categories from; only "labels" needs those of the clips. */
  readonly categoriesFrom: "labels" | "fakes" | "nothing";
}

/** Batches of each player, pure in (seed, update). */
export interface MocoganBatches {
  readonly image: (update: number) => HostTensors;
  readonly video: (update: number) => HostTensors;
  readonly generator: (update: number) => HostTensors;
}

/**
 * Real data in [−1, 1], standard normal codes, one-hot categories, uniform numbers for the discriminators' noise.
 *
 * Each player goes through the clips in an order of its own, a fresh one in each epoch. A frame is drawn from its
 * clip, a window of clips that are longer than the network's.
 */
export function mocoganBatches(
  clips: Clips,
  config: MocoganConfig,
  seed: bigint,
  { imageBatch, videoBatch, categoriesFrom }: MocoganBatchSizes,
): MocoganBatches {
  const forImages = imageDiscriminatorUniforms(config, imageBatch);
  const forVideos = videoDiscriminatorUniforms(config, videoBatch);
  const [image, video, generator] = ["image judge", "video judge", "generator"].map((name) =>
    deriveSeed(seed, name)
  ) as [bigint, bigint, bigint];
  const range = [-1, 1] as const;
  const frames = clipWindows(clips, image, { batch: imageBatch, frames: 1, range });
  const windows = clipWindows(clips, video, { batch: videoBatch, frames: config.frames, range });
  const isTold = config.videoDiscriminator === "categorical" && categoriesFrom === "labels";
  return {
    image: (update) => ({
      real: squeezeTime(frames(update).windows),
      ...codes(config, image, update, imageBatch),
      ...chosenFrames(config, image, update, imageBatch),
      ...draws(forImages, image, update, ["real", "fake"]),
    }),
    video: (update) => ({
      ...realClips(update),
      ...codes(config, video, update, videoBatch),
      ...draws(forVideos, video, update, ["real", "fake"]),
    }),
    generator(update) {
      const [still, moving] = [deriveSeed(generator, "frames"), deriveSeed(generator, "clips")];
      return {
        ...prefix("frames", {
          ...codes(config, still, update, imageBatch),
          ...chosenFrames(config, still, update, imageBatch),
          ...draws(forImages, still, update, ["fake"]),
        }),
        ...prefix("clips", {
          ...codes(config, moving, update, videoBatch),
          ...draws(forVideos, moving, update, ["fake"]),
        }),
      };
    },
  };

  /** `real`, and one-hot `labels` where they are needed. */
  function realClips(update: number): HostTensors {
    const { chosen, windows: real } = windows(update);
    if (!isTold || !clips.labels) return { real };
    const labels = chosen.map((clip) => clips.labels![clip]!);
    return { real, labels: oneHot(labels, config.categories) };
  }
}

/** Codes of `count` clips: `content`, `start`, `noise` and, where there are categories, `category`. */
export function codes(
  { content, motion, categories, frames }: Pick<
    MocoganConfig,
    "content" | "motion" | "categories" | "frames"
  >,
  seed: bigint,
  update: number,
  count: number,
): HostTensors {
  const moments = motion.noise === "same" ? 1 : frames;
  const draw = (lane: number, ...shape: readonly number[]): HostTensor => {
    const size = shape.reduce((product, n) => product * n, 1);
    return { shape, data: normals({ seed, stream: Stream.noise, step: update, lane }, size) };
  };
  return {
    content: draw(0, count, content),
    noise: draw(1, count, moments, motion.size),
    ...(motion.hidden === null ? { start: draw(2, count, motion.size) } : {}),
    ...(categories > 0
      ? {
        category: oneHot(
          integers({ seed, stream: Stream.selection, step: update }, count, categories),
          categories,
        ),
      }
      : {}),
  };
}

/** `[row, categories]` of 0 and 1. */
export function oneHot(classes: Int32Array, categories: number): HostTensor {
  const data = new Float32Array(classes.length * categories);
  for (const [row, label] of classes.entries()) data[row * categories + label] = 1;
  return { shape: [classes.length, categories], data };
}

function chosenFrames(
  { frames }: MocoganConfig,
  seed: bigint,
  update: number,
  count: number,
): HostTensors {
  const draw = { seed, stream: Stream.timestep, step: update };
  return { chosen: oneHot(integers(draw, count, frames), frames) };
}

function draws(
  shapes: Readonly<Record<string, readonly number[]>>,
  seed: bigint,
  update: number,
  kinds: readonly string[],
): HostTensors {
  return Object.fromEntries(kinds.flatMap((kind) =>
    Object.entries(shapes).map(([name, shape]) => {
      const key = { seed: deriveSeed(seed, `${kind} ${name}`), stream: Stream.dropout };
      const size = shape.reduce((product, n) => product * n, 1);
      return [`${kind}.${name}`, { shape, data: uniforms({ ...key, step: update }, size) }];
    })
  ));
}

/** `[batch, 1, height, width, channel] -> [batch, height, width, channel]`. */
function squeezeTime({ shape, data }: HostTensor): HostTensor {
  return { shape: [shape[0]!, ...shape.slice(2)], data };
}

function prefix(name: string, tensors: HostTensors): HostTensors {
  return Object.fromEntries(
    Object.entries(tensors).map(([key, tensor]) => [`${name}.${key}`, tensor]),
  );
}
