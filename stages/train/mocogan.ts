/** Training of MoCoGAN. */

import type { Json, NamedArrays } from "../../artifacts/weights.ts";
import { createEngine } from "../../engine/create_engine.ts";
import type { Engine } from "../../engine/engine.ts";
import type { MocoganConfig } from "../../models/mocogan/config.ts";
import {
  imageDiscriminatorBuffers,
  imageDiscriminatorParameters,
} from "../../models/mocogan/image_discriminator.ts";
import {
  videoDiscriminatorBuffers,
  videoDiscriminatorParameters,
} from "../../models/mocogan/video_discriminator.ts";
import {
  clipNoise,
  generateClips,
  videoGeneratorBuffers,
  videoGeneratorParameters,
} from "../../models/mocogan/video_generator.ts";
import { deriveSeed } from "../../numerics/random.ts";
import { defineStage } from "../../pipelines/stage.ts";
import { constant } from "../../training/learning_rate.ts";
import type { PlayerOptions } from "../../training/player.ts";
import { trainPlayers } from "../../training/train_players.ts";
import { MOCOGAN, type MocoganModel } from "../sample/mocogan_model.ts";
import { calibrateNorms } from "./calibrate_norms.ts";
import { codes, type MocoganBatches, mocoganBatches } from "./mocogan_batches.ts";
import { mocoganModel } from "./mocogan_config.ts";
import { mocoganCurves } from "./mocogan_curves.ts";
import {
  generatorLoss,
  imageJudgeLoss,
  type MocoganLossOptions,
  videoJudgeLoss,
} from "./mocogan_loss.ts";
import { type MocoganParams, mocoganParams } from "./mocogan_params.ts";
import { createMocoganPreview } from "./mocogan_preview.ts";
import { refuseTestSplit } from "./refuse_test_split.ts";

const id = "train/mocogan";

/** The judge of frames, the judge of clips, and who draws both. */
type PlayerName = "image" | "video" | "generator";

/**
 * Trains a generator of clips against a judge of frames and a judge of clips.
 *
 * A clip's content is one code, its motion a path of codes; the first judge cannot see motion, the second can.
 * Source: Tulyakov et al. 2018, https://arxiv.org/abs/1707.04993.
 */
export const trainMocogan = defineStage({
  id,
  version: 1,
  summary: "Train MoCoGAN: clips from a content code and a path of motion codes, by two judges",
  params: mocoganParams,
  ignored: ["checkpointEvery", "previewEvery", "previews"],
  inputs: { clips: "clips" },
  outputs: { weights: "weights", curves: "curves" },
  permissions: { engine: true },
  async run({ params, inputs, seed, engine: choice, ...context }) {
    const clips = await inputs.clips.load();
    refuseTestSplit(id, { clips });
    const model = mocoganModel(id, params, clips);
    const engine = await createEngine(choice);
    const preview = createMocoganPreview(engine, model, { ...params, seed, show: context.preview });
    const { progress, checkpoint, signal } = context;
    try {
      const result = await trainPlayers<PlayerName>({
        engine,
        players: players(params, model, mocoganBatches(clips, model.network, seed, params)),
        seed,
        steps: params.steps,
        checkpoint,
        checkpointEvery: params.checkpointEvery,
        logEvery: params.logEvery,
        signal,
        progress,
        ...(preview
          ? {
            watch: {
              every: params.previewEvery,
              run: ({ generator }, step) => preview.draw(generator, step),
            },
          }
          : {}),
      });
      const { parameters, ema } = result.generator;
      return {
        weights: {
          model: MOCOGAN,
          config: JSON.parse(JSON.stringify(model)) as Json,
          parameters,
          ...(ema ? { ema: await calibrate(engine, model.network, ema, params, seed) } : {}),
          step: params.steps,
        },
        curves: mocoganCurves(result),
      };
    } finally {
      preview?.dispose();
      engine.dispose();
    }
  },
});

/** In the published order: the judges first, each against the generator of the step before. */
function players(
  params: MocoganParams,
  { network: config }: MocoganModel,
  batches: MocoganBatches,
): Readonly<Record<PlayerName, PlayerOptions>> {
  const { beta1, beta2, weightDecay, clipNorm, smoothing, ema } = params;
  const options: MocoganLossOptions = {
    ...params,
    config,
    realTarget: 1 - smoothing,
    generatorTarget: params.smoothGenerator ? 1 - smoothing : 1,
  };
  const adam = (rate: number) =>
    ({ kind: "adam", beta1, beta2, weightDecay, clipNorm, learningRate: constant(rate) }) as const;
  const judge = {
    sees: ["generator"],
    updates: params.critic,
    optimiser: adam(params.judgeLearningRate ?? params.learningRate),
    ema: null,
  };
  return {
    image: {
      ...judge,
      specs: imageDiscriminatorParameters(config),
      buffers: imageDiscriminatorBuffers(config),
      loss: (own, batch, { generator }) => imageJudgeLoss(own, batch, generator!, options),
      batch: batches.image,
    },
    video: {
      ...judge,
      specs: videoDiscriminatorParameters(config),
      buffers: videoDiscriminatorBuffers(config),
      loss: (own, batch, { generator }) => videoJudgeLoss(own, batch, generator!, options),
      batch: batches.video,
    },
    generator: {
      specs: videoGeneratorParameters(config),
      buffers: videoGeneratorBuffers(config),
      sees: ["image", "video"],
      loss: (own, batch, { image, video }) =>
        generatorLoss(own, batch, { image: image!, video: video! }, options),
      batch: batches.generator,
      updates: 1,
      optimiser: adam(params.learningRate),
      ema: ema === null ? null : { decay: ema, warmup: true },
    },
  };
}

async function calibrate(
  engine: Engine,
  config: MocoganConfig,
  averaged: NamedArrays,
  { videoBatch }: MocoganParams,
  seed: bigint,
): Promise<NamedArrays> {
  const own = deriveSeed(seed, "calibration");
  return await calibrateNorms(engine, averaged, {
    buffers: videoGeneratorBuffers(config),
    batch: (index) => codes(config, own, index, videoBatch),
    forward: (parameters, noise) =>
      generateClips(parameters, config, clipNoise(noise), {
        frames: config.frames,
        mode: "train",
      }).buffers,
  });
}
