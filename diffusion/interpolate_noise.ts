/** Noise between two noises. */

/** Directions closer than this are joined by a straight line: the arc divides by its sine. */
const PARALLEL = 1e-6;

/**
 * The point at `share` of the way from a to b along the great circle, with the norm that share between theirs.
 *
 * A straight line between two noises passes a point of smaller norm, 1/√2 of it half way, that a network never saw:
 * samples there are washed out.
 * Source: Shoemake 1985, https://doi.org/10.1145/325165.325242; Song et al. 2021,
 * https://arxiv.org/abs/2010.02502, appendix D.5.
 * @param share 0 gives a, 1 gives b, exactly.
 * @throws {RangeError} When lengths differ, one is all zeros, the two are opposite (each great circle joins them), or
 * share is not in [0, 1].
 */
export function interpolateNoise(a: Float32Array, b: Float32Array, share: number): Float32Array {
  if (a.length !== b.length) {
    throw new RangeError(
      `Cannot interpolate noise: both must have equal length, but have ${a.length} and ${b.length}`,
    );
  }
  if (!(share >= 0 && share <= 1)) {
    throw new RangeError(`Cannot interpolate noise: share must be in [0, 1], but is ${share}`);
  }
  if (share === 0) return a.slice();
  if (share === 1) return b.slice();
  const [normA, normB] = [norm(a), norm(b)];
  if (normA === 0 || normB === 0) {
    throw new RangeError(
      "Cannot interpolate noise: one of the two is all zeros, without a direction",
    );
  }
  const [weightA, weightB] = arc(angle(a, b, normA, normB), share);
  const length = (1 - share) * normA + share * normB;
  return a.map((value, i) => length * (weightA * (value / normA) + weightB * (b[i]! / normB)));
}

/** Weights of two unit vectors, whose sum is a unit vector. */
function arc(theta: number, share: number): readonly [number, number] {
  if (theta < PARALLEL) return [1 - share, share];
  if (Math.PI - theta < PARALLEL) {
    throw new RangeError(
      "Cannot interpolate noise: the two are opposite, so no path is the shortest",
    );
  }
  const sine = Math.sin(theta);
  return [Math.sin((1 - share) * theta) / sine, Math.sin(share * theta) / sine];
}

/** Between 0 and π, exact near both ends, where an arc cosine loses half the digits. */
function angle(a: Float32Array, b: Float32Array, normA: number, normB: number): number {
  let [difference, sum] = [0, 0];
  for (let i = 0; i < a.length; i++) {
    const [x, y] = [a[i]! / normA, b[i]! / normB];
    difference += (x - y) ** 2;
    sum += (x + y) ** 2;
  }
  return 2 * Math.atan2(Math.sqrt(difference), Math.sqrt(sum));
}

function norm(values: Float32Array): number {
  return Math.sqrt(values.reduce((sum, value) => sum + value * value, 0));
}
