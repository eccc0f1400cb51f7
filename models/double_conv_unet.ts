/** The denoiser of system D: double convolutions, max-pooling, attention at every level. */

import * as tf from "@tensorflow/tfjs-core";
import { classEmbedding, classEmbeddingParameters } from "./layers/class_embedding.ts";
import { conv2d, conv2dParameters } from "./layers/conv2d.ts";
import { doubleConv, doubleConvParameters } from "./layers/double_conv.ts";
import { linear, linearParameters } from "./layers/linear.ts";
import { silu } from "./layers/silu.ts";
import { sinusoidalEmbedding } from "./layers/sinusoidal_embedding.ts";
import {
  attentionUniforms,
  transformerLayer,
  transformerLayerParameters,
} from "./layers/transformer_layer.ts";
import { upsampleBilinear } from "./layers/upsample.ts";
import { nest, type Parameters, type ParameterSpecs, under } from "./parameters.ts";

const HEADS = 4;

/** The two published forms: the one of the notebook, and the one that it was made from (dome272). */
const forms = {
  seed: { embedding: 128, feedForward: 2, attentionDropout: 0.2 },
  original: { embedding: 256, feedForward: 1, attentionDropout: 0 },
} as const;

/** A type alias, because interfaces are not JSON. */
export type DoubleConvUnetConfig = {
  readonly kind: "double_conv_unet";
  /** Channels of an image. */
  readonly channels: number;
  /** Channels of the answer: as many, or twice as many where it also has a variance. */
  readonly outputs: number;
  /** Classes of images; 0: unconditional. */
  readonly classes: number;
  readonly form: keyof typeof forms;
  /** Channels of each level, finest first; 4 divides each. Each level halves the resolution. Published: 64, 128, 256, 256. */
  readonly widths: readonly number[];
  /** Levels, counted from the finest, whose pixels attend to each other. Published: all. */
  readonly attentionLevels: readonly number[];
};

/** One half of the U: the layers that end on `level`. */
interface Half {
  readonly name: string;
  readonly level: number;
  readonly inputs: number;
  readonly outputs: number;
}

/** What height and width must be multiples of. */
export function doubleConvUnetFactor({ widths }: DoubleConvUnetConfig): number {
  return 2 ** (widths.length - 1);
}

/** Declares `label`, `enter`, `down.i`, `middle.j`, `up.i` (i is the level on which it ends), `out`. */
export function doubleConvUnetParameters(config: DoubleConvUnetConfig): ParameterSpecs {
  const { channels, outputs, classes, widths, form } = config;
  const { embedding, feedForward } = forms[form];
  const [finest, coarsest] = [widths[0]!, widths.at(-1)!];
  const { downs, ups } = halvesOf(config);
  const half = (sizes: Half, middle: number) =>
    nest(sizes.name, {
      ...nest("first", doubleConvParameters({ inputs: sizes.inputs, outputs: sizes.inputs })),
      ...nest("second", doubleConvParameters({ ...sizes, middle })),
      ...nest("time", linearParameters({ inputs: embedding, outputs: sizes.outputs })),
      ...(config.attentionLevels.includes(sizes.level)
        ? nest(
          "attention",
          transformerLayerParameters({
            channels: sizes.outputs,
            hidden: feedForward * sizes.outputs,
          }),
        )
        : {}),
    });
  const middle = [[coarsest, 2 * coarsest], [2 * coarsest, 2 * coarsest], [
    2 * coarsest,
    widths.at(-2)!,
  ]] as const;
  return Object.assign(
    {},
    classes === 0 ? {} : nest("label", classEmbeddingParameters({ classes, width: embedding })),
    nest("enter", doubleConvParameters({ inputs: channels, outputs: finest })),
    ...downs.map((sizes) => half(sizes, sizes.outputs)),
    ...middle.map(([inputs, outputs], i) =>
      nest(`middle.${i}`, doubleConvParameters({ inputs, outputs }))
    ),
    ...ups.map((sizes) => half(sizes, sizes.inputs / 2)),
    nest("out", conv2dParameters({ inputs: finest, outputs, kernel: 1 })),
  );
}

/** Shapes of the uniform numbers for dropout in the attention, by the part that wants them. */
export function doubleConvUnetUniforms(
  config: DoubleConvUnetConfig,
  { batch, height, width }: {
    readonly batch: number;
    readonly height: number;
    readonly width: number;
  },
): Readonly<Record<string, readonly number[]>> {
  if (forms[config.form].attentionDropout === 0) return {};
  const { downs, ups } = halvesOf(config);
  return Object.fromEntries(
    [...downs, ...ups]
      .filter(({ level }) => config.attentionLevels.includes(level))
      .flatMap(({ name, level }) => {
        const tokens = height * width / 4 ** level;
        return Object.entries(attentionUniforms({ batch, tokens, heads: HEADS }))
          .map(([part, shape]) => [`${name}.${part}`, shape]);
      }),
  );
}

/**
 * What the objective asks for, `[batch, height, width, outputs]`.
 *
 * Source: the U-Net of github.com/dome272/Diffusion-Models-pytorch, and a notebook derived from it. Where those
 * fix the attention to images of 64x64 pixels, here it takes the size of the map; levels can go without, because
 * the finest one of 64x64 pixels holds 268 MB of weights for each image.
 * @param input.noisy `[batch, height, width, channels]`.
 * @param input.timesteps `[batch]`, float32, in steps.
 * @param input.labels `[batch]`, int32; the number of classes means "no class".
 * @param input.uniforms From `doubleConvUnetUniforms`; absent: no dropout.
 */
export function doubleConvUnet(
  parameters: Parameters,
  config: DoubleConvUnetConfig,
  { noisy, timesteps, labels, uniforms }: {
    readonly noisy: tf.Tensor;
    readonly timesteps: tf.Tensor;
    readonly labels?: tf.Tensor;
    readonly uniforms?: Readonly<Record<string, tf.Tensor>>;
  },
): tf.Tensor {
  const { embedding, attentionDropout } = forms[config.form];
  const waves = sinusoidalEmbedding(timesteps, { width: embedding, spacing: "open" });
  const time = silu(
    config.classes > 0 && labels !== undefined
      ? tf.add(waves, classEmbedding(under(parameters, "label"), labels))
      : waves,
  );
  const half = ({ name, level }: Half, input: tf.Tensor) => {
    const own = under(parameters, name);
    const convolved = doubleConv(
      under(own, "second"),
      doubleConv(under(own, "first"), input, { residual: true }),
    );
    const shift = linear(under(own, "time"), time);
    // [batch, channel] -> [batch, 1, 1, channel]
    const features = tf.add(convolved, tf.reshape(shift, [-1, 1, 1, shift.shape[1]!]));
    if (!config.attentionLevels.includes(level)) return features;
    const draw = uniforms ? under(uniforms, name) : {};
    const dropout = attentionDropout > 0 && draw.rows && draw.columns
      ? { dropout: { rate: attentionDropout, rows: draw.rows, columns: draw.columns } }
      : {};
    return transformerLayer(under(own, "attention"), features, { heads: HEADS, ...dropout });
  };
  const { downs, ups } = halvesOf(config);
  let features = doubleConv(under(parameters, "enter"), noisy);
  const skips = downs.map((sizes) => {
    const skip = features;
    features = half(sizes, tf.maxPool(features as tf.Tensor4D, 2, 2, "valid"));
    return skip;
  });
  for (const i of [0, 1, 2]) features = doubleConv(under(parameters, `middle.${i}`), features);
  for (const sizes of ups) {
    features = half(sizes, tf.concat([skips[sizes.level]!, upsampleBilinear(features)], 3));
  }
  return conv2d(under(parameters, "out"), features);
}

/** The way down ends on levels 1, 2, ..., the way up on ..., 1, 0. */
function halvesOf(
  { widths }: DoubleConvUnetConfig,
): { readonly downs: readonly Half[]; readonly ups: readonly Half[] } {
  if (widths.length < 2) {
    throw new RangeError(`Cannot make a U-Net of ${widths.length} levels: it needs at least 2`);
  }
  const downs = widths.slice(1).map((outputs, i) => ({
    name: `down.${i + 1}`,
    level: i + 1,
    inputs: widths[i]!,
    outputs,
  }));
  const ups = widths.slice(0, -1).map((width, level) => ({
    name: `up.${level}`,
    level,
    inputs: 2 * width,
    outputs: widths[Math.max(level - 1, 0)]!,
  })).reverse();
  return { downs, ups };
}
