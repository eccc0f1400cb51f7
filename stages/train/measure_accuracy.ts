/** How often a classifier is right. */

import type * as tf from "@tensorflow/tfjs-core";
import type { NamedArrays } from "../../artifacts/weights.ts";
import type { Engine } from "../../engine/engine.ts";
import type { Parameters } from "../../models/parameters.ts";
import { disposeAll, type HostTensor, toDevice } from "../../training/host_tensor.ts";

/** Images that are classified together. */
const BATCH = 500;

export interface LabelledImages {
  readonly images: HostTensor;
  readonly labels: Int32Array;
}

/**
 * The share of images whose largest score is their label's, in [0, 1].
 * @param logits `[batch, ...] -> [batch, classes]`.
 * @param take Images from..from+count-1.
 */
export async function measureAccuracy(
  engine: Engine,
  logits: (parameters: Parameters, images: tf.Tensor) => tf.Tensor,
  arrays: NamedArrays,
  { count, take }: {
    readonly count: number;
    readonly take: (from: number, count: number) => LabelledImages;
  },
): Promise<number> {
  const classify = engine.jit(
    (parameters: Parameters, images: tf.Tensor) => logits(parameters, images),
    { name: "classify" },
  );
  const parameters = toDevice(arrays);
  let right = 0;
  try {
    for (let from = 0; from < count; from += BATCH) {
      const { images, labels } = take(from, Math.min(BATCH, count - from));
      const device = toDevice({ images });
      const result = await classify(parameters, device["images"]!);
      const scores = await result.data();
      const classes = scores.length / labels.length;
      labels.forEach((label, i) => {
        const row = scores.slice(i * classes, (i + 1) * classes);
        if (row.every((score) => score <= row[label]!)) right++;
      });
      result.dispose();
      disposeAll(device);
    }
  } finally {
    disposeAll(parameters);
    classify.dispose();
  }
  return right / count;
}
