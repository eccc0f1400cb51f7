/** Scores of clips that were generated from nothing. */

import { z } from "zod";
import type { Clips } from "../../artifacts/clips.ts";
import type { Score } from "../../artifacts/scores.ts";
import { createEngine } from "../../engine/create_engine.ts";
import { acdInfo, diversityInfo, meanPairDistance } from "../../metrics/pair_distance.ts";
import { categoryAccuracyInfo, categoryHits } from "../../metrics/category_accuracy.ts";
import type { Features } from "../../metrics/features.ts";
import { mean } from "../../numerics/mean.ts";
import { defineStage } from "../../pipelines/stage.ts";
import { openClipFeatures } from "./clip_features.ts";
import { contentColours } from "./content_colours.ts";
import { clipDistances, type ClipRow } from "./gan_distances.ts";
import { type GanRow, realRows } from "./gan_rows.ts";
import { withInterval } from "./row_scores.ts";

const id = "evaluate/gan_video";

const params = z.strictObject({
  content: z.enum(["shape", "frame"]).default("shape").describe(
    "Whose mean colour is a frame's content: of what differs from the background, or of all pixels",
  ),
  diversityClips: z.int().min(2).default(256).describe(
    "First clips of each set whose pairwise distances make the diversity",
  ),
  baselines: z.boolean().default(true).describe(
    "Score real clips that stand still, and real clips with their frames exchanged, too",
  ),
});

/**
 * Average content distance, category accuracy, Fréchet distances of frames and clips, diversity; each for the samples,
 * for real clips, and for two rearrangements of real clips that please one measure and fail another.
 */
export const evaluateGanVideo = defineStage({
  id,
  version: 1,
  summary:
    "Score generated clips by content distance, category accuracy, Fréchet distance and diversity",
  params,
  inputs: { generated: "clips", reference: "clips", features: "feature_extractor?" },
  outputs: { scores: "scores" },
  permissions: { engine: true },
  async run({ params, inputs, seed, engine: choice, progress, signal }) {
    const generated = await inputs.generated.load();
    const reference = await inputs.reference.load();
    requireComparable(generated, reference);
    const real = realRows(reference, seed);
    const rows: readonly GanRow[] = [
      { of: "samples", clips: generated },
      ...(params.baselines ? real : real.slice(0, 1)),
    ];
    const scores: Score[] = [];
    for (const row of rows) {
      signal.throwIfAborted();
      scores.push(...colourScores(row, params));
    }
    if (!inputs.features) return { scores: { scores: ordered(scores) } };

    const extractor = await inputs.features.load();
    const label = `${extractor.name} ${inputs.features.digest.slice(0, 6)}`;
    const engine = await createEngine(choice);
    try {
      const opened = openClipFeatures(engine, extractor, reference);
      try {
        const extracted: ClipRow[] = [];
        for (const [step, { of, clips }] of rows.entries()) {
          signal.throwIfAborted();
          progress({ step, of: rows.length, message: of });
          const { classes, ...features } = await opened.extract(clips);
          scores.push(
            ...accuracyScores({ of, clips }, classes, extractor.facts["testAccuracy"], label),
            diversityScore(
              of,
              features.clips,
              params.diversityClips,
              `diversity[${label}]`,
              `Euclidean distance of ${extractor.dimensions} features of clips by "${extractor.name}"`,
            ),
          );
          extracted.push({ of, ...features });
        }
        progress({ step: rows.length, of: rows.length });
        scores.push(...clipDistances(extracted, { label, frames: reference.shape[1], seed }));
      } finally {
        opened.dispose();
      }
    } finally {
      engine.dispose();
    }
    return { scores: { scores: ordered(scores) } };
  },
});

type Params = z.output<typeof params>;

/** Content distance and the spread of contents, which need no network. */
function colourScores({ of, clips }: GanRow, { content, diversityClips }: Params): Score[] {
  const [count, time, , , channels] = clips.shape;
  const colours = Array.from({ length: count }, (_, i) => contentColours(clips, i, content));
  const what = content === "shape"
    ? "mean colour of the pixels that differ from the background"
    : "mean colour of all pixels";
  const means = new Float64Array(count * channels);
  for (const [i, { data }] of colours.entries()) {
    for (let c = 0; c < channels; c++) {
      means[i * channels + c] = mean(data.filter((_, k) => k % channels === c));
    }
  }
  const { unit, better } = acdInfo;
  const protocol =
    `Euclidean distance of the ${what}, mean over all pairs of ${time} frames, then ` +
    "over clips";
  return [
    withInterval({ metric: "acd", unit, better, protocol, of }, colours.map(meanPairDistance)),
    {
      ...diversityScore(
        of,
        { data: means, count, dimensions: channels },
        diversityClips,
        "diversity[colour]",
        `Euclidean distance of clips' ${what}`,
      ),
      unit,
    },
  ];
}

function diversityScore(
  of: string,
  features: Features,
  most: number,
  metric: string,
  what: string,
): Score {
  const { unit, better } = diversityInfo;
  const count = Math.min(most, features.count);
  return {
    metric,
    unit,
    better,
    value: meanPairDistance({ ...features, count }),
    count,
    protocol: `${what}, mean over all pairs of the first ${count} clips`,
    of,
  };
}

function accuracyScores(
  { of, clips }: GanRow,
  classes: Int32Array,
  testAccuracy: number | undefined,
  label: string,
): Score[] {
  if (!clips.labels) return [];
  const { unit, better } = categoryAccuracyInfo;
  const right = testAccuracy === undefined
    ? ""
    : `, which is right for ${(100 * testAccuracy).toFixed(1)} % of held-out clips`;
  const known = new Set(clips.labels).size;
  const protocol =
    `share of clips in which the classifier ${label}${right}, finds the category that was ` +
    `asked for, of ${known}; chance is ${(1 / known).toFixed(2)}`;
  const hits = categoryHits(classes, clips.labels);
  return [withInterval({ metric: "category_accuracy", unit, better, protocol, of }, hits)];
}

/** The order in which people look for metrics; rows stay in theirs. */
const RANKS = ["acd", "category_accuracy", "fid", "diversity"];

function ordered(scores: readonly Score[]): Score[] {
  const rank = ({ metric }: Score) => RANKS.indexOf(metric.split("[")[0]!);
  return scores.toSorted((a, b) => rank(a) - rank(b) || a.metric.localeCompare(b.metric, "en"));
}

function requireComparable(generated: Clips, reference: Clips): void {
  const [ours, theirs] = [generated, reference].map(({ shape }) => shape.slice(1).join("x"));
  if (ours !== theirs) {
    throw new Error(
      `Cannot run "${id}": clips must be alike in frames and size, but "generated" is ${ours} and ` +
        `"reference" ${theirs}`,
    );
  }
  const [asked, known] = [generated, reference].map(({ classes }) => classes?.join(", "));
  if (asked === undefined || known === undefined || asked === known) return;
  throw new Error(
    `Cannot run "${id}": categories must be the same, but those of "generated" are ${asked} and those ` +
      `of "reference" ${known}`,
  );
}
