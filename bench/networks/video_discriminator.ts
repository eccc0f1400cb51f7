import * as tf from "@tensorflow/tfjs-core";
import type { MocoganConfig } from "../../models/mocogan/config.ts";
import { mocoganPreset } from "../../models/mocogan/presets.ts";
import {
  videoDiscriminator,
  videoDiscriminatorParameters,
} from "../../models/mocogan/video_discriminator.ts";
import { fixedValues, type Network } from "./network.ts";

export interface VideoDiscriminatorSizes {
  /** Channels after the first convolution; each later one has twice as many. */
  readonly width: number;
  readonly frames: number;
  readonly batch: number;
  /** Edge of a frame. */
  readonly edge: number;
}

/**
 * (d) MoCoGAN's discriminator of clips: convolutions 4x4x4 with batch norm and leaky ReLU, and one logit.
 *
 * Without the noise that blurs its inputs, because peers draw theirs from other generators; by the statistics of
 * the batch, whose running averages no step needs.
 */
export function videoJudge({ width, frames, batch, edge }: VideoDiscriminatorSizes): Network {
  const config: MocoganConfig = {
    ...mocoganPreset("published"),
    size: edge,
    channels: 3,
    frames,
    categories: 0,
    discriminatorWidth: width,
    videoDiscriminator: "full",
    noise: { sigma: 0, at: "inputs" },
  };
  const shape = [batch, frames, edge, edge, 3];
  return {
    id: "d",
    summary: `MoCoGAN video discriminator ${width} to ${width * 8} channels, ${shape.join("x")}`,
    specs: videoDiscriminatorParameters(config),
    batch: { clips: fixedValues(shape, 1) },
    loss(parameters, { clips }) {
      const { logits } = videoDiscriminator(parameters, config, clips!, {
        mode: "batch_statistics",
      });
      // Judged as real and as fake alike: it cannot win, so no gradient becomes denormally small, which is slow.
      return tf.mean(tf.add(tf.softplus(tf.neg(logits)), tf.softplus(logits)));
    },
  };
}
