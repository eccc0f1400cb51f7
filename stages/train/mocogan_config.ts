/** The networks that parameters and clips ask for. */

import type { Clips } from "../../artifacts/clips.ts";
import type { MocoganConfig } from "../../models/mocogan/config.ts";
import { mocoganPreset } from "../../models/mocogan/presets.ts";
import type { MocoganModel } from "../sample/mocogan_model.ts";
import type { MocoganParams } from "./mocogan_params.ts";

/** @throws {Error} When the clips are too short, not square, or lack the labels that are asked for. */
export function mocoganModel(stage: string, params: MocoganParams, clips: Clips): MocoganModel {
  const refuse = (what: string) => new Error(`Cannot run "${stage}": ${what}`);
  const [, time, height, width, channels] = clips.shape;
  if (height !== width) {
    throw refuse(`frames must be square, but those of "${clips.source}" are ${height}x${width}`);
  }
  if (time < params.frames) {
    throw refuse(
      `clips must have at least ${params.frames} frames, but those of "${clips.source}" have ${time}`,
    );
  }
  const preset = mocoganPreset(params.preset);
  const classes = clips.labels ? classesOf(clips) : [];
  const categories = params.categories ?? classes.length;
  const asked = params.videoDiscriminator ?? preset.videoDiscriminator;
  const videoDiscriminator = asked === "categorical" && categories === 0 ? "full" : asked;
  if (asked !== videoDiscriminator && params.videoDiscriminator !== undefined) {
    throw refuse(
      `a categorical video discriminator needs categories, but "${clips.source}" has no labels`,
    );
  }
  const learnsFromLabels = videoDiscriminator === "categorical" &&
    params.categoriesFrom === "labels";
  if (learnsFromLabels && categories !== classes.length) {
    throw refuse(
      `categoriesFrom "labels" needs one category for each of ${classes.length} classes of ` +
        `"${clips.source}", but categories is ${categories}`,
    );
  }
  const { motion, noise } = preset;
  const network: MocoganConfig = {
    ...preset,
    size: height,
    channels,
    frames: params.frames,
    content: params.content ?? preset.content,
    motion: {
      size: params.motion ?? motion.size,
      cell: params.cell ?? motion.cell,
      hidden: params.hidden === undefined ? motion.hidden : params.hidden,
      noise: params.motionNoise ?? motion.noise,
    },
    categories,
    generatorWidth: params.generatorWidth ?? preset.generatorWidth,
    discriminatorWidth: params.discriminatorWidth ?? preset.discriminatorWidth,
    imageDiscriminator: params.imageDiscriminator ?? preset.imageDiscriminator,
    videoDiscriminator,
    videoTime: params.videoTime ?? preset.videoTime,
    noise: { sigma: params.noiseSigma ?? noise.sigma, at: params.noiseAt ?? noise.at },
  };
  const isNamed = categories === classes.length;
  const names = isNamed ? classes : Array.from({ length: categories }, (_, i) => `category ${i}`);
  return { network, classes: names, source: clips.source };
}

/** Names of the categories; numbers where the data names none. */
function classesOf({ labels, classes }: Clips): readonly string[] {
  if (classes) return classes;
  const most = labels!.reduce((a, b) => Math.max(a, b), 0);
  return Array.from({ length: most + 1 }, (_, i) => `${i}`);
}
