/** Noise on the images of a training batch. */

import { normals, Stream, uniforms } from "../../numerics/random.ts";

/**
 * Adds Gaussian noise in place, each image with a strength of its own, and keeps intensities in [0, 1].
 * @param images `[image, size]`.
 * @param largest Strengths, standard deviations, are uniform from 0 to this.
 */
export function addNoise(
  images: Float32Array,
  size: number,
  largest: number,
  { seed, step }: { readonly seed: bigint; readonly step: number },
): void {
  if (largest === 0) return;
  const draw = { seed, stream: Stream.selection, step, lane: 1 };
  const strengths = uniforms(draw, images.length / size);
  const noise = normals({ seed, stream: Stream.noise, step }, images.length);
  for (let i = 0; i < images.length; i++) {
    const strength = largest * strengths[Math.floor(i / size)]!;
    images[i] = Math.min(1, Math.max(0, images[i]! + strength * noise[i]!));
  }
}
