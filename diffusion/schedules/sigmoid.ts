/** ᾱ that falls like a logistic curve. */

const [START, END, TEMPERATURE] = [-3, 3, 1];

/**
 * β_n = min(1 − ᾱ((n+1)/T) / ᾱ(n/T), 0.999) with
 *
 *     ᾱ(u) = (s(end/τ) − s((u (end − start) + start)/τ)) / (s(end/τ) − s(start/τ)),  s(x) = 1 / (1 + e^{−x})
 *
 * and start −3, end 3, τ 1. Spends more steps at middling noise than the cosine, for large images.
 * Source: Jabri et al. 2022, https://arxiv.org/abs/2212.11972, algorithm 3.
 */
export function sigmoid(steps: number): Float64Array {
  const first = alphaBar(0);
  return Float64Array.from({ length: steps }, (_, n) => {
    const [current, next] = [alphaBar(n / steps) / first, alphaBar((n + 1) / steps) / first];
    return Math.min(1 - next / current, 0.999);
  });
}

function alphaBar(u: number): number {
  const end = logistic(END / TEMPERATURE);
  const value = logistic((u * (END - START) + START) / TEMPERATURE);
  return (end - value) / (end - logistic(START / TEMPERATURE));
}

function logistic(x: number): number {
  return 1 / (1 + Math.exp(-x));
}
