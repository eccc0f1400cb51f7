/** How published papers score videos: one name for all conventions that must agree. */

import type { IntervalConvention } from "../../metrics/confidence_interval.ts";
import { mse } from "../../metrics/mse.ts";
import { averagePsnr, psnr, psnrInfo, psnrProtocol } from "../../metrics/psnr.ts";
import { ssim, ssimInfo, type SsimPreset, ssimProtocol } from "../../metrics/ssim.ts";
import type { Video } from "../../metrics/video.ts";
import { type FrameMeasure, MAX_PSNR } from "./frame_measures.ts";
import { clipToUnit } from "./predictions.ts";

export const videoProtocolIds = ["svg", "srvp", "mcvd", "mcvd_mnist"] as const;

export type VideoProtocolId = typeof videoProtocolIds[number];

export interface VideoProtocol {
  readonly id: VideoProtocolId;
  /** `frame`: PSNR of each frame and channel; `video`: of each clip's mean squared error. */
  readonly psnr: "frame" | "video";
  readonly ssim: SsimPreset;
  /** Compare SSIM of frames whose pixels are rounded to 0 or 1. */
  readonly isRounded: boolean;
  /** The best sample of a clip is chosen by each metric for itself, or by SSIM for all. */
  readonly best: "metric" | "ssim";
  /** null: the paper prints none. */
  readonly interval: IntervalConvention | null;
  /** For the record. */
  readonly summary: string;
}

const mcvd = {
  psnr: "video",
  ssim: "mcvd",
  best: "metric",
  interval: "sample",
} as const;

const protocols: Readonly<Record<VideoProtocolId, Omit<VideoProtocol, "id">>> = {
  // Denton & Fergus 2018, https://github.com/edenton/svg @3f19f0b, utils.py eval_seq.
  svg: {
    psnr: "frame",
    ssim: "svg",
    isRounded: false,
    best: "ssim",
    interval: null,
    summary: "SVG's protocol: the best sample of a clip is that of the highest SSIM, no interval",
  },
  // Franceschi et al. 2020, https://github.com/edouardelasalles/srvp @05661fa, test.py.
  srvp: {
    psnr: "frame",
    ssim: "wang",
    isRounded: false,
    best: "metric",
    interval: "srvp",
    summary:
      "SRVP's protocol: the best sample by each metric's mean over frames, interval 1.960 s / sqrt(n) of divisor n",
  },
  // Voleti et al. 2022, https://github.com/voletiv/mcvd-pytorch @451da2e, runners/ncsn_runner.py.
  mcvd: {
    ...mcvd,
    isRounded: false,
    summary:
      "MCVD's protocol: the best sample by each metric's mean over frames, interval 1.959964 s / sqrt(n) of divisor n - 1",
  },
  mcvd_mnist: {
    ...mcvd,
    isRounded: true,
    summary:
      "MCVD's protocol for MNIST data: SSIM of pixels rounded to 0 or 1, the best sample by each metric's mean over " +
      "frames, interval 1.959964 s / sqrt(n) of divisor n - 1",
  },
};

export function videoProtocol(id: VideoProtocolId): VideoProtocol {
  return { id, ...protocols[id] };
}

/** PSNR as the protocol averages it; `psnr[srvp]`. */
export function protocolPsnr({ id, psnr: averaging, summary }: VideoProtocol): FrameMeasure {
  const shared = { metric: `psnr[${id}]`, info: psnrInfo, choose: "higher" } as const;
  const cap = `equal frames count as ${MAX_PSNR} dB`;
  if (averaging === "frame") {
    return {
      ...shared,
      protocol: `${summary}; ${psnrProtocol("frame", "separate")}; ${cap}`,
      isFrameCurve: true,
      against: (reference) => {
        const compare = psnr(reference, "separate");
        return (candidate) =>
          compare(clipToUnit(candidate)).map((value) => Math.min(MAX_PSNR, value));
      },
    };
  }
  return {
    ...shared,
    protocol: `${summary}; ${psnrProtocol("video", "joint")}; ${cap}`,
    against: (reference) => {
      const compare = mse(reference);
      return (candidate) =>
        Float64Array.of(averagePsnr([compare(clipToUnit(candidate))], "video", MAX_PSNR));
    },
  };
}

/** SSIM by the protocol's convention; `ssim[srvp]`. */
export function protocolSsim(
  { id, ssim: preset, isRounded, summary }: VideoProtocol,
): FrameMeasure {
  const prepare = isRounded ? roundPixels : (video: Video) => video;
  return {
    metric: `ssim[${id}]`,
    info: ssimInfo,
    protocol: `${summary}; ${ssimProtocol(preset)}`,
    isFrameCurve: true,
    against: (reference) => {
      const compare = ssim(prepare(reference), preset);
      return (candidate) => compare(prepare(clipToUnit(candidate)));
    },
    choose: "higher",
  };
}

/** Half rounds to even, so to 0, as in torch. */
function roundPixels(video: Video): Video {
  return { ...video, data: video.data.map((value) => value > 0.5 ? 1 : 0) };
}
