/** Clips from codes, in batches. */

import { interpolateNoise } from "../../diffusion/interpolate_noise.ts";
import type { Engine } from "../../engine/engine.ts";
import type { BatchNormMode } from "../../models/layers/batch_norm.ts";
import type { MocoganConfig } from "../../models/mocogan/config.ts";
import { clipNoise, generateClips } from "../../models/mocogan/video_generator.ts";
import type { Parameters } from "../../models/parameters.ts";
import { normals, Stream } from "../../numerics/random.ts";
import { disposeAll, toDevice } from "../../training/host_tensor.ts";

/** Where a clip takes its codes from: numbers of clips, whose own codes these are. */
export interface ClipSource {
  /** Whose content: a clip, or two and the share of the way from the first to the second. */
  readonly content: number | { readonly from: number; readonly to: number; readonly share: number };
  /** Whose path. */
  readonly motion: number;
  /** Index of the category; unread where there are none. */
  readonly category: number;
}

export interface ClipSamplerOptions {
  readonly config: MocoganConfig;
  readonly frames: number;
  readonly batchNorm: BatchNormMode;
  /** Clips drawn together. */
  readonly batch: number;
}

/** Two draws of each clip: what it shows, and how it moves. */
const CONTENT = 0;
const MOTION = 1;

/** Compiles once; `draw` gives clips `[clip, frames, size, size, channels]` in [−1, 1]. */
export function createClipSampler(engine: Engine, options: ClipSamplerOptions) {
  const { config, frames, batchNorm: mode, batch } = options;
  const { size, channels, categories, content, motion } = config;
  const program = engine.jit(
    (parameters: Parameters, noise: Parameters) =>
      generateClips(parameters, config, clipNoise(noise), { frames, mode }).output,
    { name: `clips of ${frames} frames` },
  );
  const length = frames * size * size * channels;
  const moments = motion.noise === "same" ? 1 : frames;

  function codesOf(seed: bigint, sources: readonly ClipSource[]) {
    const rows = (width: number, of: (source: ClipSource) => Float32Array) => {
      const data = new Float32Array(sources.length * width);
      for (const [i, source] of sources.entries()) data.set(of(source), i * width);
      return data;
    };
    const contentOf = (lane: number) =>
      normals({ seed, stream: Stream.sampling, step: CONTENT, lane }, content);
    // One sequence for a path: its start, then a moment after the other, so that longer clips begin alike.
    const pathOf = ({ motion: lane }: ClipSource) =>
      normals({ seed, stream: Stream.sampling, step: MOTION, lane }, (1 + moments) * motion.size);
    const count = sources.length;
    return {
      content: {
        shape: [count, content],
        data: rows(content, ({ content: own }) => {
          if (typeof own === "number") return contentOf(own);
          const [a, b] = [contentOf(own.from), contentOf(own.to)];
          return interpolateNoise(a, b, own.share);
        }),
      },
      noise: {
        shape: [count, moments, motion.size],
        data: rows(moments * motion.size, (source) => pathOf(source).subarray(motion.size)),
      },
      ...(motion.hidden === null
        ? {
          start: {
            shape: [count, motion.size],
            data: rows(motion.size, (source) => pathOf(source).subarray(0, motion.size)),
          },
        }
        : {}),
      ...(categories > 0
        ? {
          category: {
            shape: [count, categories],
            data: rows(
              categories,
              ({ category }) =>
                Float32Array.from({ length: categories }, (_, k) => k === category ? 1 : 0),
            ),
          },
        }
        : {}),
    };
  }

  return {
    /**
     * Draws one clip for each source, which depends on the seed and the source alone.
     * @param watch.progress Called with the clips that are done.
     */
    async draw(
      parameters: Parameters,
      seed: bigint,
      sources: readonly ClipSource[],
      watch: { readonly signal?: AbortSignal; readonly progress?: (done: number) => void } = {},
    ): Promise<Float32Array> {
      const result = new Float32Array(sources.length * length);
      for (let first = 0; first < sources.length; first += batch) {
        watch.signal?.throwIfAborted();
        const own = sources.slice(first, first + batch);
        // One program serves all batches: the last is filled up with what it has, and cut off.
        const filled = Array.from({ length: batch }, (_, i) => own[Math.min(i, own.length - 1)]!);
        const noise = toDevice(codesOf(seed, filled));
        try {
          const clips = await program(parameters, noise);
          const values = Float32Array.from(await clips.data());
          clips.dispose();
          result.set(values.subarray(0, own.length * length), first * length);
        } finally {
          disposeAll(noise);
        }
        watch.progress?.(Math.min(first + batch, sources.length));
      }
      return result;
    },
    dispose: () => program.dispose(),
  };
}
