/**
 * What may travel along an edge of a pipeline.
 *
 * A kind is a codec between a value in memory and a set of named files. It never touches the disk:
 * the store hashes exactly the bytes that a kind encodes, and verifies exactly the bytes it decodes.
 */

import type { Clips } from "./clips.ts";
import type { Curves } from "./curves.ts";
import type { FeatureExtractor } from "./feature_extractor.ts";
import type { FeatureStats } from "./feature_stats.ts";
import type { Images } from "./images.ts";
import type { Media } from "./media.ts";
import type { Scores } from "./scores.ts";
import type { Weights } from "./weights.ts";

/** Every kind of value an edge may carry, by the id that ports use. */
export interface ArtifactKinds {
  /** Videos `[clip, time, height, width, channel]`. */
  clips: Clips;
  /** Values over steps or frames, ready to draw. */
  curves: Curves;
  /** A frozen network whose features a Fréchet distance compares. */
  feature_extractor: FeatureExtractor;
  /** Mean and covariance of features of a set of images. */
  feature_stats: FeatureStats;
  /** Still images `[image, height, width, channel]`, with labels if there are any. */
  images: Images;
  /** Pictures and animations for a person to look at. */
  media: Media;
  /** Numbers with unit, direction, sample count and protocol. */
  scores: Scores;
  /** Parameters of a trained network, raw and averaged. */
  weights: Weights;
}

export type ArtifactKindId = keyof ArtifactKinds;

/** Files of one artifact; reading one verifies its digest. */
export interface ArtifactFiles {
  readonly names: readonly string[];
  /** @throws {Error} When there is no such file, or its bytes are not those that were stored. */
  read(name: string): Promise<Uint8Array>;
}

/** The codec of one kind: `decode(encode(value))` is `value`, and equal values give equal bytes. */
export interface ArtifactKind<Value> {
  readonly id: ArtifactKindId;
  /** Raise when the bytes that `encode` writes for an equal value change. */
  readonly version: number;
  readonly summary: string;
  /** File names are `[a-z0-9][a-z0-9_.-]*`, at most 64 characters. */
  encode(value: Value): ReadonlyMap<string, Uint8Array>;
  decode(files: ArtifactFiles): Promise<Value>;
}

export type ArtifactKindTable = { readonly [K in ArtifactKindId]: ArtifactKind<ArtifactKinds[K]> };
