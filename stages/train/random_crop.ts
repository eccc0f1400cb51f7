/** Where a random resized crop lies. */

export interface CropRule {
  /** Smallest and largest share of the image's area. */
  readonly scale: readonly [smallest: number, largest: number];
  /** Smallest and largest width over height; absent: always 1. torchvision's default is 3/4 to 4/3. */
  readonly ratio?: readonly [smallest: number, largest: number];
}

export interface Crop {
  readonly top: number;
  readonly left: number;
  readonly height: number;
  readonly width: number;
}

const ATTEMPTS = 10;
const DRAWS_PER_ATTEMPT = 4;

/** Uniform numbers that `randomCrop` takes. */
export const CROP_DRAWS = ATTEMPTS * DRAWS_PER_ATTEMPT;

/**
 * A part of the image: area uniform in `scale`, ratio log-uniform in `ratio`, place uniform over whole
 * pixels. After ten parts that do not fit it is the largest in the middle with an allowed ratio.
 *
 * Source: torchvision 0.24, `RandomResizedCrop.get_params`; halves round up here, to even there.
 * @param draws `CROP_DRAWS` numbers, uniform in (0, 1).
 */
export function randomCrop(
  { height, width }: { readonly height: number; readonly width: number },
  { scale, ratio = [1, 1] }: CropRule,
  draws: Float32Array,
): Crop {
  const between = ([low, high]: readonly [number, number], u: number) => low + (high - low) * u;
  const logRatio = [Math.log(ratio[0]), Math.log(ratio[1])] as const;
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const [u0 = 0, u1 = 0, u2 = 0, u3 = 0] = draws.subarray(attempt * DRAWS_PER_ATTEMPT);
    const area = height * width * between(scale, u0);
    const aspect = Math.exp(between(logRatio, u1));
    const part = {
      width: Math.round(Math.sqrt(area * aspect)),
      height: Math.round(Math.sqrt(area / aspect)),
    };
    if (part.width < 1 || part.width > width || part.height < 1 || part.height > height) continue;
    return {
      ...part,
      top: Math.floor(u2 * (height - part.height + 1)),
      left: Math.floor(u3 * (width - part.width + 1)),
    };
  }
  const allowed = Math.min(ratio[1], Math.max(ratio[0], width / height));
  const part = {
    width: Math.min(width, Math.round(height * allowed)),
    height: Math.min(height, Math.round(width / allowed)),
  };
  return {
    ...part,
    top: Math.floor((height - part.height) / 2),
    left: Math.floor((width - part.width) / 2),
  };
}
