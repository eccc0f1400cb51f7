/** What contestants report, and how numbers of it are summed up. */

/** What a contestant says once it has compiled and taken its first three steps. */
export interface Ready {
  /** Of the library. */
  readonly version: string;
  readonly parameters: number;
  /** From nothing compiled to the first result. */
  readonly firstMs: number;
  /** The third step. */
  readonly stepMs: number;
  /** Of the first three steps; of sampling, what the loss would be. */
  readonly losses: readonly number[];
  /** What only our engine reports. */
  readonly own?: OwnCosts;
}

export interface OwnCosts {
  /** NCHWc block; 0 is portable ONNX operators only. */
  readonly blockSize: number;
  /** Of convolutions and matrix products in a step. */
  readonly gflop: number;
  readonly traceMs: number;
  readonly encodeMs: number;
  readonly sessionMs: number;
  readonly nodeCount: number;
}

/** Some steps in a row. */
export interface Times {
  readonly stepsMs: readonly number[];
  /** Processor time of a step, all threads; with one thread it hardly feels other processes. */
  readonly stepCpuMs: number;
  /** Processor time of the process since it was asked. */
  readonly cpuMs: number;
  /** The most memory that the process has held. */
  readonly peakRssMb: number;
}

/** One contestant's part of a round, seen from outside. */
export interface Round extends Times {
  /** How much of one core other processes used meanwhile; undefined where the system hides it. */
  readonly foreignLoad: number | undefined;
}

export interface Quantiles {
  readonly p10: number;
  readonly median: number;
  readonly min: number;
  readonly p90: number;
}

/** Median (mean of the middle two of an even number), minimum, 10th and 90th percentile (nearest rank). */
export function quantiles(values: readonly number[]): Quantiles {
  const sorted = [...values].sort((a, b) => a - b);
  const at = (index: number) => sorted[index] ?? Number.NaN;
  const { length } = sorted;
  return {
    p10: at(Math.ceil(0.1 * length) - 1),
    median: (at(Math.floor((length - 1) / 2)) + at(Math.floor(length / 2))) / 2,
    min: at(0),
    p90: at(Math.ceil(0.9 * length) - 1),
  };
}

export function medianOf(values: readonly number[]): number {
  return quantiles(values).median;
}
