/** The inverse of the normal distribution function. */

/**
 * z with Φ(z) = p, to about 1 part in 10^16.
 *
 * Source: Wichura 1988, algorithm AS 241 (PPND16), Applied Statistics 37(3), 477-484,
 * https://doi.org/10.2307/2347330. The middle branch uses + - * / only and is exact on any IEEE-754
 * machine; the tails use `Math.log`, which V8 computes by fdlibm on every platform.
 * @param p Probability, 0 < p < 1.
 * @throws {RangeError} When p is not inside (0, 1).
 */
export function normalQuantile(p: number): number {
  if (!(p > 0 && p < 1)) {
    throw new RangeError(
      `Cannot invert the normal distribution: p must be inside (0, 1), got ${p}`,
    );
  }
  const q = p - 0.5;
  if (Math.abs(q) <= 0.425) return centre(q);
  const r = Math.sqrt(-Math.log(q < 0 ? p : 1 - p));
  const z = r <= 5 ? tail(r - 1.6) : farTail(r - 5);
  return q < 0 ? -z : z;
}

// Minimax rational functions: the coefficients of the paper, highest degree innermost.

function centre(q: number): number {
  const r = 0.180625 - q * q;
  return (q *
    (((((((2.5090809287301226727e3 * r + 3.3430575583588128105e4) * r +
                          6.7265770927008700853e4) * r + 4.5921953931549871457e4) * r +
                  1.3731693765509461125e4) * r + 1.9715909503065514427e3) * r +
          1.3314166789178437745e2) * r + 3.387132872796366608)) /
    (((((((5.226495278852854561e3 * r + 2.8729085735721942674e4) * r +
                          3.9307895800092710610e4) * r + 2.1213794301586595867e4) * r +
                  5.3941960214247511077e3) * r + 6.8718700749205790830e2) * r +
          4.2313330701600911252e1) * r + 1);
}

function tail(r: number): number {
  return (((((((7.7454501427834140764e-4 * r + 2.27238449892691845833e-2) * r +
                        2.41780725177450611770e-1) * r + 1.27045825245236838258) * r +
                3.64784832476320460504) * r + 5.7694972214606914055) * r +
        4.6303378461565452959) * r + 1.42343711074968357734) /
    (((((((1.05075007164441684324e-9 * r + 5.475938084995344946e-4) * r +
                          1.51986665636164571966e-2) * r + 1.48103976427480074590e-1) * r +
                  6.8976733498510000455e-1) * r + 1.6763848301838038494) * r +
          2.05319162663775882187) * r + 1);
}

function farTail(r: number): number {
  return (((((((2.01033439929228813265e-7 * r + 2.71155556874348757815e-5) * r +
                        1.24266094738807843860e-3) * r + 2.65321895265761230930e-2) * r +
                2.9656057182850489123e-1) * r + 1.7848265399172913358) * r +
        5.4637849111641143699) * r + 6.6579046435011037772) /
    (((((((2.04426310338993978564e-15 * r + 1.4215117583164458887e-7) * r +
                          1.84631831751005468180e-5) * r + 7.868691311456132591e-4) * r +
                  1.48753612908506148525e-2) * r + 1.36929880922735805310e-1) * r +
          5.99832206555887937690e-1) * r + 1);
}
