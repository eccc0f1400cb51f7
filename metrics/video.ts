/** One clip as metrics see it. */

export interface Video {
  /** `[frame, height, width, channel]`, row major. */
  readonly data: Float32Array | Float64Array;
  readonly frames: number;
  readonly height: number;
  readonly width: number;
  readonly channels: number;
}

/**
 * A comparison prepared for one reference: called with candidates of the same shape, it gives one value
 * per frame. Preparing once matters where the reference alone costs half, as in SSIM.
 */
export type Comparison = (candidate: Video) => Float64Array;

/** Values of one frame. */
export function frameSize({ height, width, channels }: Video): number {
  return height * width * channels;
}

/** @throws {RangeError} Naming both shapes, when they differ or do not hold the data. */
export function requireSameShape(candidate: Video, reference: Video): void {
  const [ours, theirs] = [shapeOf(candidate), shapeOf(reference)];
  if (ours !== theirs) {
    throw new RangeError(
      `Cannot compare videos: the candidate is [${ours}], the reference [${theirs}]`,
    );
  }
  const size = candidate.frames * frameSize(candidate);
  if (candidate.data.length !== size || reference.data.length !== size) {
    throw new RangeError(
      `Cannot compare videos: [${ours}] holds ${size} values, but there are ` +
        `${candidate.data.length} and ${reference.data.length}`,
    );
  }
}

function shapeOf({ frames, height, width, channels }: Video): string {
  return `${frames}, ${height}, ${width}, ${channels}`;
}
