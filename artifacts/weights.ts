/** Parameters of a trained network. */

/** A named tensor outside any tensor library: float32, row major. */
export interface NamedArray {
  readonly shape: readonly number[];
  readonly data: Float32Array;
}

export type NamedArrays = Readonly<Record<string, NamedArray>>;

/** Values that JSON can hold. */
export type Json = null | boolean | number | string | readonly Json[] | {
  readonly [key: string]: Json;
};

export interface Weights {
  /** Id of the network in `models/`, so that a consumer can refuse weights of another. */
  readonly model: string;
  /** Everything needed to build the network again. */
  readonly config: Json;
  /** As the optimiser left them. */
  readonly parameters: NamedArrays;
  /** Exponential moving average of `parameters`, when training kept one. */
  readonly ema?: NamedArrays;
  /** Optimiser steps taken. */
  readonly step: number;
}
