/** A frozen network whose features a Fréchet distance compares. */

import { z } from "zod";
import type { ArtifactKind } from "./artifact.ts";
import { readEncoded, readMetadata } from "./metadata_file.ts";
import { decodeSafetensors, encodeSafetensors } from "./safetensors.ts";
import { stableJson } from "./stable_json.ts";
import type { Json, NamedArrays } from "./weights.ts";

export interface FeatureExtractor {
  /** Short name used in labels: `digits` in `fid[digits 3f2a1c]`. */
  readonly name: string;
  /** Id of the network in `models/`. */
  readonly model: string;
  readonly config: Json;
  /** Number of features per image. */
  readonly dimensions: number;
  readonly parameters: NamedArrays;
  /** Facts for the record, such as test accuracy. */
  readonly facts: Readonly<Record<string, number>>;
}

/** `parameters.safetensors` and `feature_extractor.json`. */
export const featureExtractorKind: ArtifactKind<FeatureExtractor> = {
  id: "feature_extractor",
  version: 1,
  summary: "A frozen network whose features a Fréchet distance compares",
  encode({ parameters, name, model, config, dimensions, facts }) {
    return new Map<string, Uint8Array>([
      ["feature_extractor.json", stableJson({ name, model, config, dimensions, facts })],
      ["parameters.safetensors", encodeSafetensors(parameters)],
    ]);
  },
  async decode(files) {
    const metadata = await readMetadata(files, "feature_extractor.json", extractorMetadata);
    const parameters = await readEncoded(files, "parameters.safetensors", decodeSafetensors);
    return { ...metadata, parameters };
  },
};

const extractorMetadata = z.strictObject({
  name: z.string(),
  model: z.string(),
  config: z.json(),
  dimensions: z.int().positive(),
  facts: z.record(z.string(), z.number()),
});
