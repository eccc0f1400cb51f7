/** The networks that denoise images, behind one contract. */

import type * as tf from "@tensorflow/tfjs-core";
import type { Parameters, ParameterSpecs } from "./parameters.ts";
import {
  modernUnet,
  type ModernUnetConfig,
  modernUnetFactor,
  modernUnetParameters,
} from "./modern_unet.ts";

export { imagePreset, type ImagePresetId, imagePresetIds } from "./image_presets.ts";

/** Everything that fixes a network; JSON. */
export type ImageDenoiserConfig = ModernUnetConfig;

export interface ImageSize {
  readonly height: number;
  readonly width: number;
}

/**
 * - train: dropout, and batch norm by the statistics of the batch, which also move the running ones.
 * - eval: no dropout, batch norm by the running statistics.
 * - batch_statistics: no dropout, batch norm by the batch that is denoised: what an answer is then depends on
 *   its neighbours.
 */
export type DenoiserMode = "train" | "eval" | "batch_statistics";

export interface ImageDenoiserInput {
  /** `[batch, height, width, channels]`. */
  readonly noisy: tf.Tensor;
  /** `[batch]`, float32, in steps: 0, 1, 2, ... */
  readonly timesteps: tf.Tensor;
  /** `[batch]`, int32; the number of classes means "no class". Read only if the network has classes. */
  readonly labels?: tf.Tensor;
  readonly mode: DenoiserMode;
  /** Uniform numbers in (0, 1) of the shapes that `imageDenoiserUniforms` declares; read in mode "train". */
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
  return modernUnetParameters(config);
}

/** What training changes without gradients: the running statistics of batch norms. */
export function imageDenoiserBuffers(_config: ImageDenoiserConfig): ParameterSpecs {
  return {};
}

/** Shapes of the uniform numbers that one step of training draws for dropout. */
export function imageDenoiserUniforms(
  _config: ImageDenoiserConfig,
  _batch: ImageSize & { readonly batch: number },
): Readonly<Record<string, readonly number[]>> {
  return {};
}

/**
 * Runs the network.
 * @param parameters Those of `imageDenoiserParameters` and of `imageDenoiserBuffers`, in one record.
 * @throws {Error} When the network has classes, but there are no labels.
 */
export function imageDenoiser(
  parameters: Parameters,
  config: ImageDenoiserConfig,
  input: ImageDenoiserInput,
): ImageDenoiserResult {
  if (config.classes > 0 && input.labels === undefined) {
    throw new Error(
      `Cannot denoise: the network knows ${config.classes} classes and needs labels, but there are none ` +
        `(the label ${config.classes} means "no class")`,
    );
  }
  return { output: modernUnet(parameters, config, input), buffers: {} };
}

/** @throws {RangeError} When the levels of the network do not divide the image. */
export function requireDivisible(config: ImageDenoiserConfig, { height, width }: ImageSize): void {
  const factor = modernUnetFactor(config);
  if (height % factor === 0 && width % factor === 0) return;
  throw new RangeError(
    `Cannot denoise images of ${height}x${width} pixels with ${config.kind}: height and width must be multiples of ${factor}`,
  );
}
