/** Free-running prediction with the next-frame predictor alone. */

import * as tf from "@tensorflow/tfjs-core";
import type { Clips } from "../../artifacts/clips.ts";
import type { Engine } from "../../engine/engine.ts";
import {
  initialHidden,
  nextFrame,
  type NextFrameConfig,
  type NextFrameHidden,
} from "../../models/next_frame.ts";
import type { Parameters } from "../../models/parameters.ts";

/** What happens to one clip at a time; the rest of the batch cannot change it. */
export interface ClipPredictor {
  /**
   * Shows the context frames and predicts the rest, each from the one predicted before.
   * @returns Frames in [0, 1], in the shape of `clips`: context as given, then predictions.
   */
  predict(parameters: Parameters, clips: Clips): Promise<Float32Array>;
  dispose(): void;
}

/**
 * Compiles one step of the predictor; memory does not grow with the length of clips.
 * @param batch Clips predicted together; the last batch is filled up.
 */
export function createClipPredictor(
  engine: Engine,
  config: NextFrameConfig,
  { batch, signal }: { readonly batch: number; readonly signal?: AbortSignal },
): ClipPredictor {
  const step = engine.jit(
    (parameters: Parameters, frame: tf.Tensor, hidden: NextFrameHidden) => {
      const { mean, hidden: next } = nextFrame(parameters, config, frame, hidden);
      return { mean, hidden: next };
    },
    { name: "next frame", donate: [2] },
  );
  return { predict, dispose: () => step.dispose() };

  async function predict(parameters: Parameters, clips: Clips): Promise<Float32Array> {
    const [count] = clips.shape;
    const result = toUnit(clips.frames);
    for (let first = 0; first < count; first += batch) {
      await predictBatch(parameters, clips, { first, result });
    }
    return result;
  }

  async function predictBatch(
    parameters: Parameters,
    { shape, contextFrames }: Clips,
    { first, result }: { readonly first: number; readonly result: Float32Array },
  ): Promise<void> {
    const [count, time, height, width, channels] = shape;
    const size = height * width * channels;
    const real = Math.min(batch, count - first);
    const place = (clip: number, frame: number) => ((first + clip) * time + frame) * size;
    let hidden = initialHidden(config, { batch, height, width });
    for (let t = 0; t < time - 1; t++) {
      signal?.throwIfAborted();
      const values = new Float32Array(batch * size);
      for (let clip = 0; clip < batch; clip++) {
        const from = place(Math.min(clip, real - 1), t);
        values.set(result.subarray(from, from + size), clip * size);
      }
      const frame = tf.tensor(values, [batch, height, width, channels]);
      const next = await step(parameters, frame, hidden);
      frame.dispose();
      hidden = next.hidden;
      if (t + 1 >= contextFrames) {
        const mean = await next.mean.data();
        for (let clip = 0; clip < real; clip++) {
          result.set(mean.slice(clip * size, (clip + 1) * size), place(clip, t + 1));
        }
      }
      next.mean.dispose();
    }
    for (const state of Object.values(hidden)) state.dispose();
  }
}

/** uint8 stands for value / 255; the result is a copy. */
function toUnit(frames: Uint8Array | Float32Array): Float32Array {
  return frames instanceof Uint8Array
    ? Float32Array.from(frames, (value) => value / 255)
    : frames.slice();
}
