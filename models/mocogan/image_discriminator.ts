/** Discriminators of single frames. */

import * as tf from "@tensorflow/tfjs-core";
import { batchNormBuffers, type BatchNormMode, batchNormParameters } from "../layers/batch_norm.ts";
import { conv2d, conv2dParameters } from "../layers/conv2d.ts";
import { linear, linearParameters } from "../layers/linear.ts";
import { nest, type Parameters, type ParameterSpecs, under } from "../parameters.ts";
import { type MocoganConfig, pyramidOf } from "./config.ts";
import { blur, noiseUniforms, type Uniforms } from "./discriminator_noise.ts";
import { norms } from "./norms.ts";

/** Edge of all filters. */
const KERNEL = 4;
/** Slope of the leaky ReLU below 0. */
export const LEAK = 0.2;

/** Channels after each convolution but the last: 64, 128, 256, 512 as published, the last one in "full" only. */
export function discriminatorWidths(
  { size, discriminatorWidth }: MocoganConfig,
  isPatch: boolean,
): readonly number[] {
  const { levels } = pyramidOf(size);
  const length = isPatch ? levels - 1 : levels;
  return Array.from({ length }, (_, i) => discriminatorWidth * 2 ** i);
}

function widthsOf(config: MocoganConfig): readonly number[] {
  return discriminatorWidths(config, config.imageDiscriminator === "patch");
}

/** Declares `conv.i`, `norm.i` from 1 on, and `head`; no biases. */
export function imageDiscriminatorParameters(config: MocoganConfig): ParameterSpecs {
  const widths = widthsOf(config);
  const last = widths.at(-1)!;
  const { base } = pyramidOf(config.size);
  const head = config.imageDiscriminator === "patch"
    ? conv2dParameters({ inputs: last, outputs: 1, kernel: KERNEL, bias: false })
    : linearParameters({ inputs: base * base * last, outputs: 1, bias: false });
  return Object.assign(
    {},
    ...widths.map((outputs, i) => ({
      ...nest(
        `conv.${i}`,
        conv2dParameters({
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
export function imageDiscriminatorBuffers(config: MocoganConfig): ParameterSpecs {
  const widths = widthsOf(config);
  return Object.assign(
    {},
    ...widths.map((width, i) => i === 0 ? {} : nest(`norm.${i}`, batchNormBuffers(width))),
  );
}

/** Shapes of the uniform numbers that the noise of one call needs. */
export function imageDiscriminatorUniforms(
  config: MocoganConfig,
  batch: number,
): Readonly<Record<string, readonly number[]>> {
  const channels = [config.channels, ...widthsOf(config)];
  return noiseUniforms(
    config.noise,
    channels.map((count, i) => [batch, config.size / 2 ** i, config.size / 2 ** i, count]),
  );
}

export interface Judgement {
  readonly logits: tf.Tensor;
  /** In mode "train" the new running statistics; otherwise none. */
  readonly buffers: Parameters;
}

/**
 * How real frames look: convolutions that halve the edge, batch norm but on the first, leaky ReLU.
 *
 * Source: Tulyakov et al. 2018, https://arxiv.org/abs/1707.04993, D_I, and the original's PatchImageDiscriminator.
 * @param frames `[batch, size, size, channels]` in [−1, 1].
 * @returns Logits `[batch]`, or `[batch, base, base]` of patches.
 */
export function imageDiscriminator(
  parameters: Parameters,
  config: MocoganConfig,
  frames: tf.Tensor,
  { mode, uniforms = {} }: { readonly mode: BatchNormMode; readonly uniforms?: Uniforms },
): Judgement {
  const widths = widthsOf(config);
  const { norm, buffers } = norms(parameters, mode);
  const noisy = (layer: number, x: tf.Tensor) => blur(x, layer, config.noise, uniforms);
  let maps = frames;
  for (const i of widths.keys()) {
    const next = conv2d(under(parameters, `conv.${i}`), noisy(i, maps), 2);
    maps = tf.leakyRelu(i === 0 ? next : norm(`norm.${i}`, next), LEAK);
  }
  const head = under(parameters, "head");
  const seen = noisy(widths.length, maps);
  if (config.imageDiscriminator === "patch") {
    return { logits: tf.squeeze(conv2d(head, seen, 2), [3]), buffers };
  }
  // [batch, base, base, channel] -> [batch, all]
  const rows = tf.reshape(seen, [seen.shape[0]!, -1]);
  return { logits: tf.squeeze(linear(head, rows), [1]), buffers };
}
