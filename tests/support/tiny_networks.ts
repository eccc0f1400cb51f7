/** Each kind of trained network with few parameters, not trained: for tests of what is done with them. */

import type { Json, NamedArrays } from "../../artifacts/weights.ts";
import { clipClassifierParameters } from "../../models/clip_classifier.ts";
import { digitClassifierParameters } from "../../models/digit_classifier.ts";
import { imageClassifierParameters } from "../../models/image_classifier.ts";
import {
  imageDenoiserBuffers,
  imageDenoiserParameters,
  imagePreset,
  type ImagePresetId,
} from "../../models/image_denoiser.ts";
import type { MocoganConfig } from "../../models/mocogan/config.ts";
import { mocoganPreset } from "../../models/mocogan/presets.ts";
import {
  videoGeneratorBuffers,
  videoGeneratorParameters,
} from "../../models/mocogan/video_generator.ts";
import { nextFrameParameters } from "../../models/next_frame.ts";
import { nextFramePreset, type NextFramePresetId } from "../../models/next_frame_presets.ts";
import type { ParameterSpecs } from "../../models/parameters.ts";
import {
  residualPreset,
  type ResidualPresetId,
  residualVideoDiffusionParameters,
} from "../../models/residual_video_diffusion.ts";
import { svgBuffers, type SvgConfig, svgParameters } from "../../models/svg/svg.ts";
import { svgPreset, type SvgPresetId } from "../../models/svg/svg_presets.ts";
import type { OpenSizes } from "../../stages/export/exportable.ts";
import { initialise } from "../../training/initialise.ts";

export interface TinyNetwork {
  /** Of the case, for test names. */
  readonly name: string;
  readonly model: string;
  readonly config: Json;
  readonly sizes: OpenSizes;
  readonly specs: ParameterSpecs;
}

const size = { height: 32, width: 32 };

export function tinyNetworks(): TinyNetwork[] {
  return [
    nextFrame("tiny"),
    nextFrame("small"),
    residual("tiny", "v", true),
    imageDiffusion("modern_tiny", 3, "fixed"),
    imageDiffusion("double_conv_tiny", 0, "learned"),
    imageDiffusion("simple_tiny", 0, "fixed"),
    svg("tiny", "learned", 3),
    mocogan("fresh"),
    mocogan("same"),
    {
      name: "digit classifier",
      model: "digit_classifier",
      config: { widths: [4, 8, 8, 12] },
      sizes: { size: { height: 28, width: 28 } },
      specs: digitClassifierParameters({ widths: [4, 8, 8, 12] }),
    },
    classifier(),
    clipClassifier(),
  ];
}

/** Weights of a rule, running statistics moved away from 0 and 1. */
export function tinyWeights({ specs }: Pick<TinyNetwork, "specs">): NamedArrays {
  return Object.fromEntries(
    Object.entries(initialise(specs, 417n)).map(([name, { shape, data }]) => {
      const isStatistic = /\.(mean|variance)$/.test(name);
      const moved = isStatistic ? data.map((value, i) => value + (i % 7) / 10) : data;
      return [name, { shape, data: moved }];
    }),
  );
}

export function nextFrame(preset: NextFramePresetId): TinyNetwork {
  const config = nextFramePreset(preset, 1);
  return {
    name: `next frame ${preset}`,
    model: "next_frame",
    config: asJson(config),
    sizes: { size },
    specs: nextFrameParameters(config),
  };
}

export function residual(
  preset: ResidualPresetId,
  objective: "eps" | "x0" | "v",
  joint: boolean,
): TinyNetwork {
  const predictor = nextFramePreset("tiny", 1);
  const networks = residualPreset(preset, 1);
  const own = Object.entries(nextFrameParameters(predictor));
  const tuned = Object.fromEntries(own.map(([name, spec]) => [`predictor.${name}`, spec]));
  const schedule = { schedule: "cosine", timesteps: 100 };
  return {
    name: `residual diffusion ${preset} ${objective}`,
    model: "residual_diffusion",
    config: asJson({ predictor, networks, objective, sigma: 0.3, joint, ...schedule }),
    sizes: { size },
    specs: { ...residualVideoDiffusionParameters(networks), ...(joint ? tuned : {}) },
  };
}

export function imageDiffusion(
  preset: ImagePresetId,
  classes: number,
  variance: "fixed" | "learned",
): TinyNetwork {
  const outputs = variance === "learned" ? 6 : 3;
  const network = imagePreset(preset, { channels: 3, outputs, classes, size: 32 });
  const names = Array.from({ length: classes }, (_, i) => `class ${i}`);
  return {
    name: `image diffusion ${preset}`,
    model: "image_diffusion",
    config: asJson({
      network,
      ...size,
      schedule: { schedule: "linear", timesteps: 100, zeroTerminalSnr: false },
      objective: "eps",
      variance,
      classes: names,
      source: "test",
    }),
    sizes: {},
    specs: { ...imageDenoiserParameters(network), ...imageDenoiserBuffers(network) },
  };
}

export function svg(
  preset: SvgPresetId,
  prior: SvgConfig["prior"],
  conditions: number,
): TinyNetwork {
  const sizes = { ...size, channels: 1, conditions };
  const config: SvgConfig = {
    ...svgPreset(preset, sizes),
    latent: 4,
    prior,
    lastFrameSkip: true,
  };
  return {
    name: `svg ${preset} ${prior}`,
    model: "svg",
    config: asJson(config),
    sizes: {},
    specs: { ...svgParameters(config), ...svgBuffers(config) },
  };
}

export function mocogan(noise: "fresh" | "same"): TinyNetwork {
  const preset = mocoganPreset(noise === "fresh" ? "small" : "mp5");
  const categories = noise === "fresh" ? 3 : 0;
  const network: MocoganConfig = {
    ...preset,
    size: 16,
    channels: 3,
    frames: 8,
    categories,
    generatorWidth: 4,
  };
  const classes = Array.from({ length: categories }, (_, i) => `class ${i}`);
  return {
    name: `mocogan ${noise}`,
    model: "mocogan",
    config: asJson({ network, classes, source: "test" }),
    sizes: { frames: 5 },
    specs: { ...videoGeneratorParameters(network), ...videoGeneratorBuffers(network) },
  };
}

function classifier(): TinyNetwork {
  const config = { channels: 3, classes: 5, widths: [4, 8, 8, 12] } as const;
  return {
    name: "image classifier",
    model: "image_classifier",
    config: asJson(config),
    sizes: { size },
    specs: imageClassifierParameters(config),
  };
}

function clipClassifier(): TinyNetwork {
  const config = { size: 16, channels: 3, classes: 4, width: 4, frameFeatures: 6, clipFeatures: 8 };
  return {
    name: "clip classifier",
    model: "clip_classifier",
    config,
    sizes: { frames: 6 },
    specs: clipClassifierParameters(config),
  };
}

function asJson(config: unknown): Json {
  return JSON.parse(JSON.stringify(config));
}
