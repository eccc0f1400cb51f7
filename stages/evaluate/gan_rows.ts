/** What is scored beside generated clips: real ones, and two ways to please one measure only. */

import type { Clips } from "../../artifacts/clips.ts";
import { permutation, Stream } from "../../numerics/random.ts";

export interface GanRow {
  /** As `of` in scores. */
  readonly of: string;
  readonly clips: Clips;
}

/** Real clips, the same that stand still, and the same with their frames dealt out anew. */
export function realRows(reference: Clips, seed: bigint): readonly GanRow[] {
  return [
    { of: "real clips", clips: reference },
    { of: "still first frames", clips: rearrange(reference, (clip) => clip * reference.shape[1]) },
    { of: "frames of other clips", clips: rearrange(reference, dealt(reference, seed)) },
  ];
}

/** Which frame, counted over all clips, goes to a place: each moment is a permutation of the clips. */
function dealt({ shape }: Clips, seed: bigint): (clip: number, time: number) => number {
  const [count, frames] = shape;
  const orders = Array.from(
    { length: frames },
    (_, time) => permutation({ seed, stream: Stream.evaluation, step: time }, count),
  );
  return (clip, time) => orders[time]![clip]! * frames + time;
}

function rearrange(clips: Clips, source: (clip: number, time: number) => number): Clips {
  const [count, frames, height, width, channels] = clips.shape;
  const size = height * width * channels;
  const moved = clips.frames.slice();
  for (let clip = 0; clip < count; clip++) {
    for (let time = 0; time < frames; time++) {
      const from = source(clip, time) * size;
      moved.set(clips.frames.subarray(from, from + size), (clip * frames + time) * size);
    }
  }
  return { ...clips, frames: moved };
}
