/** What fixes the networks of MoCoGAN. */

/** Everything that fixes the networks; JSON, so type aliases. */
export type MocoganConfig = {
  /** Edge of frames in pixels: 4 to 7 times a power of two, at least 16. Published: 64, and 96 for MP5. */
  readonly size: number;
  readonly channels: number;
  /** Frames of the clips that the video discriminator sees; the generator draws any number. */
  readonly frames: number;
  /** Numbers of the code that a clip keeps. Published: 50. */
  readonly content: number;
  readonly motion: MotionConfig;
  /** Categories of clips, told to the generator as a one-hot code; 0: none. */
  readonly categories: number;
  /** Channels of the generator's finest map; each coarser one has twice as many. Published: 64. */
  readonly generatorWidth: number;
  /** Channels of the discriminators' finest maps, likewise. Published: 64. */
  readonly discriminatorWidth: number;
  /** full: one logit for an image; patch: one for each of its parts. */
  readonly imageDiscriminator: "full" | "patch";
  /** categorical: full, with a logit for each category beside. */
  readonly videoDiscriminator: "full" | "patch" | "categorical";
  /**
   * - valid: a filter of 4 without padding shortens time by 3 on each level. As published.
   * - halved: stride 2 in time too, and a bias in the last layer: DLHacks' port.
   */
  readonly videoTime: "valid" | "halved";
  readonly noise: NoiseConfig;
};

export type MotionConfig = {
  /** Numbers of a moment's code. Published: 10. */
  readonly size: number;
  readonly cell: "gru" | "lstm";
  /**
   * - null: the cell's state is the code, and starts as noise. As published.
   * - a number: the cell has that many states, starts with zeros, and a motion head makes codes of them: MP5 and
   *   DLHacks, 100.
   */
  readonly hidden: number | null;
  /** fresh: new noise enters at each frame, as published; same: one noise at all frames of a clip, as in MP5. */
  readonly noise: "fresh" | "same";
};

export type NoiseConfig = {
  /** Standard deviation; 0: none. */
  readonly sigma: number;
  /** What the discriminators blur: what they are shown, or the input of each convolution, as published. */
  readonly at: "inputs" | "convolutions";
};

/** Numbers of a code that becomes a frame. */
export function codeSize({ content, categories, motion }: MocoganConfig): number {
  return content + categories + motion.size;
}

/**
 * How often an edge halves, and to what: 64 -> 4 times to 4; 96 -> 4 times to 6.
 * @throws {RangeError} When the edge is not 4 to 7 times a power of two that is at least 4.
 */
export function pyramidOf(size: number): { readonly levels: number; readonly base: number } {
  let [levels, base] = [0, size];
  while (base % 2 === 0 && base >= 8) [levels, base] = [levels + 1, base / 2];
  if (levels >= 2 && base >= 4 && base <= 7) return { levels, base };
  throw new RangeError(
    `Cannot build MoCoGAN for frames of ${size} pixels: the edge must be 4, 5, 6 or 7 times a power of two, ` +
      "and at least 16",
  );
}
