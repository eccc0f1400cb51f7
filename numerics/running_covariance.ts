/** Mean and covariance of a stream of vectors, in float64. */

/** Rows folded at once; fixed, so that results do not depend on how rows arrive. */
const CHUNK = 64;

/**
 * Running mean and scatter matrix, exact to rounding even when the mean is far larger than the spread.
 *
 * Rows are gathered in chunks of 64 and merged pairwise: δ = μB − μA, μ = μA + δ nB / n,
 * M = MA + MB + δ δᵀ nA nB / n. Source: Chan, Golub and LeVeque 1983,
 * https://doi.org/10.1080/00031305.1983.10483115. The same rows in the same order give the same bits,
 * however they are divided among calls.
 */
export class RunningCovariance {
  readonly dimensions: number;
  #count = 0;
  readonly #mean: Float64Array;
  /** Sum of (x − μ)(x − μ)ᵀ; upper triangle, row major `[dimensions, dimensions]`. */
  readonly #scatter: Float64Array;
  readonly #pending: Float64Array;
  #pendingCount = 0;

  constructor(dimensions: number) {
    this.dimensions = dimensions;
    this.#mean = new Float64Array(dimensions);
    this.#scatter = new Float64Array(dimensions * dimensions);
    this.#pending = new Float64Array(CHUNK * dimensions);
  }

  get count(): number {
    return this.#count + this.#pendingCount;
  }

  /**
   * Adds rows.
   * @param rows `[row, dimensions]`, row major.
   * @throws {RangeError} When the length is not a multiple of the dimensions.
   */
  add(rows: Float32Array | Float64Array): void {
    const { dimensions } = this;
    if (rows.length % dimensions !== 0) {
      throw new RangeError(
        `Cannot add rows of ${dimensions} numbers: ${rows.length} numbers are not whole rows`,
      );
    }
    for (let start = 0; start < rows.length; start += dimensions) {
      this.#pending.set(rows.subarray(start, start + dimensions), this.#pendingCount * dimensions);
      this.#pendingCount++;
      if (this.#pendingCount === CHUNK) this.#fold();
    }
  }

  /** Adds all rows of another accumulator. @throws {RangeError} When the dimensions differ. */
  merge(other: RunningCovariance): void {
    if (other.dimensions !== this.dimensions) {
      throw new RangeError(
        `Cannot merge covariances: dimensions are ${this.dimensions} and ${other.dimensions}`,
      );
    }
    this.#fold();
    this.#combine(other.#count, other.#mean, other.#scatter);
    this.add(other.#pending.subarray(0, other.#pendingCount * this.dimensions));
  }

  /** @throws {RangeError} When there are no rows. */
  mean(): Float64Array {
    this.#requireRows(1);
    this.#fold();
    return this.#mean.slice();
  }

  /**
   * The symmetric covariance `[dimensions, dimensions]`, divisor count − 1.
   * @throws {RangeError} When there are fewer than two rows.
   */
  covariance(): Float64Array {
    this.#requireRows(2);
    this.#fold();
    const { dimensions } = this;
    const result = new Float64Array(dimensions * dimensions);
    for (let i = 0; i < dimensions; i++) {
      for (let j = i; j < dimensions; j++) {
        const value = this.#scatter[i * dimensions + j]! / (this.#count - 1);
        result[i * dimensions + j] = value;
        result[j * dimensions + i] = value;
      }
    }
    return result;
  }

  #requireRows(needed: number): void {
    if (this.count >= needed) return;
    throw new RangeError(
      `Cannot compute statistics: they need at least ${needed} rows, but there are ${this.count}`,
    );
  }

  #fold(): void {
    const count = this.#pendingCount;
    if (count === 0) return;
    const { dimensions } = this;
    const rows = this.#pending;
    const mean = new Float64Array(dimensions);
    for (let row = 0; row < count; row++) {
      for (let j = 0; j < dimensions; j++) mean[j] = mean[j]! + rows[row * dimensions + j]! / count;
    }
    for (let row = 0; row < count; row++) {
      const start = row * dimensions;
      for (let j = 0; j < dimensions; j++) rows[start + j] = rows[start + j]! - mean[j]!;
    }
    const scatter = new Float64Array(dimensions * dimensions);
    for (let i = 0; i < dimensions; i++) {
      for (let row = 0; row < count; row += 4) {
        addProducts(scatter, dimensions, i, rows, row, count);
      }
    }
    this.#pendingCount = 0;
    this.#combine(count, mean, scatter);
  }

  #combine(count: number, mean: Float64Array, scatter: Float64Array): void {
    if (count === 0) return;
    const { dimensions } = this;
    const total = this.#count + count;
    const difference = mean.map((value, j) => value - this.#mean[j]!);
    const weight = (this.#count * count) / total;
    for (let i = 0; i < dimensions; i++) {
      const factor = difference[i]! * weight;
      const start = i * dimensions;
      for (let j = i; j < dimensions; j++) {
        this.#scatter[start + j] = this.#scatter[start + j]! + scatter[start + j]! +
          factor * difference[j]!;
      }
    }
    for (let j = 0; j < dimensions; j++) {
      this.#mean[j] = this.#mean[j]! + (difference[j]! * count) / total;
    }
    this.#count = total;
  }
}

/** scatter[i, i..] += x[i] x[i..] for the four rows x from `row` on: one pass over a row of the result. */
function addProducts(
  scatter: Float64Array,
  dimensions: number,
  i: number,
  rows: Float64Array,
  row: number,
  count: number,
): void {
  const left = count - row;
  const x0 = row * dimensions;
  // A row that is not there is the first one, with a factor of 0.
  const x1 = left > 1 ? x0 + dimensions : x0;
  const x2 = left > 2 ? x1 + dimensions : x0;
  const x3 = left > 3 ? x2 + dimensions : x0;
  const f0 = rows[x0 + i]!;
  const f1 = left > 1 ? rows[x1 + i]! : 0;
  const f2 = left > 2 ? rows[x2 + i]! : 0;
  const f3 = left > 3 ? rows[x3 + i]! : 0;
  const target = i * dimensions;
  for (let j = i; j < dimensions; j++) {
    scatter[target + j] = scatter[target + j]! + f0 * rows[x0 + j]! + f1 * rows[x1 + j]! +
      f2 * rows[x2 + j]! + f3 * rows[x3 + j]!;
  }
}
