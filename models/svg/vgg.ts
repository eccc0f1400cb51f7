/** The VGG pair of encoder and decoder. */

import * as tf from "@tensorflow/tfjs-core";
import { batchNormBuffers, batchNormParameters } from "../layers/batch_norm.ts";
import { conv2d, conv2dParameters } from "../layers/conv2d.ts";
import { upsample } from "../layers/upsample.ts";
import {
  mapToVector,
  mapToVectorParameters,
  vectorToMap,
  vectorToMapParameters,
} from "../layers/whole_map.ts";
import { nest, parameter, type Parameters, type ParameterSpecs, under } from "../parameters.ts";
import type { BatchNorms } from "./batch_norms.ts";
import { bottomOf, type EncodedFrame, type FrameCodeConfig } from "./frame_code_config.ts";

const EDGE = 3;
const SLOPE = 0.2;

/** One convolution with its norm. */
interface Layer {
  readonly name: string;
  readonly inputs: number;
  readonly outputs: number;
}

/** Declares `encoder.down.i.j`, `encoder.code`, `decoder.enter`, `decoder.up.i.j` and `decoder.out`. */
export function vggParameters(config: FrameCodeConfig): ParameterSpecs {
  const { channels, widths, code } = config;
  const bottom = bottomOf(config);
  const deepest = widths.at(-1)!;
  const normed = (name: string, conv: ParameterSpecs, outputs: number) =>
    nest(name, { ...nest("conv", conv), ...nest("norm", batchNormParameters(outputs)) });
  const layers = (level: readonly Layer[]) =>
    level.map(({ name, inputs, outputs }) =>
      normed(name, conv2dParameters({ inputs, outputs, kernel: EDGE }), outputs)
    );
  return Object.assign(
    {},
    ...widths.flatMap((_, level) => layers(downLayers(config, level))),
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
    ...widths.flatMap((_, level) => layers(upLayers(config, level))),
    nest("decoder.out", conv2dParameters({ inputs: widths[0]!, outputs: channels, kernel: EDGE })),
  );
}

/** Declares the running statistics of all norms. */
export function vggBuffers(config: FrameCodeConfig): ParameterSpecs {
  const norm = (name: string, channels: number) => nest(`${name}.norm`, batchNormBuffers(channels));
  const levels = config.widths.flatMap((_, level) => [
    ...downLayers(config, level),
    ...upLayers(config, level),
  ]);
  return Object.assign(
    {},
    norm("encoder.code", config.code),
    norm("decoder.enter", config.widths.at(-1)!),
    ...levels.map(({ name, outputs }) => norm(name, outputs)),
  );
}

/**
 * Levels of two or three layers LeakyReLU 0.2 (norm (3x3 convolution)) with maxima of 2x2 after each, then the
 * code tanh (norm (convolution of the whole map)). A level's map is taken before its maxima.
 *
 * Source: Denton & Fergus 2018, https://arxiv.org/abs/1802.07687, the models `vgg_64` and `vgg_128` of its code.
 * @param frame `[batch, height, width, channels]`.
 */
export function vggEncode(
  parameters: Parameters,
  config: FrameCodeConfig,
  frame: tf.Tensor,
  norms: BatchNorms,
): EncodedFrame {
  const skips: Record<string, tf.Tensor> = {};
  let map = frame;
  for (const level of config.widths.keys()) {
    const full = convolve(parameters, downLayers(config, level), map, norms);
    skips[level] = full;
    map = tf.maxPool(full as tf.Tensor4D, 2, 2, "valid");
  }
  const code = norms.apply(
    "encoder.code.norm",
    mapToVector(under(parameters, "encoder.code.conv"), map),
  );
  // [batch, 1, 1, code] -> [batch, code]
  return { code: tf.tanh(tf.reshape(code, [code.shape[0]!, code.shape[3]!])), skips };
}

/**
 * The mirror image: each level doubles the resolution by repeating pixels and joins the encoder's map along
 * channels. `[batch, height, width, channels]`.
 *
 * The published decoder ends with a transposed convolution of edge 3 and stride 1: the same as a convolution
 * with the filter turned by half a circle, which is what this one has.
 */
export function vggDecode(
  parameters: Parameters,
  config: FrameCodeConfig,
  { code, skips }: EncodedFrame,
  norms: BatchNorms,
): tf.Tensor {
  const entered = vectorToMap(under(parameters, "decoder.enter.conv"), code);
  let map: tf.Tensor = tf.leakyRelu(norms.apply("decoder.enter.norm", entered), SLOPE);
  for (let level = config.widths.length - 1; level >= 0; level--) {
    const joined = tf.concat([upsample(map), parameter(skips, `${level}`)], 3);
    map = convolve(parameters, upLayers(config, level), joined, norms);
  }
  return tf.sigmoid(conv2d(under(parameters, "decoder.out"), map));
}

function convolve(
  parameters: Parameters,
  layers: readonly Layer[],
  input: tf.Tensor,
  norms: BatchNorms,
): tf.Tensor {
  return layers.reduce((map, { name }) => {
    const convolved = conv2d(under(parameters, `${name}.conv`), map);
    return tf.leakyRelu(norms.apply(`${name}.norm`, convolved), SLOPE);
  }, input);
}

/** Two layers at the two finest levels, three at the others. */
function layersOf(level: number): number {
  return level < 2 ? 2 : 3;
}

function downLayers({ channels, widths }: FrameCodeConfig, level: number): Layer[] {
  const outputs = widths[level]!;
  return Array.from({ length: layersOf(level) }, (_, j) => ({
    name: `encoder.down.${level}.${j}`,
    inputs: j === 0 ? widths[level - 1] ?? channels : outputs,
    outputs,
  }));
}

/** The last layer has the width of the next finer level; at the finest, `decoder.out` stands for it. */
function upLayers({ widths }: FrameCodeConfig, level: number): Layer[] {
  const width = widths[level]!;
  const finer = widths[level - 1];
  const count = finer === undefined ? layersOf(level) - 1 : layersOf(level);
  return Array.from({ length: count }, (_, j) => ({
    name: `decoder.up.${level}.${j}`,
    inputs: j === 0 ? 2 * width : width,
    outputs: finer !== undefined && j === count - 1 ? finer : width,
  }));
}
