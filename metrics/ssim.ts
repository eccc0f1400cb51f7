/** Structural similarity. */

import { mean } from "../numerics/mean.ts";
import type { MetricInfo } from "./metric.ts";
import { type Comparison, requireSameShape, type Video } from "./video.ts";

export const ssimInfo: MetricInfo = {
  id: "ssim",
  unit: "1",
  better: "higher",
  summary: "Structural similarity",
  identity: 1,
  symmetric: true,
};

interface Preset {
  /** One-dimensional window; its outer product with itself is the window. Sums to 1. */
  readonly window: Float64Array;
  /** Factor of variances and covariance: n / (n − 1) for sample statistics. */
  readonly covarianceScale: number;
  /** The dynamic range R in C1 = (0.01 R)² and C2 = (0.03 R)². */
  readonly range: number;
  /** Windows at the border: only whole ones count, or the frame is mirrored and all count. */
  readonly border: "valid" | "reflect";
  /** Compare round(255 v), as 8-bit images. */
  readonly quantised: boolean;
  readonly protocol: string;
}

const gaussian11 = gaussianWindow(11, 1.5);
const uniform7 = new Float64Array(7).fill(1 / 7);

const wang: Preset = {
  window: gaussian11,
  covarianceScale: 1,
  range: 1,
  border: "valid",
  quantised: false,
  protocol:
    "Wang et al. 2004: Gaussian window 11, sigma 1.5, population covariance, R = 1, valid region",
};

const uniformOfRange2: Preset = {
  window: uniform7,
  covarianceScale: 49 / 48,
  // scikit-image <= 0.19 guessed -1..1 for floats; scores of these code bases contain the guess.
  range: 2,
  border: "valid",
  quantised: false,
  protocol: "uniform window 7, sample covariance, R = 2, valid region",
};

const presets = {
  wang,
  svg: { ...uniformOfRange2, protocol: `SVG: ${uniformOfRange2.protocol}` },
  openstl: { ...uniformOfRange2, protocol: `OpenSTL: ${uniformOfRange2.protocol}` },
  mcvd: {
    ...wang,
    range: 255,
    quantised: true,
    protocol:
      "MCVD: 8-bit frames, Gaussian window 11, sigma 1.5, population covariance, R = 255, valid region",
  },
  torchmetrics: {
    ...wang,
    border: "reflect",
    protocol:
      "torchmetrics >= 1.4.2: Gaussian window 11, sigma 1.5, population covariance, R = 1, " +
      "mirrored border, full frame",
  },
} satisfies Record<string, Preset>;

/** Named conventions: the same two frames give 0.525 or 0.745 by convention alone. */
export type SsimPreset = keyof typeof presets;

/** All of them, `wang` first. */
export const ssimPresets = Object.keys(presets) as [SsimPreset, ...SsimPreset[]];

/** One line for the record. */
export function ssimProtocol(preset: SsimPreset): string {
  return `${presets[preset].protocol}; candidates clipped to [0, 1], channels apart, ` +
    "mean over frames and clips";
}

/**
 * Mean over windows of (2 μx μy + C1)(2 σxy + C2) / ((μx² + μy² + C1)(σx² + σy² + C2)), per frame.
 *
 * Source: Wang et al. 2004, https://doi.org/10.1109/TIP.2003.819861, equation 13; presets say what
 * code bases changed. Intensities in [0, 1]; channels apart, then averaged; all sums in float64.
 * @throws {RangeError} When shapes differ, or frames are smaller than the window.
 */
export function ssim(reference: Video, preset: SsimPreset = "wang"): Comparison {
  const rule: Preset = presets[preset];
  const { frames, height, width, channels } = reference;
  const margin = rule.border === "reflect" ? (rule.window.length - 1) / 2 : 0;
  const grid = { height: height + 2 * margin, width: width + 2 * margin, margin };
  if (grid.height < rule.window.length || grid.width < rule.window.length || margin >= height) {
    throw new RangeError(
      `Cannot compute SSIM "${preset}": its window of ${rule.window.length} needs larger frames ` +
        `than ${height} x ${width}`,
    );
  }
  const filter = separableFilter(rule.window, grid.height, grid.width);
  const planes = Array.from({ length: frames * channels }, (_, index) => {
    const plane = takePlane(reference, index, grid, rule);
    return { plane, mean: filter(plane), square: filter(multiply(plane, plane)) };
  });
  return (candidate) => {
    requireSameShape(candidate, reference);
    const values = planes.map(({ plane, mean: muY, square }, index) => {
      const x = takePlane(candidate, index, grid, rule);
      return meanSimilarity(
        rule,
        { mu: filter(x), square: filter(multiply(x, x)) },
        { mu: muY, square },
        filter(multiply(x, plane)),
      );
    });
    return Float64Array.from(
      { length: frames },
      (_, frame) => mean(values.slice(frame * channels, (frame + 1) * channels)),
    );
  };
}

interface Grid {
  readonly height: number;
  readonly width: number;
  /** Mirrored pixels on each side. */
  readonly margin: number;
}

/** One channel of one frame, `index` = frame * channels + channel, with its mirrored border. */
function takePlane(video: Video, index: number, grid: Grid, rule: Preset): Float64Array {
  const { height, width, channels, data } = video;
  const channel = index % channels;
  const start = (index - channel) / channels * height * width * channels;
  const plane = new Float64Array(grid.height * grid.width);
  for (let i = 0; i < grid.height; i++) {
    const row = start + mirror(i - grid.margin, height) * width * channels;
    for (let j = 0; j < grid.width; j++) {
      const value = data[row + mirror(j - grid.margin, width) * channels + channel]!;
      plane[i * grid.width + j] = rule.quantised ? Math.round(255 * value) : value;
    }
  }
  return plane;
}

/** Reflection without repeating the edge: -1 -> 1, size -> size - 2. */
function mirror(index: number, size: number): number {
  if (index < 0) return -index;
  return index < size ? index : 2 * (size - 1) - index;
}

function meanSimilarity(
  { covarianceScale, range }: Preset,
  x: { readonly mu: Float64Array; readonly square: Float64Array },
  y: { readonly mu: Float64Array; readonly square: Float64Array },
  product: Float64Array,
): number {
  const c1 = (0.01 * range) ** 2;
  const c2 = (0.03 * range) ** 2;
  let sum = 0;
  for (let i = 0; i < product.length; i++) {
    const mx = x.mu[i]!;
    const my = y.mu[i]!;
    const variances = covarianceScale * (x.square[i]! - mx * mx + y.square[i]! - my * my);
    const covariance = covarianceScale * (product[i]! - mx * my);
    sum += ((2 * mx * my + c1) * (2 * covariance + c2)) /
      ((mx * mx + my * my + c1) * (variances + c2));
  }
  return sum / product.length;
}

/** A filter of `[height, width]` by a symmetric window along rows, then columns; whole windows only. */
function separableFilter(
  window: Float64Array,
  height: number,
  width: number,
): (plane: Float64Array) => Float64Array {
  const taps = window.length;
  const radius = (taps - 1) / 2;
  const outWidth = width - taps + 1;
  const outHeight = height - taps + 1;
  const centre = window[radius]!;
  const rows = new Float64Array(height * outWidth);
  return (plane) => {
    for (let i = 0; i < height; i++) {
      for (let j = 0; j < outWidth; j++) {
        const at = i * width + j;
        let sum = centre * plane[at + radius]!;
        for (let t = 0; t < radius; t++) {
          sum += window[t]! * (plane[at + t]! + plane[at + taps - 1 - t]!);
        }
        rows[i * outWidth + j] = sum;
      }
    }
    const result = new Float64Array(outHeight * outWidth);
    for (let at = 0; at < result.length; at++) {
      let sum = centre * rows[at + radius * outWidth]!;
      for (let t = 0; t < radius; t++) {
        sum += window[t]! * (rows[at + t * outWidth]! + rows[at + (taps - 1 - t) * outWidth]!);
      }
      result[at] = sum;
    }
    return result;
  };
}

function multiply(a: Float64Array, b: Float64Array): Float64Array {
  const result = new Float64Array(a.length);
  for (let i = 0; i < a.length; i++) result[i] = a[i]! * b[i]!;
  return result;
}

function gaussianWindow(taps: number, sigma: number): Float64Array {
  const radius = (taps - 1) / 2;
  const window = Float64Array.from(
    { length: taps },
    (_, i) => Math.exp(-((i - radius) ** 2) / (2 * sigma * sigma)),
  );
  const sum = window.reduce((total, value) => total + value, 0);
  return window.map((value) => value / sum);
}
