/** Recognises what is on an image, wherever it lies; its pooled features compare sets of images. */

import * as tf from "@tensorflow/tfjs-core";
import { conv2d, conv2dParameters } from "./layers/conv2d.ts";
import { linear, linearParameters } from "./layers/linear.ts";
import { silu } from "./layers/silu.ts";
import { nest, type Parameters, type ParameterSpecs, under } from "./parameters.ts";

/** Everything that fixes the shapes of all parameters; JSON. A type alias, so that it is JSON to TypeScript. */
export type ImageClassifierConfig = {
  readonly channels: number;
  readonly classes: number;
  /** Channels after each convolution; the last is the number of features. */
  readonly widths: readonly [number, number, number, number];
};

/** Stride and filter of each convolution: 8 pixels become one position that sees 25 x 25 of them. */
const convolutions = [
  { stride: 2, kernel: 5 },
  { stride: 2, kernel: 3 },
  { stride: 1, kernel: 3 },
  { stride: 2, kernel: 3 },
] as const;

/** Declares `conv.0` to `conv.3` and `head`. */
export function imageClassifierParameters(
  { channels, classes, widths }: ImageClassifierConfig,
): ParameterSpecs {
  const convs = convolutions.map(({ kernel }, i) => {
    const inputs = widths[i - 1] ?? channels;
    // He et al. 2015: keeps the size of activations; silu halves it about as ReLU does.
    const init = { kind: "normal", std: Math.sqrt(2 / (kernel * kernel * inputs)) } as const;
    const specs = conv2dParameters({ inputs, outputs: widths[i]!, kernel, init });
    const bias = { shape: [widths[i]!], init: { kind: "zeros" } } as const;
    return nest(`conv.${i}`, { ...specs, bias });
  });
  const head = nest("head", linearParameters({ inputs: widths[3], outputs: classes }));
  return Object.assign({}, ...convs, head);
}

/**
 * Features of images, the mean over positions of the last convolution: fully convolutional, so images may
 * have any size; features of images of one size compare.
 * @param images `[batch, height, width, channels]` in [0, 1].
 * @returns `[batch, widths[3]]`.
 */
export function imageFeatures(parameters: Parameters, images: tf.Tensor): tf.Tensor {
  const hidden = convolutions.reduce(
    (x, { stride }, i) => silu(conv2d(under(parameters, `conv.${i}`), x, stride)),
    images,
  );
  return tf.mean(hidden, [1, 2]);
}

/** Scores of classes from features, `[batch, classes]`; their softmax are the shares of classes. */
export function classLogits(parameters: Parameters, features: tf.Tensor): tf.Tensor {
  return linear(under(parameters, "head"), features);
}
