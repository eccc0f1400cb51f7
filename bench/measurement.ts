/** What one process reports of one network, ours or a peer's. */
export interface Measurement {
  readonly version: string;
  readonly parameters: number;
  /** From nothing compiled to the first loss. */
  readonly firstMs: number;
  readonly stepsMs: readonly number[];
  readonly peakRssMb: number;
  /** Processor time of the whole process. */
  readonly cpuMs: number;
  /** Processor time of a timed step, all threads; with one thread it hardly feels other processes. */
  readonly stepCpuMs: number;
}

/** What only our engine reports. */
export interface OwnMeasurement extends Measurement {
  readonly blockSize: number;
  readonly gflop: number;
  readonly traceMs: number;
  readonly encodeMs: number;
  readonly sessionMs: number;
  readonly nodeCount: number;
  readonly firstLoss: number;
  readonly lastLoss: number;
}

/** A process that measures, seen from outside. */
export interface Round<Result extends Measurement> {
  readonly measurement: Result;
  /** How much of one core other processes used meanwhile; undefined where the system hides it. */
  readonly foreignLoad: number | undefined;
}

export interface Quantiles {
  readonly median: number;
  readonly min: number;
  readonly p90: number;
}

/** Median (mean of the middle two of an even number), minimum and 90th percentile (nearest rank). */
export function quantiles(values: readonly number[]): Quantiles {
  const sorted = [...values].sort((a, b) => a - b);
  const at = (index: number) => sorted[index] ?? Number.NaN;
  const { length } = sorted;
  return {
    median: (at(Math.floor((length - 1) / 2)) + at(Math.floor(length / 2))) / 2,
    min: at(0),
    p90: at(Math.ceil(0.9 * length) - 1),
  };
}
