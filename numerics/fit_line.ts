/** Straight lines through points. */

export interface Line {
  readonly slope: number;
  /** Value at x = 0. */
  readonly intercept: number;
}

/**
 * The ordinary least-squares line y = slope x + intercept.
 * @throws {RangeError} When there are fewer than two different x.
 */
export function fitLine(xs: ArrayLike<number>, ys: ArrayLike<number>): Line {
  const n = xs.length;
  let [meanX, meanY] = [0, 0];
  for (let i = 0; i < n; i++) {
    meanX += xs[i]! / n;
    meanY += ys[i]! / n;
  }
  let [products, squares] = [0, 0];
  for (let i = 0; i < n; i++) {
    products += (xs[i]! - meanX) * (ys[i]! - meanY);
    squares += (xs[i]! - meanX) ** 2;
  }
  if (n !== ys.length || !(squares > 0)) {
    throw new RangeError(
      `Cannot fit a line: it needs points at two different places, but there are ${n} x and ` +
        `${ys.length} y`,
    );
  }
  const slope = products / squares;
  return { slope, intercept: meanY - slope * meanX };
}
