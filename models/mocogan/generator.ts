/** The image generator of MoCoGAN. */

import * as tf from "@tensorflow/tfjs-core";
import { batchNormBuffers, type BatchNormMode, batchNormParameters } from "../layers/batch_norm.ts";
import { convTranspose2d, convTranspose2dParameters } from "../layers/conv_transpose2d.ts";
import { linear, linearParameters } from "../layers/linear.ts";
import { nest, type Parameters, type ParameterSpecs, under } from "../parameters.ts";
import { codeSize, type MocoganConfig, pyramidOf } from "./config.ts";
import { norms } from "./norms.ts";

/** Channels of the maps, coarsest first: 512, 256, 128, 64 as published. */
function widthsOf({ size, generatorWidth }: MocoganConfig): readonly number[] {
  const { levels } = pyramidOf(size);
  return Array.from({ length: levels }, (_, i) => generatorWidth * 2 ** (levels - 1 - i));
}

/** Declares `enter`, `norm.i` and `up.i`; no biases. */
export function generatorParameters(config: MocoganConfig): ParameterSpecs {
  const { base } = pyramidOf(config.size);
  const widths = widthsOf(config);
  const pixels = base * base;
  // A transposed convolution of a single pixel; PyTorch takes its fan in from its outputs.
  const init = { kind: "uniform", bound: 1 / Math.sqrt(pixels * widths[0]!) } as const;
  const enter = { inputs: codeSize(config), outputs: pixels * widths[0]!, bias: false, init };
  return Object.assign(
    nest("enter", linearParameters(enter)),
    ...widths.map((inputs, i) => ({
      ...nest(`norm.${i}`, batchNormParameters(inputs)),
      ...nest(
        `up.${i}`,
        convTranspose2dParameters({
          inputs,
          outputs: widths[i + 1] ?? config.channels,
          bias: false,
        }),
      ),
    })),
  );
}

/** Declares the running statistics of all batch norms. */
export function generatorBuffers(config: MocoganConfig): ParameterSpecs {
  return Object.assign(
    {},
    ...widthsOf(config).map((width, i) => nest(`norm.${i}`, batchNormBuffers(width))),
  );
}

/**
 * Frames in [−1, 1], one for each code: transposed convolutions that double the edge, batch norm and ReLU between
 * them, tanh at the end.
 *
 * Source: Tulyakov et al. 2018, https://arxiv.org/abs/1707.04993, G_I.
 * @param codes `[frame, code]`: content, category, motion.
 * @returns `[frame, size, size, channels]`, and in mode "train" the new running statistics.
 */
export function generator(
  parameters: Parameters,
  config: MocoganConfig,
  codes: tf.Tensor,
  mode: BatchNormMode,
): { readonly output: tf.Tensor; readonly buffers: Parameters } {
  const { base } = pyramidOf(config.size);
  const widths = widthsOf(config);
  const { norm, buffers } = norms(parameters, mode);
  const first = linear(under(parameters, "enter"), codes);
  // [frame, base * base * width] -> [frame, base, base, width]
  let maps: tf.Tensor = tf.reshape(first, [-1, base, base, widths[0]!]);
  for (const i of widths.keys()) {
    maps = convTranspose2d(under(parameters, `up.${i}`), tf.relu(norm(`norm.${i}`, maps)));
  }
  return { output: tf.tanh(maps), buffers };
}
