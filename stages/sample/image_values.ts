/** The two ranges of image values. */

/** From the [−1, 1] of diffusion to the [0, 1] of pictures; what lies outside is clipped, never wrapped. */
export function toUnit(values: Float32Array): Float32Array {
  return values.map((value) => Math.min(1, Math.max(0, (value + 1) / 2)));
}

/** From [0, 1] to bytes, rounded to the nearest. */
export function toBytes(values: Float32Array): Uint8Array {
  return Uint8Array.from(values, (value) => Math.round(value * 255));
}
