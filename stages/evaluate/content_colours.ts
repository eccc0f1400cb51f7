/** The content of frames of simple scenes: the colour of what stands before the background. */

import type { Clips } from "../../artifacts/clips.ts";
import type { Features } from "../../metrics/features.ts";

/** Smallest difference from the background, in any channel of 0..255, of a pixel that counts. */
const THRESHOLD = 40;
/** A share of the frame; fewer pixels are noise. */
const SMALLEST_SHARE = 0.002;

/**
 * - shape: the mean colour of the pixels that differ from the background, the commonest colour by channel; of all
 *   pixels where there are none.
 * - frame: the mean colour of all pixels.
 */
export type ContentKind = "shape" | "frame";

/** One row for each frame of a clip, its mean colour in 0..255. */
export function contentColours(
  { frames, shape }: Pick<Clips, "frames" | "shape">,
  clip: number,
  kind: ContentKind,
): Features {
  const [, time, height, width, channels] = shape;
  const size = height * width * channels;
  const scale = frames instanceof Uint8Array ? 1 : 255;
  const data = new Float64Array(time * channels);
  for (let t = 0; t < time; t++) {
    const start = (clip * time + t) * size;
    const pixels = Float64Array.from(frames.subarray(start, start + size), (v) => v * scale);
    data.set(
      kind === "shape" ? shapeColour(pixels, channels) : meanColour(pixels, channels),
      t * channels,
    );
  }
  return { data, count: time, dimensions: channels };
}

function shapeColour(pixels: Float64Array, channels: number): Float64Array {
  const background = medians(pixels, channels);
  const sums = new Float64Array(channels);
  let count = 0;
  for (let i = 0; i < pixels.length; i += channels) {
    let largest = 0;
    for (let c = 0; c < channels; c++) {
      largest = Math.max(largest, Math.abs(pixels[i + c]! - background[c]!));
    }
    if (largest < THRESHOLD) continue;
    count++;
    for (let c = 0; c < channels; c++) sums[c] = sums[c]! + pixels[i + c]!;
  }
  if (count < SMALLEST_SHARE * (pixels.length / channels)) return meanColour(pixels, channels);
  return sums.map((sum) => sum / count);
}

function meanColour(pixels: Float64Array, channels: number): Float64Array {
  const sums = new Float64Array(channels);
  for (let i = 0; i < pixels.length; i++) sums[i % channels] = sums[i % channels]! + pixels[i]!;
  return sums.map((sum) => sum / (pixels.length / channels));
}

/** A background that covers most of the frame holds the median of each channel. */
function medians(pixels: Float64Array, channels: number): Float64Array {
  return Float64Array.from({ length: channels }, (_, c) => {
    const own = pixels.filter((_, i) => i % channels === c).sort();
    return own[own.length >> 1]!;
  });
}
