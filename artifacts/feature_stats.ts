/** Mean and covariance of features: what a Fréchet distance needs of a set of images. */

import { z } from "zod";
import type { ArtifactKind } from "./artifact.ts";
import { readEncoded, readMetadata } from "./metadata_file.ts";
import type { NpyArray } from "./npy.ts";
import { encodeNpz, openNpz } from "./npz.ts";
import { stableJson } from "./stable_json.ts";

export interface FeatureStats {
  /** `[d]`. */
  readonly mean: Float64Array;
  /** `[d, d]`, row major, divisor count − 1. */
  readonly covariance: Float64Array;
  /** Images. */
  readonly count: number;
  /** Which network, as in `fid[inception_v3 3f2a1c]`: statistics of different ones do not compare. */
  readonly extractor: string;
}

/**
 * `stats.npz` and `feature_stats.json`. The .npz file has pytorch-fid's arrays `mu` and `sigma`, float64,
 * and can be given to pytorch-fid as it is; `n` is the count.
 */
export const featureStatsKind: ArtifactKind<FeatureStats> = {
  id: "feature_stats",
  version: 1,
  summary: "Mean and covariance of features, for a Fréchet distance",
  encode({ mean, covariance, count, extractor }) {
    const d = mean.length;
    return new Map<string, Uint8Array>([
      ["feature_stats.json", stableJson({ extractor })],
      [
        "stats.npz",
        encodeNpz({
          mu: { shape: [d], data: mean },
          sigma: { shape: [d, d], data: covariance },
          n: { shape: [], data: BigInt64Array.of(BigInt(count)) },
        }),
      ],
    ]);
  },
  async decode(files) {
    const { extractor } = await readMetadata(files, "feature_stats.json", statsMetadata);
    const { count, ...gaussian } = await readEncoded(files, "stats.npz", readStatistics);
    if (count === undefined) {
      throw new SyntaxError('Cannot read "stats.npz": it must have the number of images, "n"');
    }
    return { ...gaussian, count, extractor };
  },
};

const statsMetadata = z.strictObject({ extractor: z.string() });

/** Of one array: the covariance of 8192 features, four times as many as any network here has. */
const MAX_STATISTICS_BYTES = 8192 ** 2 * 8 + 4096;

/** Largest difference of σij and σji, as a part of the largest variance: float32 rounding. */
const ASYMMETRY = 1e-6;

/**
 * Reads a statistics file of this project, pytorch-fid, TTUR or guided-diffusion: `mu [d]` and
 * `sigma [d, d]`, float64 or float32, and our `n`. Other arrays, such as guided-diffusion's `mu_s`,
 * `sigma_s` (of spatial features) and `arr_0` (the images), are left alone.
 * @throws {SyntaxError} When shapes do not fit, a number is not finite, or sigma is no covariance.
 */
export function readStatistics(
  file: Uint8Array,
): Pick<FeatureStats, "mean" | "covariance"> & { readonly count?: number } {
  const npz = openNpz(file, { maxEntryBytes: MAX_STATISTICS_BYTES });
  const mean = floats("mu", npz.read("mu"));
  const covariance = floats("sigma", npz.read("sigma"));
  const [d = 0, ...others] = mean.shape;
  if (others.length > 0 || d === 0 || covariance.shape.join() !== `${d},${d}`) {
    throw unusable(
      `mu must be [d] and sigma [d, d], but they are [${mean.shape}] and [${covariance.shape}]`,
    );
  }
  requireCovariance(covariance.data, d);
  const statistics = { mean: mean.data, covariance: covariance.data };
  return npz.names.includes("n") ? { ...statistics, count: countOf(npz.read("n")) } : statistics;
}

function floats(name: string, { shape, data }: NpyArray) {
  if (!(data instanceof Float64Array) && !(data instanceof Float32Array)) {
    throw unusable(`${name} must be float64 or float32, but is ${data.constructor.name}`);
  }
  const bad = data.findIndex((value) => !Number.isFinite(value));
  if (bad >= 0) throw unusable(`${name} must be finite, but element ${bad} is ${data[bad]}`);
  return { shape, data: Float64Array.from(data) };
}

function requireCovariance(sigma: Float64Array, d: number): void {
  let largest = 0;
  for (let i = 0; i < d; i++) {
    const variance = sigma[i * d + i]!;
    if (variance < 0) throw unusable(`variance ${i} of sigma is negative: ${variance}`);
    largest = Math.max(largest, variance);
  }
  for (let i = 0; i < d; i++) {
    for (let j = 0; j < i; j++) {
      const [below, above] = [sigma[i * d + j]!, sigma[j * d + i]!];
      if (Math.abs(below - above) > ASYMMETRY * largest) {
        throw unusable(
          `sigma must be symmetric, but [${i}, ${j}] is ${below} and [${j}, ${i}] is ${above}`,
        );
      }
    }
  }
}

function countOf({ shape, data }: NpyArray): number {
  const count = Number(data[0]);
  if (shape.length === 0 && Number.isSafeInteger(count) && count >= 2) return count;
  throw unusable(`n must be one whole number from 2 on, but is [${shape}] ${data[0]}`);
}

function unusable(reason: string): SyntaxError {
  return new SyntaxError(`Cannot use the statistics: ${reason}`);
}
