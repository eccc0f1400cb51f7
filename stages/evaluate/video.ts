/** Scores of generated videos. */

import { z } from "zod";
import type { Chart, Curves, Series } from "../../artifacts/curves.ts";
import type { Score } from "../../artifacts/scores.ts";
import { createEngine } from "../../engine/create_engine.ts";
import type { Engine } from "../../engine/engine.ts";
import { crpsInfo, crpsOfVideos, crpsProtocol } from "../../metrics/crps.ts";
import { bestOfN } from "../../metrics/best_of_n.ts";
import { psnrInfo } from "../../metrics/psnr.ts";
import { ssimInfo, ssimPresets } from "../../metrics/ssim.ts";
import { mean } from "../../numerics/mean.ts";
import { defineStage } from "../../pipelines/stage.ts";
import { type FrameExtractor, trainedExtractor } from "./frame_features.ts";
import type { FrameMeasure } from "./frame_measures.ts";
import { FeatureScores } from "./feature_scores.ts";
import { onnxExtractor } from "./onnx_features.ts";
import {
  contextOf,
  isScored,
  measuresOf,
  protocolOf,
  samplesOf,
  videoMetricIds,
  wantedMetrics,
} from "./choices.ts";
import { predictionRows, takeFrames } from "./predictions.ts";
import { requireMatchingClips } from "./require_matching_clips.ts";
import {
  type RowRule,
  type SampleValues,
  scoresOfRow,
  seriesOfRow,
  withInterval,
} from "./row_scores.ts";
import { type VideoProtocol, videoProtocolIds } from "./video_protocols.ts";

const params = z.strictObject({
  metrics: z.array(z.enum(videoMetricIds)).min(1).optional().describe(
    "What to compute; absent: all that the inputs allow (crps needs 2 samples, fid an extractor) but kid",
  ),
  psnr: z.enum(["frame", "video", "pooled"]).default("frame").describe(
    "What is averaged before the logarithm: frame (SVG, SRVP, OpenSTL), video (MCVD), pooled",
  ),
  ssim: z.enum(ssimPresets).default("wang").describe("Published convention of SSIM"),
  protocol: z.enum(videoProtocolIds).optional().describe(
    "How a paper scores: fixes psnr, ssim, rounding, how the best sample is chosen, and the interval; " +
      "absent: as psnr and ssim say",
  ),
  ensemble: z.boolean().optional().describe(
    "Also score the mean frame of each clip's samples, which samples beat only if one of them is right",
  ),
  predictedBy: z.string().min(1).optional().describe(
    "What input predictions is called in scores; absent: next-frame predictor",
  ),
  contextFrames: z.int().min(0).optional().describe(
    "First frames that are not scored; absent: those the clips say a model was shown",
  ),
  samples: z.int().positive().optional().describe(
    "Samples of each clip that count, the N of best-of-N; absent: all",
  ),
  features: z.string().min(1).optional().describe(
    "Path of an ONNX model whose first output are the features for fid, instead of the input",
  ),
  fidFrames: z.int().positive().optional().describe(
    "Predicted frames of each clip that fid compares, drawn per clip; absent: all",
  ),
});

/**
 * Scores samples, the predictor alone and baselines against the truth, on predicted frames only.
 *
 * Clips pass one at a time. Values outside [0, 1] are clipped for psnr, ssim, fid and kid, not for mse and crps.
 */
export const evaluateVideo = defineStage({
  id: "evaluate/video",
  version: 2,
  summary:
    "Score generated videos by PSNR, SSIM, MSE, CRPS, Fréchet and kernel distance, beside baselines",
  params,
  files: ["features"],
  inputs: {
    generated: "clips",
    reference: "clips",
    predictions: "clips?",
    train: "clips?",
    features: "feature_extractor?",
  },
  outputs: { scores: "scores", curves: "curves" },
  permissions: { engine: true },
  async run({ params, inputs, seed, engine: choice, progress, signal, openFile }) {
    const generated = await inputs.generated.load();
    const reference = await inputs.reference.load();
    const predictions = await inputs.predictions?.load();
    const train = await inputs.train?.load();
    requireMatchingClips({ generated, reference, predictions, train });
    const contextFrames = contextOf(params, generated, reference);
    const samples = samplesOf(params, generated);
    const wanted = wantedMetrics(params, samples, inputs.features !== undefined);
    const rows = predictionRows({
      generated,
      reference,
      predictions,
      train,
      contextFrames,
      samples,
      predictedBy: params.predictedBy,
      ensemble: params.ensemble,
    });
    const protocol = protocolOf(params, wanted);
    const [count, frames, height, width, channels] = reference.shape;
    const shape = { height, width, channels };

    const openExtractor = async (engine: Engine): Promise<FrameExtractor> => {
      if (params.features !== undefined) {
        const model = await openFile(params.features);
        return await onnxExtractor(engine, params.features, model, shape);
      }
      const extractor = await inputs.features!.load();
      return trainedExtractor(engine, extractor, inputs.features!.digest, shape);
    };
    const engine = wanted.has("fid") || wanted.has("kid") ? await createEngine(choice) : undefined;
    const extractor = engine && await openExtractor(engine);
    const predicted = frames - contextFrames;
    const featureScores = extractor && new FeatureScores(extractor, shape, {
      metrics: wanted,
      predicted,
      framesPerClip: Math.min(predicted, params.fidFrames ?? predicted),
      seed,
    });
    try {
      const measures = measuresOf(params, wanted, protocol);
      const table = new ValueTable();
      for (let clip = 0; clip < count; clip++) {
        signal.throwIfAborted();
        progress({ step: clip, of: count });
        const truth = takeFrames(reference, clip, contextFrames, frames);
        const compare = measures.map((measure) => ({ measure, to: measure.against(truth) }));
        await featureScores?.addReference(clip, truth);
        for (const row of rows) {
          const videos = row.predict(clip);
          for (const { measure, to } of compare) {
            table.add(measure.metric, row.of, videos.map(to));
          }
          if (wanted.has("crps")) {
            table.add("crps", row.of, [crpsOfVideos(videos, truth)]);
            if (videos.length > 1) {
              table.add("crps[fair]", row.of, [crpsOfVideos(videos, truth, "fair")]);
            }
          }
          await featureScores?.addRow(row.of, clip, videos[0]!);
        }
      }
      progress({ step: count, of: count });
      const rules = new Map(rows.map(({ of }) => [of, ruleOf(protocol, measures, table, of)]));
      const all = [
        ...measures.flatMap((measure) =>
          isScored(measure, measures)
            ? rows.flatMap(({ of }) =>
              scoresOfRow(measure, of, table.get(measure.metric, of), rules.get(of))
            )
            : []
        ),
        ...rows.flatMap(({ of }) => crpsScores(of, table, samples)),
        ...(await featureScores?.scores() ?? []),
      ];
      const scores = all.toSorted((a, b) => rankOf(a) - rankOf(b));
      return { scores: { scores }, curves: curvesOf(measures, rules, table, contextFrames) };
    } finally {
      extractor?.dispose();
      engine?.dispose();
    }
  },
});

/** The order in which people look for metrics. */
const RANKS = ["psnr", "ssim", "fid", "kid", "mse", "crps"];

function rankOf({ metric }: Score): number {
  return RANKS.indexOf(metric.split("[")[0]!);
}

/** Values by metric and row: `[clip][sample]`, each over frames. */
class ValueTable {
  readonly #values = new Map<string, Float64Array[][]>();

  add(metric: string, of: string, samples: Float64Array[]): void {
    const key = `${metric} of ${of}`;
    const clips = this.#values.get(key);
    if (clips) clips.push(samples);
    else this.#values.set(key, [samples]);
  }

  get(metric: string, of: string): SampleValues {
    return this.#values.get(`${metric} of ${of}`) ?? [];
  }
}

function crpsScores(of: string, table: ValueTable, samples: number): Score[] {
  return (["energy", "fair"] as const).flatMap((form) => {
    const metric = form === "energy" ? "crps" : "crps[fair]";
    const values = table.get(metric, of);
    if (values.length === 0) return [];
    const { unit, better } = crpsInfo;
    const protocol = crpsProtocol(form, samples);
    const perClip = values.map(([frames]) => mean(frames!));
    return [withInterval({ metric, unit, better, protocol, of }, perClip)];
  });
}

/** How the samples of a row are scored; undefined: each measure by itself. */
function ruleOf(
  protocol: VideoProtocol | undefined,
  measures: readonly FrameMeasure[],
  table: ValueTable,
  of: string,
): RowRule | undefined {
  if (!protocol) return undefined;
  const { interval, best } = protocol;
  const by = measures.find(({ info }) => info === ssimInfo);
  if (best === "metric" || !by) return { interval };
  const { chosen: samples } = bestOfN(table.get(by.metric, of), by.choose);
  return { interval, chosen: { by: "SSIM", samples } };
}

function curvesOf(
  measures: readonly FrameMeasure[],
  rules: ReadonlyMap<string, RowRule | undefined>,
  table: ValueTable,
  contextFrames: number,
): Curves {
  const chart = (measure: FrameMeasure, title: string, yLabel: string): Chart => ({
    title,
    xLabel: "frame",
    yLabel,
    series: [...rules].flatMap(([of, rule]): Series[] =>
      seriesOfRow(measure.info, of, table.get(measure.metric, of), contextFrames + 1, rule)
    ),
  });
  const charts = measures.filter(({ isFrameCurve }) => isFrameCurve).flatMap((measure) => {
    if (measure.info === psnrInfo) return [chart(measure, "PSNR by frame", "PSNR (dB)")];
    if (measure.info === ssimInfo) return [chart(measure, "SSIM by frame", "SSIM")];
    return [];
  });
  return { charts };
}
