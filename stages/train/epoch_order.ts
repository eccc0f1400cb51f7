/** The order in which a training meets its items. */

import { permutation, Stream } from "../../numerics/random.ts";

/**
 * Which of `count` items is the index-th that is met: each epoch is a fresh permutation, and batches may
 * straddle epochs. A pure function of the index; the last epoch's order is remembered.
 */
export function epochOrder(seed: bigint, count: number): (index: number) => number {
  let cached: { readonly epoch: number; readonly order: Int32Array } | undefined;
  return (index) => {
    const epoch = Math.floor(index / count);
    if (cached?.epoch !== epoch) {
      cached = { epoch, order: permutation({ seed, stream: Stream.shuffle, step: epoch }, count) };
    }
    return cached.order[index % count]!;
  };
}
