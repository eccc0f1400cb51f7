/** Features of whole clips and of their frames, by a trained classifier. */

import type * as tf from "@tensorflow/tfjs-core";
import { z } from "zod";
import type { Clips } from "../../artifacts/clips.ts";
import type { FeatureExtractor } from "../../artifacts/feature_extractor.ts";
import type { Engine } from "../../engine/engine.ts";
import type { Features } from "../../metrics/features.ts";
import { clipFeatures, clipLogits } from "../../models/clip_classifier.ts";
import type { Parameters } from "../../models/parameters.ts";
import { disposeAll, toDevice } from "../../training/host_tensor.ts";

/** Clips that go through together; a result never depends on it. */
const BATCH = 16;

export interface ExtractedClips {
  /** One row for each clip. */
  readonly clips: Features;
  /** One row for each frame. */
  readonly frames: Features;
  /** The class that the network names for each clip. */
  readonly classes: Int32Array;
}

export interface ClipExtractor {
  extract(clips: Clips): Promise<ExtractedClips>;
  dispose(): void;
}

const configSchema = z.object({
  size: z.int().positive(),
  channels: z.int().positive(),
  classes: z.int().positive(),
  frameFeatures: z.int().positive(),
  clipFeatures: z.int().positive(),
});

/**
 * A classifier of clips, ready to take clips like these.
 * @throws {Error} When the extractor is another network, or takes other clips.
 */
export function openClipFeatures(
  engine: Engine,
  extractor: FeatureExtractor,
  like: Clips,
): ClipExtractor {
  const [, time, height, width, channels] = like.shape;
  if (extractor.model !== "clip_classifier") {
    throw new Error(
      'Cannot compute features of clips: the extractor must be of "clip_classifier", but it is of ' +
        `"${extractor.model}"`,
    );
  }
  const config = configSchema.parse(extractor.config);
  if (height !== config.size || width !== config.size || channels !== config.channels) {
    throw new Error(
      `Cannot compute features of clips: "${extractor.name}" takes frames of ${config.size}x` +
        `${config.size}x${config.channels}, but "${like.source}" has ${height}x${width}x${channels}`,
    );
  }
  const parameters = toDevice(extractor.parameters);
  const program = engine.jit((parameters: Parameters, clips: tf.Tensor) => {
    const { frames, clips: features } = clipFeatures(parameters, clips);
    return { frames, clips: features, logits: clipLogits(parameters, features) };
  }, { name: `features ${extractor.name}` });
  const length = time * height * width * channels;

  async function batchOf({ frames, shape }: Clips, first: number) {
    const scale = frames instanceof Uint8Array ? 1 / 255 : 1;
    const data = new Float32Array(BATCH * length);
    const own = frames.subarray(first * length, Math.min(first + BATCH, shape[0]) * length);
    for (let i = 0; i < own.length; i++) data[i] = clip(own[i]! * scale);
    const device = toDevice({ clips: { shape: [BATCH, time, height, width, channels], data } });
    try {
      const found = await program(parameters, device["clips"]!);
      const read = async (tensor: tf.Tensor) => Float32Array.from(await tensor.data());
      const values = {
        frames: await read(found.frames),
        clips: await read(found.clips),
        logits: await read(found.logits),
      };
      disposeAll(found);
      return values;
    } finally {
      disposeAll(device);
    }
  }

  return {
    async extract(clips) {
      const [count, frames] = clips.shape;
      if (frames !== time) {
        throw new RangeError(
          `Cannot compute features of clips: they must have ${time} frames, but "${clips.source}" has ${frames}`,
        );
      }
      const ofClips = new Float32Array(count * config.clipFeatures);
      const ofFrames = new Float32Array(count * time * config.frameFeatures);
      const classes = new Int32Array(count);
      for (let first = 0; first < count; first += BATCH) {
        const values = await batchOf(clips, first);
        fill(ofClips, values.clips, first * config.clipFeatures);
        fill(ofFrames, values.frames, first * time * config.frameFeatures);
        for (let i = first; i < Math.min(first + BATCH, count); i++) {
          const start = (i - first) * config.classes;
          const row = values.logits.subarray(start, start + config.classes);
          classes[i] = row.indexOf(row.reduce((a, b) => Math.max(a, b), -Infinity));
        }
      }
      return {
        clips: { data: ofClips, count, dimensions: config.clipFeatures },
        frames: { data: ofFrames, count: count * time, dimensions: config.frameFeatures },
        classes,
      };
    },
    dispose() {
      disposeAll(parameters);
      program.dispose();
    },
  };
}

function clip(value: number): number {
  return Math.min(1, Math.max(0, value));
}

/** The last batch has more rows than are left. */
function fill(target: Float32Array, values: Float32Array, start: number): void {
  target.set(values.subarray(0, Math.min(values.length, target.length - start)), start);
}
