/** Which clips a training step sees. */

import type { Clips } from "../../artifacts/clips.ts";
import { integers, permutation, Stream } from "../../numerics/random.ts";
import type { HostTensor } from "../../training/host_tensor.ts";

export interface BatchPlace {
  readonly step: number;
  /** Clips seen in all steps before. */
  readonly seen: number;
  readonly batch: number;
  /** Length of the window cut from each clip, at a random start. */
  readonly frames: number;
}

/**
 * Draws batches of clips: each epoch is a fresh permutation, and a batch may span two epochs.
 *
 * Pure in (seed, place), so that training resumes with the clips it would have seen.
 * @param options.conditions Also give the conditions of the same clips and frames.
 * @returns A function that gives one tensor `[batch, height, width, channel]` in [0, 1] per frame, as
 * `frame0`, `frame1`, ..., and with conditions `[batch, conditionSize]` as `condition0`, ...
 * @throws {Error} When conditions are asked for and the clips have none.
 */
export function clipBatches(
  clips: Clips,
  seed: bigint,
  options: { readonly conditions?: boolean } = {},
): (place: BatchPlace) => Record<string, HostTensor> {
  const conditions = options.conditions === true ? conditionsOf(clips) : undefined;
  const [count, time, height, width, channels] = clips.shape;
  const size = height * width * channels;
  const scale = clips.frames instanceof Uint8Array ? 1 / 255 : 1;
  let current: { epoch: number; order: Int32Array } = { epoch: -1, order: new Int32Array() };
  return ({ step, seen, batch, frames }) => {
    if (frames > time) {
      throw new RangeError(
        `Cannot train on windows of ${frames} frames: "${clips.source}" has clips of ${time}`,
      );
    }
    const tensors = Array.from({ length: frames }, () => new Float32Array(batch * size));
    const known = tensors.map(() => new Float32Array(batch * (conditions?.size ?? 0)));
    for (let lane = 0; lane < batch; lane++) {
      const clip = clipAt(seen + lane);
      const draw = { seed, stream: Stream.augmentation, step, lane };
      const start = integers(draw, 1, time - frames + 1)[0] ?? 0;
      tensors.forEach((tensor, t) => {
        const from = (clip * time + start + t) * size;
        for (let i = 0; i < size; i++) tensor[lane * size + i] = clips.frames[from + i]! * scale;
        if (conditions) known[t]!.set(conditions.of(clip, start + t), lane * conditions.size);
      });
    }
    const shape = [batch, height, width, channels];
    const drawn = Object.fromEntries(tensors.map((data, t) => [`frame${t}`, { shape, data }]));
    if (!conditions) return drawn;
    const rows = known.map((data, t) =>
      [`condition${t}`, { shape: [batch, conditions.size], data }] as const
    );
    return { ...drawn, ...Object.fromEntries(rows) };
  };

  function clipAt(index: number): number {
    const epoch = Math.floor(index / count);
    if (epoch !== current.epoch) {
      current = { epoch, order: permutation({ seed, stream: Stream.shuffle, step: epoch }, count) };
    }
    return current.order[index % count]!;
  }
}

function conditionsOf({ conditions, conditionSize: size, shape, source }: Clips) {
  if (conditions === undefined || size === undefined) {
    throw new Error(
      `Cannot train on conditions: "${source}" has none beside its frames`,
    );
  }
  const of = (clip: number, frame: number) => {
    const from = (clip * shape[1] + frame) * size;
    return conditions.subarray(from, from + size);
  };
  return { size, of };
}
