/** Values over steps or frames, ready to draw. */

export interface Series {
  readonly name: string;
  /** Points `[x, y]`, x ascending; y is finite. */
  readonly points: readonly (readonly [x: number, y: number])[];
  /** `[low, high]` of a 95 % interval at each point, when known. */
  readonly band?: readonly (readonly [low: number, high: number])[];
}

export interface Chart {
  readonly title: string;
  readonly xLabel: string;
  /** With unit: "PSNR (dB)". */
  readonly yLabel: string;
  readonly logY?: boolean;
  readonly series: readonly Series[];
}

export interface Curves {
  readonly charts: readonly Chart[];
}
