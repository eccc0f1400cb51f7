/** What the parameters and inputs of the stage amount to. */

import type { Clips } from "../../artifacts/clips.ts";
import type { MetricId } from "../../metrics/mod.ts";
import { type PsnrAveraging, psnrInfo } from "../../metrics/psnr.ts";
import type { SsimPreset } from "../../metrics/ssim.ts";
import {
  type FrameMeasure,
  framePsnr,
  mseMeasures,
  psnrMeasure,
  ssimMeasure,
} from "./frame_measures.ts";
import {
  protocolPsnr,
  protocolSsim,
  type VideoProtocol,
  videoProtocol,
  type VideoProtocolId,
} from "./video_protocols.ts";

/** Ids that users type. */
export const videoMetricIds = [
  "psnr",
  "ssim",
  "mse",
  "crps",
  "fid",
  "kid",
] as const satisfies readonly MetricId[];

export type VideoMetricId = (typeof videoMetricIds)[number];

/** The parameters that choices depend on; those of the stage. */
interface Params {
  readonly metrics?: readonly VideoMetricId[] | undefined;
  readonly psnr: PsnrAveraging;
  readonly ssim: SsimPreset;
  readonly protocol?: VideoProtocolId | undefined;
  readonly contextFrames?: number | undefined;
  readonly samples?: number | undefined;
  readonly features?: string | undefined;
}

/** Frames that are not scored. @throws {Error} When inputs disagree, or nothing is left to score. */
export function contextOf(params: Params, generated: Clips, reference: Clips): number {
  const context = params.contextFrames ?? generated.contextFrames;
  if (params.contextFrames === undefined && reference.contextFrames !== context) {
    throw new Error(
      `Cannot score clips: input "generated" was shown ${context} context frames, but input ` +
        `"reference" has ${reference.contextFrames}; set contextFrames to choose`,
    );
  }
  if (context >= reference.shape[1]) {
    throw new RangeError(
      `Cannot score clips: contextFrames must be below their ${
        reference.shape[1]
      } frames, but it is ${context}`,
    );
  }
  return context;
}

/** Samples of each clip that count. @throws {RangeError} When there are fewer. */
export function samplesOf({ samples }: Params, { samplesPerClip, source }: Clips): number {
  if (samples === undefined) return samplesPerClip;
  if (samples <= samplesPerClip) return samples;
  throw new RangeError(
    `Cannot score ${samples} samples per clip: "${source}" holds ${samplesPerClip}`,
  );
}

/** What to compute. @throws {Error} When an input that it needs is missing, or given twice. */
export function wantedMetrics(
  params: Params,
  samples: number,
  hasFeatures: boolean,
): ReadonlySet<VideoMetricId> {
  const hasFile = params.features !== undefined;
  if (hasFile && hasFeatures) {
    throw new Error(
      'Cannot compute fid: connect input "features" or set the parameter "features", not both',
    );
  }
  const needFeatures = params.metrics?.filter((id) => id === "fid" || id === "kid") ?? [];
  if (needFeatures.length > 0 && !hasFile && !hasFeatures) {
    throw new Error(
      `Cannot compute ${needFeatures[0]}: connect input "features", or name an ONNX model by the ` +
        'parameter "features"',
    );
  }
  // kid only where it is named: with the frames of few clips it repeats what fid says.
  const allowed = videoMetricIds.filter((id) => {
    if (id === "fid") return hasFile || hasFeatures;
    return id === "crps" ? samples > 1 : id !== "kid";
  });
  return new Set(params.metrics ?? allowed);
}

/**
 * The protocol that is asked for, if any.
 * @throws {Error} When other parameters say otherwise, or it chooses by a metric that is not wanted.
 */
export function protocolOf(
  { protocol: id, psnr, ssim }: Params,
  wanted: ReadonlySet<VideoMetricId>,
): VideoProtocol | undefined {
  if (id === undefined) return undefined;
  const protocol = videoProtocol(id);
  if (psnr !== "frame" || ssim !== "wang") {
    throw new Error(
      `Cannot score clips by protocol "${id}": it fixes psnr and ssim, so leave these parameters out, but ` +
        `they are "${psnr}" and "${ssim}"`,
    );
  }
  if (protocol.best === "ssim" && !wanted.has("ssim")) {
    throw new Error(
      `Cannot score clips by protocol "${id}": it chooses samples by ssim, which must be among the metrics`,
    );
  }
  return protocol;
}

/** PSNR per frame is always there for its curve, when PSNR is wanted by another order. */
export function measuresOf(
  params: Params,
  wanted: ReadonlySet<VideoMetricId>,
  protocol: VideoProtocol | undefined,
): readonly FrameMeasure[] {
  const psnr = protocol ? protocolPsnr(protocol) : psnrMeasure(params.psnr);
  const ssim = protocol ? protocolSsim(protocol) : ssimMeasure(params.ssim);
  return [
    ...(wanted.has("psnr") ? [psnr] : []),
    ...(wanted.has("psnr") && !psnr.isFrameCurve ? [framePsnr] : []),
    ...(wanted.has("ssim") ? [ssim] : []),
    ...(wanted.has("mse") ? mseMeasures : []),
  ];
}

/** Whether a measure is a score, or there for its curve only. */
export function isScored(measure: FrameMeasure, measures: readonly FrameMeasure[]): boolean {
  return measure.info !== psnrInfo ||
    measure === measures.find(({ info }) => info === psnrInfo);
}
