/** Videos. */

/** Which part of a data set clips belong to; training on `test` is refused. */
export type Split = "train" | "validation" | "test" | "generated";

export interface Clips {
  /** `[clip, time, height, width, channel]`, row major; uint8 stands for value / 255. */
  readonly frames: Uint8Array | Float32Array;
  readonly shape: readonly [
    clip: number,
    time: number,
    height: number,
    width: number,
    channel: number,
  ];
  readonly split: Split;
  /** Frames that a model is shown; the rest it must predict. 0 when nothing is fixed. */
  readonly contextFrames: number;
  /** Generated clips hold `samplesPerClip` samples of each reference clip, samples of one clip adjacent. */
  readonly samplesPerClip: number;
  /** What it is and where it comes from, for people: "Moving MNIST, 2 digits, deterministic". */
  readonly source: string;
}
