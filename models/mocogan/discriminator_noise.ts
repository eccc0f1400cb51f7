/** Noise before the convolutions of a discriminator. */

import type * as tf from "@tensorflow/tfjs-core";
import { instanceNoise, instanceNoiseUniforms } from "../layers/instance_noise.ts";
import type { NoiseConfig } from "./config.ts";

export type Uniforms = Readonly<Record<string, tf.Tensor>>;

/** Shapes by name of what the noise of some layers needs, as `rows.i` and `columns.i`. */
export function noiseUniforms(
  { sigma, at }: NoiseConfig,
  inputs: readonly (readonly number[])[],
): Readonly<Record<string, readonly number[]>> {
  if (sigma === 0) return {};
  const blurred = at === "inputs" ? inputs.slice(0, 1) : inputs;
  return Object.fromEntries(blurred.flatMap((shape, layer) => {
    const { rows, columns } = instanceNoiseUniforms(shape);
    return [[`rows.${layer}`, rows], [`columns.${layer}`, columns]];
  }));
}

/**
 * The input of a layer with noise on it, where the config has any there.
 * @throws {Error} When the uniform numbers are missing: training without noise must not pass unnoticed.
 */
export function blur(
  input: tf.Tensor,
  layer: number,
  { sigma, at }: NoiseConfig,
  uniforms: Uniforms,
): tf.Tensor {
  if (sigma === 0 || (at === "inputs" && layer > 0)) return input;
  const [rows, columns] = [uniforms[`rows.${layer}`], uniforms[`columns.${layer}`]];
  if (rows && columns) return instanceNoise(input, { sigma, rows, columns });
  throw new Error(
    `Cannot discriminate with noise: layer ${layer} needs uniform numbers "rows.${layer}" and ` +
      `"columns.${layer}", but there are ${Object.keys(uniforms).join(", ") || "none"}`,
  );
}
