/** Windows of clips as tensors. */

import type { Clips } from "../../artifacts/clips.ts";
import { integers, permutation, Stream } from "../../numerics/random.ts";
import type { HostTensor } from "../../training/host_tensor.ts";

export interface ClipWindows {
  /** Indices of the clips. */
  readonly chosen: Int32Array;
  /** `[batch, frames, height, width, channel]`. */
  readonly windows: HostTensor;
}

/**
 * Draws batches of windows: each epoch is a fresh permutation of the clips, the start of a window is random.
 *
 * Pure in (seed, update), so that training resumes with the windows it would have seen.
 * @param options.range Of the values that 0..1 become.
 * @throws {RangeError} When clips are shorter than windows.
 */
export function clipWindows(
  { frames: values, shape, source }: Clips,
  seed: bigint,
  { batch, frames, range: [low, high] }: {
    readonly batch: number;
    readonly frames: number;
    readonly range: readonly [low: number, high: number];
  },
): (update: number) => ClipWindows {
  const [count, time, height, width, channels] = shape;
  if (frames > time) {
    throw new RangeError(
      `Cannot cut windows of ${frames} frames: "${source}" has clips of ${time}`,
    );
  }
  const frameSize = height * width * channels;
  const length = frames * frameSize;
  const scale = (high - low) / (values instanceof Uint8Array ? 255 : 1);
  let known: { epoch: number; order: Int32Array } = { epoch: -1, order: new Int32Array() };
  return (update) => {
    const draw = { seed, stream: Stream.augmentation, step: update };
    const starts = integers(draw, batch, time - frames + 1);
    const chosen = Int32Array.from({ length: batch }, (_, i) => clipAt(update * batch + i));
    const data = new Float32Array(batch * length);
    for (const [i, clip] of chosen.entries()) {
      const from = (clip * time + starts[i]!) * frameSize;
      for (let k = 0; k < length; k++) data[i * length + k] = values[from + k]! * scale + low;
    }
    return { chosen, windows: { shape: [batch, frames, height, width, channels], data } };
  };

  function clipAt(index: number): number {
    const epoch = Math.floor(index / count);
    if (epoch !== known.epoch) {
      known = { epoch, order: permutation({ seed, stream: Stream.shuffle, step: epoch }, count) };
    }
    return known.order[index % count]!;
  }
}
