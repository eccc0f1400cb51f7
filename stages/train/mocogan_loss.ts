/** The losses of MoCoGAN's three players. */

import * as tf from "@tensorflow/tfjs-core";
import type { MocoganConfig } from "../../models/mocogan/config.ts";
import { imageDiscriminator, type Judgement } from "../../models/mocogan/image_discriminator.ts";
import {
  videoDiscriminator,
  type VideoJudgement,
} from "../../models/mocogan/video_discriminator.ts";
import { clipNoise, generateClips, generateFrames } from "../../models/mocogan/video_generator.ts";
import { parameter, type Parameters, under } from "../../models/parameters.ts";
import type { Batch, LossResult } from "../../training/loss_and_gradients.ts";
import { bceWithLogits, categoryAccuracy, categoryLoss } from "./adversarial_loss.ts";

export interface MocoganLossOptions {
  readonly config: MocoganConfig;
  /** Target of a discriminator for real data: 1, or less with one-sided smoothing. */
  readonly realTarget: number;
  /** Target of the generator. */
  readonly generatorTarget: number;
  /** Weight of the categories in the losses of video discriminator and generator. */
  readonly categoryWeight: number;
  /**
   * What the video discriminator learns categories from: labels of real clips, the categories that fakes were
   * made of (InfoGAN), or nothing.
   */
  readonly categoriesFrom: "labels" | "fakes" | "nothing";
}

/** BCE(D_I(real frames), real) + BCE(D_I(generated frames), 0). */
export function imageJudgeLoss(
  own: Parameters,
  batch: Batch,
  generator: Parameters,
  { config, realTarget }: MocoganLossOptions,
): LossResult {
  const { real, ...rest } = batch;
  const fake = generateFrames(generator, config, frameNoise(rest), {
    frames: config.frames,
    mode: "batch_statistics",
  }).output;
  // Real and generated frames are normalised apart, as published.
  const judge = (parameters: Parameters, frames: tf.Tensor, name: string): Judgement =>
    imageDiscriminator(parameters, config, frames, { mode: "train", uniforms: under(rest, name) });
  const ofReal = judge(own, real!, "real");
  const ofFake = judge({ ...own, ...ofReal.buffers }, fake, "fake");
  return {
    loss: tf.add(bceWithLogits(ofReal.logits, realTarget), bceWithLogits(ofFake.logits, 0)),
    buffers: ofFake.buffers,
    told: beliefs(ofReal, ofFake),
  };
}

/** BCE(D_V(real clips), real) + BCE(D_V(generated clips), 0) + weight CE(categories). */
export function videoJudgeLoss(
  own: Parameters,
  batch: Batch,
  generator: Parameters,
  { config, realTarget, categoryWeight, categoriesFrom }: MocoganLossOptions,
): LossResult {
  const { real, labels, ...rest } = batch;
  const fake = generateClips(generator, config, clipNoise(rest), {
    frames: config.frames,
    mode: "batch_statistics",
  }).output;
  const judge = (parameters: Parameters, clips: tf.Tensor, name: string): VideoJudgement =>
    videoDiscriminator(parameters, config, clips, { mode: "train", uniforms: under(rest, name) });
  const ofReal = judge(own, real!, "real");
  const ofFake = judge({ ...own, ...ofReal.buffers }, fake, "fake");
  const adversarial = tf.add<tf.Scalar>(
    bceWithLogits(ofReal.logits, realTarget),
    bceWithLogits(ofFake.logits, 0),
  );
  const { buffers } = ofFake;
  const told = beliefs(ofReal, ofFake);
  const asked = categoriesFrom === "labels"
    ? { logits: ofReal.categories, wanted: labels }
    : { logits: ofFake.categories, wanted: rest["category"] };
  if (categoriesFrom === "nothing" || !asked.logits || !asked.wanted) {
    return { loss: adversarial, buffers, told };
  }
  const category = categoryLoss(asked.logits, asked.wanted);
  return {
    loss: tf.add(adversarial, tf.mul(category, categoryWeight)),
    buffers,
    told: {
      ...told,
      category,
      accuracy: categoryAccuracy(asked.logits, asked.wanted),
    },
  };
}

/** BCE(D_I(frames), 1) + BCE(D_V(clips), 1) + weight CE(D_V's category of clips, theirs). */
export function generatorLoss(
  own: Parameters,
  batch: Batch,
  { image, video }: { readonly image: Parameters; readonly video: Parameters },
  { config, generatorTarget, categoryWeight }: MocoganLossOptions,
): LossResult {
  const { frames } = config;
  const [forFrames, forClips] = ["frames", "clips"].map((name) => under(batch, name));
  const drawn = generateFrames(own, config, frameNoise(forFrames!), { frames, mode: "train" });
  const clips = generateClips({ ...own, ...drawn.buffers }, config, clipNoise(forClips!), {
    frames,
    mode: "train",
  });
  const ofFrames = imageDiscriminator(image, config, drawn.output, {
    mode: "batch_statistics",
    uniforms: under(forFrames!, "fake"),
  });
  const ofClips = videoDiscriminator(video, config, clips.output, {
    mode: "batch_statistics",
    uniforms: under(forClips!, "fake"),
  });
  const still = bceWithLogits(ofFrames.logits, generatorTarget);
  const moving = bceWithLogits(ofClips.logits, generatorTarget);
  const adversarial = tf.add<tf.Scalar>(still, moving);
  const { buffers } = clips;
  if (!ofClips.categories) {
    return { loss: adversarial, buffers, told: { image: still, video: moving } };
  }
  const category = categoryLoss(ofClips.categories, forClips!["category"]!);
  return {
    loss: tf.add(adversarial, tf.mul(category, categoryWeight)),
    buffers,
    told: { image: still, video: moving, category },
  };
}

function frameNoise(batch: Batch) {
  return { ...clipNoise(batch), chosen: parameter(batch, "chosen") };
}

/** Mean probability of being real that a discriminator gives to either kind. */
function beliefs(ofReal: Judgement, ofFake: Judgement): Parameters {
  return {
    real: tf.mean(tf.sigmoid(ofReal.logits)),
    fake: tf.mean(tf.sigmoid(ofFake.logits)),
  };
}
