/** The DCGAN pair of encoder and decoder. */

import * as tf from "@tensorflow/tfjs-core";
import { batchNormBuffers, batchNormParameters } from "../layers/batch_norm.ts";
import { conv2d, conv2dParameters } from "../layers/conv2d.ts";
import { convTranspose2d, convTranspose2dParameters } from "../layers/conv_transpose2d.ts";
import {
  mapToVector,
  mapToVectorParameters,
  vectorToMap,
  vectorToMapParameters,
} from "../layers/whole_map.ts";
import { nest, parameter, type Parameters, type ParameterSpecs, under } from "../parameters.ts";
import type { BatchNorms } from "./batch_norms.ts";
import { bottomOf, type EncodedFrame, type FrameCodeConfig } from "./frame_code_config.ts";

const EDGE = 4;
const SLOPE = 0.2;

/** Declares `encoder.down.i`, `encoder.code`, `decoder.enter`, `decoder.up.i` and `decoder.out`. */
export function dcganParameters(config: FrameCodeConfig): ParameterSpecs {
  const { channels, widths, code } = config;
  const bottom = bottomOf(config);
  const deepest = widths.at(-1)!;
  const normed = (name: string, conv: ParameterSpecs, outputs: number) =>
    nest(name, { ...nest("conv", conv), ...nest("norm", batchNormParameters(outputs)) });
  return Object.assign(
    {},
    ...widths.map((outputs, i) => {
      const inputs = widths[i - 1] ?? channels;
      return normed(
        `encoder.down.${i}`,
        conv2dParameters({ inputs, outputs, kernel: EDGE }),
        outputs,
      );
    }),
    normed(
      "encoder.code",
      mapToVectorParameters({ ...bottom, inputs: deepest, outputs: code }),
      code,
    ),
    normed(
      "decoder.enter",
      vectorToMapParameters({ ...bottom, inputs: code, outputs: deepest }),
      deepest,
    ),
    ...widths.slice(1).map((width, i) =>
      // Up from level i + 1: its own map beside that of the encoder.
      normed(
        `decoder.up.${i + 1}`,
        convTranspose2dParameters({ inputs: 2 * width, outputs: widths[i]! }),
        widths[i]!,
      )
    ),
    nest("decoder.out", convTranspose2dParameters({ inputs: 2 * widths[0]!, outputs: channels })),
  );
}

/** Declares the running statistics of all norms. */
export function dcganBuffers({ widths, code }: FrameCodeConfig): ParameterSpecs {
  const norm = (name: string, channels: number) => nest(`${name}.norm`, batchNormBuffers(channels));
  return Object.assign(
    {},
    ...widths.map((width, i) => norm(`encoder.down.${i}`, width)),
    norm("encoder.code", code),
    norm("decoder.enter", widths.at(-1)!),
    ...widths.slice(1).map((_, i) => norm(`decoder.up.${i + 1}`, widths[i]!)),
  );
}

/**
 * Levels of LeakyReLU 0.2 (norm (4x4 convolution of stride 2)), then the code tanh (norm (convolution of the
 * whole map)).
 *
 * Source: Denton & Fergus 2018, https://arxiv.org/abs/1802.07687, the models `dcgan_64` and `dcgan_128` of its code.
 * @param frame `[batch, height, width, channels]`.
 */
export function dcganEncode(
  parameters: Parameters,
  { widths }: FrameCodeConfig,
  frame: tf.Tensor,
  norms: BatchNorms,
): EncodedFrame {
  const skips: Record<string, tf.Tensor> = {};
  let map = frame;
  for (const i of widths.keys()) {
    const name = `encoder.down.${i}`;
    const convolved = conv2d(under(parameters, `${name}.conv`), map, 2);
    map = tf.leakyRelu(norms.apply(`${name}.norm`, convolved), SLOPE);
    skips[i] = map;
  }
  const code = norms.apply(
    "encoder.code.norm",
    mapToVector(under(parameters, "encoder.code.conv"), map),
  );
  // [batch, 1, 1, code] -> [batch, code]
  return { code: tf.tanh(tf.reshape(code, [code.shape[0]!, code.shape[3]!])), skips };
}

/** The mirror image: at each level the encoder's map joins along channels. `[batch, height, width, channels]`. */
export function dcganDecode(
  parameters: Parameters,
  { widths }: FrameCodeConfig,
  { code, skips }: EncodedFrame,
  norms: BatchNorms,
): tf.Tensor {
  const activate = (name: string, x: tf.Tensor) =>
    tf.leakyRelu(norms.apply(`${name}.norm`, x), SLOPE);
  const enter = vectorToMap(under(parameters, "decoder.enter.conv"), code);
  let map = activate("decoder.enter", enter);
  for (let level = widths.length - 1; level >= 1; level--) {
    const name = `decoder.up.${level}`;
    const joined = tf.concat([map, parameter(skips, `${level}`)], 3);
    map = activate(name, convTranspose2d(under(parameters, `${name}.conv`), joined));
  }
  const joined = tf.concat([map, parameter(skips, "0")], 3);
  return tf.sigmoid(convTranspose2d(under(parameters, "decoder.out"), joined));
}
