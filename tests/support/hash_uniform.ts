/** Reproducible test numbers without a file: a 32-bit integer hash of three indices. */

/** A double in (0, 1); the same rule is in the reference vectors, so both sides can build large inputs. */
export function hashUniform(i: number, j: number, s: number): number {
  let h = (Math.imul(i + 1, 73856093) ^ Math.imul(j + 1, 19349663) ^ Math.imul(s + 1, 83492791)) >>>
    0;
  h ^= h >>> 16;
  h = Math.imul(h, 0x85ebca6b);
  h ^= h >>> 13;
  h = Math.imul(h, 0xc2b2ae35);
  h ^= h >>> 16;
  return ((h >>> 0) + 0.5) / 2 ** 32;
}
