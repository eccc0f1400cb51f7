/** Recognises digits anywhere in a frame; its pooled features compare sets of frames. */

import * as tf from "@tensorflow/tfjs-core";
import { conv2d, conv2dParameters } from "./layers/conv2d.ts";
import { linear, linearParameters } from "./layers/linear.ts";
import { silu } from "./layers/silu.ts";
import { nest, type Parameters, type ParameterSpecs, under } from "./parameters.ts";

/** Everything that fixes the shapes of all parameters; JSON. A type alias, so that it is JSON to TypeScript. */
export type DigitClassifierConfig = {
  /** Channels after each convolution; the last is the number of features. */
  readonly widths: readonly [number, number, number, number];
};

const CLASSES = 10;

/** Stride and filter of each convolution: 8 pixels become one position that sees 25 x 25 of them. */
const convolutions = [
  { stride: 2, kernel: 5 },
  { stride: 2, kernel: 3 },
  { stride: 1, kernel: 3 },
  { stride: 2, kernel: 3 },
] as const;

/** Declares `conv.0` to `conv.3` and `head`. */
export function digitClassifierParameters({ widths }: DigitClassifierConfig): ParameterSpecs {
  const convs = convolutions.map(({ kernel }, i) => {
    const inputs = widths[i - 1] ?? 1;
    // He et al. 2015: keeps the size of activations; silu halves it about as ReLU does.
    const init = { kind: "normal", std: Math.sqrt(2 / (kernel * kernel * inputs)) } as const;
    const specs = conv2dParameters({ inputs, outputs: widths[i]!, kernel, init });
    const bias = { shape: [widths[i]!], init: { kind: "zeros" } } as const;
    return nest(`conv.${i}`, { ...specs, bias });
  });
  const head = nest("head", linearParameters({ inputs: widths[3], outputs: CLASSES }));
  return Object.assign({}, ...convs, head);
}

/**
 * Features of frames, the mean over positions of the last convolution: fully convolutional, so frames may
 * have any size; features of frames of one size compare.
 * @param frames `[batch, height, width, 1]` in [0, 1].
 * @returns `[batch, widths[3]]`.
 */
export function digitFeatures(parameters: Parameters, frames: tf.Tensor): tf.Tensor {
  const hidden = convolutions.reduce(
    (x, { stride }, i) => silu(conv2d(under(parameters, `conv.${i}`), x, stride)),
    frames,
  );
  return tf.mean(hidden, [1, 2]);
}

/** Scores of the ten classes, `[batch, 10]`; their softmax are the shares of digits in the frame. */
export function digitLogits(parameters: Parameters, frames: tf.Tensor): tf.Tensor {
  return linear(under(parameters, "head"), digitFeatures(parameters, frames));
}
