/** The networks that denoise images, behind one contract. */

import type * as tf from "@tensorflow/tfjs-core";
import {
  doubleConvUnet,
  type DoubleConvUnetConfig,
  doubleConvUnetFactor,
  doubleConvUnetParameters,
  doubleConvUnetUniforms,
} from "./double_conv_unet.ts";
import type { BatchNormMode } from "./layers/batch_norm.ts";
import {
  modernUnet,
  type ModernUnetConfig,
  modernUnetFactor,
  modernUnetParameters,
} from "./modern_unet.ts";
import type { Parameters, ParameterSpecs } from "./parameters.ts";
import {
  simpleUnet,
  simpleUnetBuffers,
  type SimpleUnetConfig,
  simpleUnetFactor,
  simpleUnetParameters,
} from "./simple_unet.ts";

export { imagePreset, type ImagePresetId, imagePresetIds } from "./image_presets.ts";

/** Everything that fixes a network; JSON. */
export type ImageDenoiserConfig = DoubleConvUnetConfig | SimpleUnetConfig | ModernUnetConfig;

export interface ImageSize {
  readonly height: number;
  readonly width: number;
}

/** What batch norms do (see BatchNormMode); only "train" drops out. */
export type DenoiserMode = BatchNormMode;

export interface ImageDenoiserInput {
  /** `[batch, height, width, channels]`. */
  readonly noisy: tf.Tensor;
  /** `[batch]`, float32, in steps: 0, 1, 2, ... */
  readonly timesteps: tf.Tensor;
  /** `[batch]`, int32; the number of classes means "no class". Read only if the network has classes. */
  readonly labels?: tf.Tensor;
  readonly mode: DenoiserMode;
  /** Uniform numbers in (0, 1), as `imageDenoiserUniforms` declares; read in mode "train". */
  readonly uniforms?: Readonly<Record<string, tf.Tensor>>;
}

export interface ImageDenoiserResult {
  /** What the objective asks for, `[batch, height, width, outputs]`. */
  readonly output: tf.Tensor;
  /** In mode "train" the new value of each buffer; otherwise nothing. */
  readonly buffers: Parameters;
}

/** What training changes by gradients. */
export function imageDenoiserParameters(config: ImageDenoiserConfig): ParameterSpecs {
  switch (config.kind) {
    case "double_conv_unet":
      return doubleConvUnetParameters(config);
    case "simple_unet":
      return simpleUnetParameters(config);
    case "modern_unet":
      return modernUnetParameters(config);
    default:
      return unknownKind(config);
  }
}

/** What training changes without gradients: the running statistics of batch norms. */
export function imageDenoiserBuffers(config: ImageDenoiserConfig): ParameterSpecs {
  return config.kind === "simple_unet" ? simpleUnetBuffers(config) : {};
}

/** Shapes of the uniform numbers that one step of training draws for dropout. */
export function imageDenoiserUniforms(
  config: ImageDenoiserConfig,
  sizes: ImageSize & { readonly batch: number },
): Readonly<Record<string, readonly number[]>> {
  return config.kind === "double_conv_unet" ? doubleConvUnetUniforms(config, sizes) : {};
}

/**
 * Runs the network.
 * @param parameters Those of `imageDenoiserParameters` and of `imageDenoiserBuffers`, in one record.
 * @throws {RangeError} When the levels of the network do not divide the images.
 * @throws {Error} When something that the config wants is missing: labels, or in training uniform numbers.
 */
export function imageDenoiser(
  parameters: Parameters,
  config: ImageDenoiserConfig,
  { noisy, timesteps, labels, mode, uniforms }: ImageDenoiserInput,
): ImageDenoiserResult {
  const [batch, height, width] = (noisy as tf.Tensor4D).shape;
  requireDivisible(config, { height, width });
  if (config.classes > 0 && labels === undefined) {
    throw new Error(
      `Cannot denoise: the network knows ${config.classes} classes and needs labels, but there are none ` +
        `(the label ${config.classes} means "no class")`,
    );
  }
  const input = { noisy, timesteps, ...(labels ? { labels } : {}) };
  switch (config.kind) {
    case "double_conv_unet": {
      if (mode !== "train") {
        return { output: doubleConvUnet(parameters, config, input), buffers: {} };
      }
      const wanted = doubleConvUnetUniforms(config, { batch, height, width });
      requireUniforms(wanted, uniforms ?? {});
      const dropout = uniforms ? { uniforms } : {};
      return { output: doubleConvUnet(parameters, config, { ...input, ...dropout }), buffers: {} };
    }
    case "simple_unet":
      return simpleUnet(parameters, config, { ...input, mode });
    case "modern_unet":
      return { output: modernUnet(parameters, config, input), buffers: {} };
    default:
      return unknownKind(config);
  }
}

/** @throws {RangeError} When the levels of the network do not divide the image. */
export function requireDivisible(config: ImageDenoiserConfig, { height, width }: ImageSize): void {
  const factor = factorOf(config);
  if (height % factor === 0 && width % factor === 0) return;
  throw new RangeError(
    `Cannot denoise images of ${height}x${width} pixels with a ${config.kind} of ${config.widths.length} levels: ` +
      `height and width must be multiples of ${factor}`,
  );
}

function factorOf(config: ImageDenoiserConfig): number {
  switch (config.kind) {
    case "double_conv_unet":
      return doubleConvUnetFactor(config);
    case "simple_unet":
      return simpleUnetFactor(config);
    case "modern_unet":
      return modernUnetFactor(config);
    default:
      return unknownKind(config);
  }
}

/** Training without dropout that the config asks for must not pass unnoticed. */
function requireUniforms(
  wanted: Readonly<Record<string, readonly number[]>>,
  given: Readonly<Record<string, tf.Tensor>>,
): void {
  for (const [name, shape] of Object.entries(wanted)) {
    if (String(given[name]?.shape) === String(shape)) continue;
    const found = given[name] ? `one of shape [${given[name].shape}]` : "none";
    throw new Error(
      `Cannot train with dropout: the uniform numbers "${name}" must have shape [${shape}], but there are ${found}`,
    );
  }
}

function unknownKind(config: never): never {
  throw new TypeError(`Internal error: unknown image denoiser ${JSON.stringify(config)}`);
}
