/** Losses of a diffusion model told apart by how much noise there was. */

/** A range of diffusion steps; both ends belong to it. */
export interface NoiseBucket {
  /** Key of its mean in a history: `loss t 0-249`. */
  readonly name: string;
  /** For charts: `t 0–249`. */
  readonly label: string;
  readonly first: number;
  readonly last: number;
}

/**
 * Splits the steps 0 to `timesteps` − 1 into `count` ranges of equal length, up to one where they do
 * not divide. t counts from the least noise to the most.
 *
 * @throws {RangeError} When there are fewer steps than ranges.
 */
export function noiseBuckets(timesteps: number, count: number): readonly NoiseBucket[] {
  if (!(Number.isInteger(count) && count >= 1 && count <= timesteps)) {
    throw new RangeError(
      `Cannot split ${timesteps} timesteps into ${count} buckets: there must be 1 to ${timesteps}`,
    );
  }
  const start = (bucket: number) => Math.floor((bucket * timesteps) / count);
  return Array.from({ length: count }, (_, bucket) => {
    const [first, last] = [start(bucket), start(bucket + 1) - 1];
    return { name: `loss t ${first}-${last}`, label: `t ${first}–${last}`, first, last };
  });
}

/**
 * Mean loss of each bucket by its name, float64; a bucket that no loss falls into is left out.
 *
 * @param losses One for each sample.
 * @param sampleTimesteps The diffusion step of each sample, from 0 to `timesteps` − 1.
 * @throws {RangeError} When the two differ in length, or a step is out of range.
 */
export function meanByBucket(
  losses: ArrayLike<number>,
  sampleTimesteps: ArrayLike<number>,
  timesteps: number,
  count: number,
): Record<string, number> {
  if (losses.length !== sampleTimesteps.length) {
    throw new RangeError(
      `Cannot sort losses by noise: each needs its timestep, but there are ${losses.length} losses ` +
        `and ${sampleTimesteps.length} timesteps`,
    );
  }
  const buckets = noiseBuckets(timesteps, count);
  const sums = buckets.map(() => ({ sum: 0, count: 0 }));
  Array.from(sampleTimesteps).forEach((t, i) => {
    const sum = sums[buckets.findIndex(({ first, last }) => first <= t && t <= last)];
    if (sum === undefined) {
      throw new RangeError(
        `Cannot sort losses by noise: timesteps must be 0 to ${timesteps - 1}, but there is ${t}`,
      );
    }
    sum.sum += losses[i]!;
    sum.count++;
  });
  return Object.fromEntries(buckets.flatMap(({ name }, i) => {
    const { sum, count } = sums[i]!;
    return count === 0 ? [] : [[name, sum / count]];
  }));
}
