/** Every kind of artifact and its codec: a new kind is one file and one line here. */

import type { ArtifactKindTable } from "./artifact.ts";
import { clipsKind } from "./clips.ts";
import { curvesKind } from "./curves.ts";
import { featureExtractorKind } from "./feature_extractor.ts";
import { featureStatsKind } from "./feature_stats.ts";
import { imagesKind } from "./images.ts";
import { mediaKind } from "./media.ts";
import { scoresKind } from "./scores.ts";
import { weightsKind } from "./weights.ts";

export const artifactKinds = {
  clips: clipsKind,
  curves: curvesKind,
  feature_extractor: featureExtractorKind,
  feature_stats: featureStatsKind,
  images: imagesKind,
  media: mediaKind,
  scores: scoresKind,
  weights: weightsKind,
} satisfies ArtifactKindTable;
