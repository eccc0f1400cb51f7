import * as tf from "@tensorflow/tfjs-core";
import { gaussianKl, reparameterise } from "../../models/svg/gaussian_lstm.ts";
import {
  initialSvgState,
  posteriorOf,
  predictCode,
  priorOf,
  type SvgConfig,
  svgParameters,
} from "../../models/svg/svg.ts";
import { svgPreset } from "../../models/svg/svg_presets.ts";
import { fixedValues, type Network } from "./network.ts";

export interface SvgCoreSizes {
  /** Steps of the recurrence: one less than frames. */
  readonly moments: number;
  readonly batch: number;
  readonly latent: number;
}

/** Weight of the KL divergence in the loss, as published for moving digits. */
const KL_WEIGHT = 1e-4;

/**
 * (e) The recurrent networks of SVG with learned prior at their published width: posterior, prior and two-layer
 * frame predictor, back-propagated through all moments.
 *
 * The codes of frames are given: the convolutions around them are networks like (a), and would hide what many small
 * matrix products cost.
 */
export function svgCore({ moments, batch, latent }: SvgCoreSizes): Network {
  const frame = { height: 64, width: 64, channels: 1, conditions: 0 };
  const preset = svgPreset("dcgan_64", frame);
  const config: SvgConfig = { ...preset, latent, prior: "learned", lastFrameSkip: false };
  const recurrent = Object.entries(svgParameters(config))
    .filter(([name]) => /^(predictor|posterior|prior)\./.test(name));
  return {
    id: "e",
    summary: `SVG-LP's LSTM stacks ${config.hidden} wide, ${moments} moments, batch ${batch}, ` +
      "full BPTT",
    specs: Object.fromEntries(recurrent),
    batch: {
      codes: fixedValues([moments + 1, batch, config.frames.code], 1),
      noise: fixedValues([moments, batch, latent], 2),
    },
    loss(parameters, given) {
      const codes = tf.unstack(given.codes!);
      const noise = tf.unstack(given.noise!);
      let state = initialSvgState(config, batch);
      const losses = noise.map((epsilon, i) => {
        const [before, after] = [codes[i]!, codes[i + 1]!];
        const posterior = posteriorOf(parameters, after, state);
        const prior = priorOf(parameters, config, before, posterior.state);
        const latent = reparameterise(posterior.gaussian, epsilon);
        const predicted = predictCode(parameters, config, { code: before, latent }, prior.state);
        state = predicted.state;
        const error = tf.mean(tf.square(tf.sub(predicted.code, after)));
        const kl = tf.div(tf.sum(gaussianKl(posterior.gaussian, prior.gaussian)), batch);
        return tf.add(error, tf.mul(kl, KL_WEIGHT));
      });
      return tf.div(tf.addN(losses), moments);
    },
  };
}
