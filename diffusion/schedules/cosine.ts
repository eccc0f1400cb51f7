/** ᾱ that falls like a squared cosine. */

/**
 * β_n = min(1 − f((n+1)/T) / f(n/T), 0.999) with f(u) = cos²((u + 0.008) / 1.008 · π/2).
 *
 * Source: Nichol & Dhariwal 2021, https://arxiv.org/abs/2102.09672, equation 17; Residual Video Diffusion
 * uses it with 1600 steps. ᾱ is the product of the clipped 1 − β, so it does not end at exactly 0.
 */
export function cosine(steps: number): Float64Array {
  return Float64Array.from(
    { length: steps },
    (_, n) => Math.min(1 - fall((n + 1) / steps) / fall(n / steps), 0.999),
  );
}

function fall(u: number): number {
  return Math.cos(((u + 0.008) / 1.008) * (Math.PI / 2)) ** 2;
}
