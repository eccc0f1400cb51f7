/** The denoiser of this project's own making: most quality for minutes on a CPU. */

import * as tf from "@tensorflow/tfjs-core";
import { classEmbedding, classEmbeddingParameters } from "./layers/class_embedding.ts";
import { conv2d, conv2dParameters } from "./layers/conv2d.ts";
import { convTranspose2d, convTranspose2dParameters } from "./layers/conv_transpose2d.ts";
import { depthToSpace } from "./layers/depth_to_space.ts";
import { groupNorm, groupNormParameters } from "./layers/group_norm.ts";
import { resBlock, resBlockParameters } from "./layers/res_block.ts";
import { selfAttention, selfAttentionParameters } from "./layers/self_attention.ts";
import { silu } from "./layers/silu.ts";
import { spaceToDepth } from "./layers/space_to_depth.ts";
import { timeEmbedding, timeEmbeddingParameters } from "./layers/time_embedding.ts";
import { nest, type Parameters, type ParameterSpecs, under } from "./parameters.ts";

const GROUPS = 8;
/** Channels of one attention head, or fewer where the level is narrower. */
const HEAD_DEPTH = 32;

/** A type alias, because interfaces are not JSON. */
export type ModernUnetConfig = {
  readonly kind: "modern_unet";
  /** Channels of an image. */
  readonly channels: number;
  /** Channels of the answer: as many, or twice as many where it also has a variance. */
  readonly outputs: number;
  /** Classes of images; 0: unconditional. */
  readonly classes: number;
  /** Edge of the patches that become one pixel of the finest level. */
  readonly patch: number;
  /** Channels of each level, finest first; 8 divides each. Each level halves the resolution. */
  readonly widths: readonly number[];
  /** Residual blocks of each level, on the way down and again on the way up. */
  readonly blocks: readonly number[];
  /** Levels, counted from the finest, whose pixels attend to each other; the middle does if the last one does. */
  readonly attentionLevels: readonly number[];
};

/** What height and width must be multiples of. */
export function modernUnetFactor({ patch, widths }: ModernUnetConfig): number {
  return patch * 2 ** (widths.length - 1);
}

/** Declares `time`, `label`, `enter.i`, `down.i.j`, `middle.j`, `up.i.j`, `double.i`, `norm`, `out`. */
export function modernUnetParameters(config: ModernUnetConfig): ParameterSpecs {
  const { channels, outputs, classes, patch, widths } = config;
  requireMatchingLevels(config);
  const finest = widths[0]!;
  const coarsest = widths.at(-1)!;
  const embedding = 4 * finest;
  const block = (inputs: number, outputs: number) =>
    resBlockParameters({ inputs, outputs, kernel: 3, embedding });
  const blocks = (level: number, inputs: number) =>
    Array.from({ length: config.blocks[level]! }, (_, j) => ({
      ...nest(`${j}`, block(j === 0 ? inputs : widths[level]!, widths[level]!)),
      ...attentionParameters(config, level, `${j}.attention`),
    }));
  const levels = widths.map((width, i) => {
    const inputs = widths[i - 1] ?? channels * patch * patch;
    return {
      ...nest(`enter.${i}`, conv2dParameters({ inputs, outputs: width, kernel: 3 })),
      ...nest(`down.${i}`, Object.assign({}, ...blocks(i, width))),
      ...nest(`up.${i}`, Object.assign({}, ...blocks(i, 2 * width))),
      ...(i === 0 ? {} : nest(
        `double.${i}`,
        convTranspose2dParameters({ inputs: width, outputs: widths[i - 1]! }),
      )),
    };
  });
  const zeros = { kind: "zeros" } as const;
  return Object.assign(
    {},
    nest("time", timeEmbeddingParameters({ width: finest, outputs: embedding })),
    classes === 0 ? {} : nest("label", classEmbeddingParameters({ classes, width: embedding })),
    ...levels,
    nest("middle.0", block(coarsest, coarsest)),
    attentionParameters(config, widths.length - 1, "middle.0.attention"),
    nest("middle.1", block(coarsest, coarsest)),
    nest("norm", groupNormParameters(finest)),
    nest(
      "out",
      conv2dParameters({
        inputs: finest,
        outputs: outputs * patch * patch,
        kernel: 3,
        init: zeros,
      }),
    ),
  );
}

/**
 * What the objective asks for, `[batch, height, width, outputs]`; zeros before training.
 *
 * The U-Net of Ho et al. 2020, https://arxiv.org/abs/2006.11239, with what was found better since: blocks
 * modulated by the time and the class that start as identities (Dhariwal & Nichol 2021,
 * https://arxiv.org/abs/2105.05233), for large images patches instead of the costly finest levels (Hoogeboom et
 * al. 2023, https://arxiv.org/abs/2301.11093), attention at coarse levels only; one skip per level.
 * @param input.noisy `[batch, height, width, channels]`.
 * @param input.timesteps `[batch]`, float32, in steps.
 * @param input.labels `[batch]`, int32; the number of classes means "no class".
 */
export function modernUnet(
  parameters: Parameters,
  config: ModernUnetConfig,
  { noisy, timesteps, labels }: {
    readonly noisy: tf.Tensor;
    readonly timesteps: tf.Tensor;
    readonly labels?: tf.Tensor;
  },
): tf.Tensor {
  const { patch, widths } = config;
  const time = timeEmbedding(under(parameters, "time"), timesteps, { width: widths[0]! });
  const embedding = config.classes > 0 && labels !== undefined
    ? tf.add(time, classEmbedding(under(parameters, "label"), labels))
    : time;
  const block = (name: string, input: tf.Tensor) => {
    const own = under(parameters, name);
    const output = resBlock(own, input, { groups: GROUPS, embedding });
    if (own["attention.qkv.kernel"] === undefined) return output;
    const heads = headsOf(output.shape[3]!);
    return selfAttention(under(own, "attention"), output, { groups: GROUPS, heads });
  };
  const chain = (side: "down" | "up", level: number, input: tf.Tensor) =>
    Array.from({ length: config.blocks[level]! }, (_, j) => `${side}.${level}.${j}`)
      .reduce((features, name) => block(name, features), input);
  let features = spaceToDepth(noisy, patch);
  const skips = widths.map((_, i) => {
    features = conv2d(under(parameters, `enter.${i}`), features, i === 0 ? 1 : 2);
    features = chain("down", i, features);
    return features;
  });
  features = block("middle.1", block("middle.0", features));
  for (let i = widths.length - 1; i >= 0; i--) {
    features = chain("up", i, tf.concat([features, skips[i]!], 3));
    if (i > 0) features = convTranspose2d(under(parameters, `double.${i}`), features);
  }
  const normal = silu(groupNorm(under(parameters, "norm"), features, { groups: GROUPS }));
  return depthToSpace(conv2d(under(parameters, "out"), normal), patch);
}

function attentionParameters(
  { widths, attentionLevels }: ModernUnetConfig,
  level: number,
  name: string,
): ParameterSpecs {
  return attentionLevels.includes(level) ? nest(name, selfAttentionParameters(widths[level]!)) : {};
}

function headsOf(width: number): number {
  return width % HEAD_DEPTH === 0 ? width / HEAD_DEPTH : 1;
}

function requireMatchingLevels({ widths, blocks }: ModernUnetConfig): void {
  if (widths.length === 0 || widths.length !== blocks.length || blocks.some((count) => count < 1)) {
    throw new RangeError(
      `Cannot make a U-Net: each level needs a width and at least one block, but widths are [${widths}] and blocks [${blocks}]`,
    );
  }
}
