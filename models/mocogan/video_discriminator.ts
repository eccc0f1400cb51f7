/** Discriminators of clips. */

import * as tf from "@tensorflow/tfjs-core";
import { batchNormBuffers, type BatchNormMode, batchNormParameters } from "../layers/batch_norm.ts";
import { conv3d, conv3dParameters } from "../layers/conv3d.ts";
import { linear, linearParameters } from "../layers/linear.ts";
import { nest, type Parameters, type ParameterSpecs, under } from "../parameters.ts";
import { type MocoganConfig, pyramidOf } from "./config.ts";
import { blur, noiseUniforms, type Uniforms } from "./discriminator_noise.ts";
import { discriminatorWidths, type Judgement, LEAK } from "./image_discriminator.ts";
import { norms } from "./norms.ts";

/** Edge of all filters, in time too. */
const KERNEL = 4;

const STEPS = {
  valid: { stride: { time: 1, space: 2 }, padding: { time: 0, space: 1 } },
  halved: { stride: { time: 2, space: 2 }, padding: { time: 1, space: 1 } },
} as const;

/** Declares `conv.i`, `norm.i` from 1 on, and `head`; no biases but DLHacks' one in the head. */
export function videoDiscriminatorParameters(config: MocoganConfig): ParameterSpecs {
  const widths = widthsOf(config);
  const last = widths.at(-1)!;
  const { base } = pyramidOf(config.size);
  const frames = requireFrames(config).at(-1)!;
  const bias = config.videoTime === "halved";
  const outputs = outputsOf(config);
  const head = config.videoDiscriminator === "patch"
    ? conv3dParameters({ inputs: last, outputs, kernel: KERNEL, bias })
    : linearParameters({ inputs: frames * base * base * last, outputs, bias });
  return Object.assign(
    {},
    ...widths.map((outputs, i) => ({
      ...nest(
        `conv.${i}`,
        conv3dParameters({
          inputs: widths[i - 1] ?? config.channels,
          outputs,
          kernel: KERNEL,
          bias: false,
        }),
      ),
      ...(i === 0 ? {} : nest(`norm.${i}`, batchNormParameters(outputs))),
    })),
    nest("head", head),
  );
}

/** Declares the running statistics of all batch norms. */
export function videoDiscriminatorBuffers(config: MocoganConfig): ParameterSpecs {
  return Object.assign(
    {},
    ...widthsOf(config).map((width, i) =>
      i === 0 ? {} : nest(`norm.${i}`, batchNormBuffers(width))
    ),
  );
}

/** Shapes of the uniform numbers that the noise of one call needs. */
export function videoDiscriminatorUniforms(
  config: MocoganConfig,
  batch: number,
): Readonly<Record<string, readonly number[]>> {
  const channels = [config.channels, ...widthsOf(config)];
  const frames = requireFrames(config);
  return noiseUniforms(
    config.noise,
    channels.map((count, i) => {
      const edge = config.size / 2 ** i;
      return [batch, frames[i]!, edge, edge, count];
    }),
  );
}

export interface VideoJudgement extends Judgement {
  /** `[batch, categories]`, of a categorical discriminator. */
  readonly categories?: tf.Tensor;
}

/**
 * How real clips look and move: convolutions over time and space, batch norm but on the first, leaky ReLU.
 *
 * Source: Tulyakov et al. 2018, https://arxiv.org/abs/1707.04993, D_V; the original squeezes a batch of one away,
 * this does not.
 * @param clips `[batch, frames, size, size, channels]` in [−1, 1].
 * @returns Logits `[batch]`, or `[batch, time, base, base]` of patches.
 */
export function videoDiscriminator(
  parameters: Parameters,
  config: MocoganConfig,
  clips: tf.Tensor,
  { mode, uniforms = {} }: { readonly mode: BatchNormMode; readonly uniforms?: Uniforms },
): VideoJudgement {
  const widths = widthsOf(config);
  const { norm, buffers } = norms(parameters, mode);
  const noisy = (layer: number, x: tf.Tensor) => blur(x, layer, config.noise, uniforms);
  const steps = STEPS[config.videoTime];
  let maps = clips;
  for (const i of widths.keys()) {
    const next = conv3d(under(parameters, `conv.${i}`), noisy(i, maps), steps);
    maps = tf.leakyRelu(i === 0 ? next : norm(`norm.${i}`, next), LEAK);
  }
  const head = under(parameters, "head");
  const seen = noisy(widths.length, maps);
  if (config.videoDiscriminator === "patch") {
    return { logits: tf.squeeze(conv3d(head, seen, steps), [4]), buffers };
  }
  const batch = seen.shape[0]!;
  // [batch, time, base, base, channel] -> [batch, all]
  const answers = linear(head, tf.reshape(seen, [batch, -1])) as tf.Tensor2D;
  const logits = tf.reshape(tf.slice(answers, [0, 0], [batch, 1]), [batch]);
  if (config.videoDiscriminator === "full") return { logits, buffers };
  return { logits, buffers, categories: tf.slice(answers, [0, 1], [batch, config.categories]) };
}

function widthsOf(config: MocoganConfig): readonly number[] {
  return discriminatorWidths(config, config.videoDiscriminator === "patch");
}

function outputsOf({ videoDiscriminator, categories }: MocoganConfig): number {
  if (videoDiscriminator !== "categorical") return 1;
  if (categories > 0) return 1 + categories;
  throw new RangeError(
    "Cannot build a categorical video discriminator: there must be categories, but there are 0",
  );
}

/** Frames at the input of each layer, the head last. @throws {RangeError} When clips are too short. */
function requireFrames(config: MocoganConfig): readonly number[] {
  const shorten = (frames: number) =>
    config.videoTime === "valid" ? frames - (KERNEL - 1) : Math.floor(frames / 2);
  const counts = [config.frames];
  for (const _ of widthsOf(config)) counts.push(shorten(counts.at(-1)!));
  const last = counts.at(-1)!;
  const left = config.videoDiscriminator === "patch" ? shorten(last) : last;
  if (left >= 1) return counts;
  const { levels } = pyramidOf(config.size);
  const least = config.videoTime === "valid" ? 3 * levels + 1 : 2 ** levels;
  throw new RangeError(
    `Cannot discriminate clips of ${config.frames} frames of ${config.size} pixels: they must have at least ` +
      `${least} frames`,
  );
}
