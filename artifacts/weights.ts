/** Parameters of a trained network. */

import { z } from "zod";
import type { ArtifactKind } from "./artifact.ts";
import { readEncoded, readMetadata } from "./metadata_file.ts";
import { decodeSafetensors, encodeSafetensors } from "./safetensors.ts";
import { stableJson } from "./stable_json.ts";

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

/** `parameters.safetensors`, `weights.json` and, where training kept an average, `ema.safetensors`. */
export const weightsKind: ArtifactKind<Weights> = {
  id: "weights",
  version: 1,
  summary: "Parameters of a trained network, raw and averaged, with what builds it again",
  encode({ model, config, parameters, ema, step }) {
    const files = new Map<string, Uint8Array>([
      ["parameters.safetensors", encodeSafetensors(parameters)],
      ["weights.json", stableJson({ model, config, averaged: ema !== undefined, step })],
    ]);
    return ema === undefined ? files : files.set("ema.safetensors", encodeSafetensors(ema));
  },
  async decode(files) {
    const metadata = await readMetadata(files, "weights.json", weightsMetadata);
    const { model, config, averaged, step } = metadata;
    const parameters = await readEncoded(files, "parameters.safetensors", decodeSafetensors);
    const weights: Weights = { model, config, parameters, step };
    if (!averaged) return weights;
    return { ...weights, ema: await readEncoded(files, "ema.safetensors", decodeSafetensors) };
  },
};

const weightsMetadata = z.strictObject({
  model: z.string(),
  config: z.json(),
  averaged: z.boolean(),
  step: z.int().nonnegative(),
});
