/** The denoiser of system E: convolutions, ReLU and batch norm. */

import * as tf from "@tensorflow/tfjs-core";
import {
  batchNorm,
  batchNormBuffers,
  type BatchNormMode,
  batchNormParameters,
} from "./layers/batch_norm.ts";
import { classEmbedding, classEmbeddingParameters } from "./layers/class_embedding.ts";
import { conv2d, conv2dParameters } from "./layers/conv2d.ts";
import { convTranspose2d, convTranspose2dParameters } from "./layers/conv_transpose2d.ts";
import { linear, linearParameters } from "./layers/linear.ts";
import { sinusoidalEmbedding } from "./layers/sinusoidal_embedding.ts";
import { nest, type Parameters, type ParameterSpecs, under } from "./parameters.ts";

/** Width of the time embedding. */
const EMBEDDING = 32;

/** A type alias, because interfaces are not JSON. */
export type SimpleUnetConfig = {
  readonly kind: "simple_unet";
  /** Channels of an image. */
  readonly channels: number;
  /** Channels of the answer: as many, or twice as many where it also has a variance. */
  readonly outputs: number;
  /** Classes of images; 0: unconditional. */
  readonly classes: number;
  /** Channels of each level, finest first. Each level halves the resolution. Published: 64, 128, 256, 512, 1024. */
  readonly widths: readonly number[];
  /**
   * - seed: as published. The first block of the way up sees the coarsest map twice, and the first map of full
   *   resolution goes nowhere but down.
   * - repaired: the first block of the way up sees the coarsest map once, each later one the map of its own
   *   resolution from the way down, and the output the first map of full resolution.
   */
  readonly skips: "seed" | "repaired";
};

/** One block of the U, on its way from one width to the next. */
interface Block {
  readonly name: string;
  readonly inputs: number;
  readonly outputs: number;
}

/** What height and width must be multiples of. */
export function simpleUnetFactor({ widths }: SimpleUnetConfig): number {
  return 2 ** (widths.length - 1);
}

/** Declares `time`, `label`, `enter`, `down.i`, `up.i`, `out`. */
export function simpleUnetParameters(config: SimpleUnetConfig): ParameterSpecs {
  const { channels, outputs, classes, widths, skips } = config;
  const { downs, ups } = blocksOf(config);
  const finest = widths[0]!;
  const declare = ({ name, inputs, outputs }: Block, resample: ParameterSpecs) =>
    nest(name, {
      ...nest("conv1", conv2dParameters({ inputs, outputs, kernel: 3 })),
      ...nest("norm1", batchNormParameters(outputs)),
      ...nest("time", linearParameters({ inputs: EMBEDDING, outputs })),
      ...nest("conv2", conv2dParameters({ inputs: outputs, outputs, kernel: 3 })),
      ...nest("norm2", batchNormParameters(outputs)),
      ...nest("resample", resample),
    });
  return Object.assign(
    {},
    nest("time", linearParameters({ inputs: EMBEDDING, outputs: EMBEDDING })),
    classes === 0 ? {} : nest("label", classEmbeddingParameters({ classes, width: EMBEDDING })),
    nest("enter", conv2dParameters({ inputs: channels, outputs: finest, kernel: 3 })),
    ...downs.map((block) =>
      declare(
        block,
        conv2dParameters({ inputs: block.outputs, outputs: block.outputs, kernel: 4 }),
      )
    ),
    ...ups.map((block) =>
      declare(block, convTranspose2dParameters({ inputs: block.outputs, outputs: block.outputs }))
    ),
    nest(
      "out",
      conv2dParameters({ inputs: skips === "seed" ? finest : 2 * finest, outputs, kernel: 1 }),
    ),
  );
}

/** Declares the running statistics of all batch norms. */
export function simpleUnetBuffers(config: SimpleUnetConfig): ParameterSpecs {
  const { downs, ups } = blocksOf(config);
  return Object.assign(
    {},
    ...[...downs, ...ups].flatMap(({ name, outputs }) =>
      [1, 2].map((i) => nest(`${name}.norm${i}`, batchNormBuffers(outputs)))
    ),
  );
}

/**
 * What the objective asks for, `[batch, height, width, outputs]`, and in mode "train" the new buffers.
 *
 * A block is conv, ReLU, norm, plus ReLU(linear(time)), conv, ReLU, norm, and a convolution that halves or doubles
 * the resolution. Source: the SimpleUnet of a widely copied notebook on diffusion models.
 * @param parameters Those of `simpleUnetParameters` and of `simpleUnetBuffers`.
 * @param input.noisy `[batch, height, width, channels]`.
 * @param input.timesteps `[batch]`, float32, in steps.
 * @param input.labels `[batch]`, int32; the number of classes means "no class".
 */
export function simpleUnet(
  parameters: Parameters,
  config: SimpleUnetConfig,
  { noisy, timesteps, labels, mode }: {
    readonly noisy: tf.Tensor;
    readonly timesteps: tf.Tensor;
    readonly labels?: tf.Tensor;
    readonly mode: BatchNormMode;
  },
): { readonly output: tf.Tensor; readonly buffers: Parameters } {
  const waves = sinusoidalEmbedding(timesteps, { width: EMBEDDING, spacing: "closed" });
  const hidden = tf.relu(linear(under(parameters, "time"), waves));
  const time = config.classes > 0 && labels !== undefined
    ? tf.add(hidden, classEmbedding(under(parameters, "label"), labels))
    : hidden;
  const buffers: Record<string, tf.Tensor> = {};
  const norm = (name: string, x: tf.Tensor) => {
    const normal = batchNorm(under(parameters, name), x, mode);
    for (const [key, value] of Object.entries(normal.buffers)) buffers[`${name}.${key}`] = value;
    return normal.output;
  };
  const convolve = ({ name }: Block, input: tf.Tensor) => {
    const own = under(parameters, name);
    const first = norm(`${name}.norm1`, tf.relu(conv2d(under(own, "conv1"), input)));
    const shift = tf.relu(linear(under(own, "time"), time));
    // [batch, channel] -> [batch, 1, 1, channel]
    const timed = tf.add(first, tf.reshape(shift, [-1, 1, 1, shift.shape[1]!]));
    return norm(`${name}.norm2`, tf.relu(conv2d(under(own, "conv2"), timed)));
  };
  const { downs, ups } = blocksOf(config);
  const isSeed = config.skips === "seed";
  let features = conv2d(under(parameters, "enter"), noisy);
  /** By level: the maps that enter the way down's blocks, and the coarsest. */
  const maps = [features];
  for (const block of downs) {
    features = conv2d(under(parameters, `${block.name}.resample`), convolve(block, features), 2);
    maps.push(features);
  }
  ups.forEach((block, i) => {
    const input = isSeed || i > 0 ? tf.concat([features, maps.at(-1 - i)!], 3) : features;
    features = convTranspose2d(under(parameters, `${block.name}.resample`), convolve(block, input));
  });
  const last = isSeed ? features : tf.concat([features, maps[0]!], 3);
  return { output: conv2d(under(parameters, "out"), last), buffers };
}

function blocksOf(
  { widths, skips }: SimpleUnetConfig,
): { readonly downs: readonly Block[]; readonly ups: readonly Block[] } {
  if (widths.length < 2) {
    throw new RangeError(`Cannot make a U-Net of ${widths.length} levels: it needs at least 2`);
  }
  const downs = widths.slice(1).map((outputs, i) => ({
    name: `down.${i}`,
    inputs: widths[i]!,
    outputs,
  }));
  const ups = widths.slice(0, -1).map((outputs, level) => ({ outputs, from: widths[level + 1]! }))
    .reverse()
    .map(({ outputs, from }, i) => ({
      name: `up.${i}`,
      inputs: skips === "repaired" && i === 0 ? from : 2 * from,
      outputs,
    }));
  return { downs, ups };
}
