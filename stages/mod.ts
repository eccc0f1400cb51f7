/** The stages there are, by id: `uses:` resolves here and nowhere else. */

import type { StageTable } from "../pipelines/stage.ts";
import { featureStats } from "./dataset/feature_stats.ts";
import { images } from "./dataset/images.ts";
import { inceptionV3 } from "./dataset/inception_v3.ts";
import { mnist } from "./dataset/mnist.ts";
import { movingMnist } from "./dataset/moving_mnist.ts";
import { movingShapes } from "./dataset/moving_shapes.ts";
import { robotPusher } from "./dataset/robot_pusher.ts";
import { robotTree } from "./dataset/robot_tree.ts";
import { videoStrips } from "./dataset/video_strips.ts";
import { evaluateLikelihood } from "./evaluate/likelihood.ts";
import { evaluateFeatureStats } from "./evaluate/feature_stats.ts";
import { evaluateImages } from "./evaluate/images.ts";
import { evaluateVideo } from "./evaluate/video.ts";
import { sampleDdpm } from "./sample/ddpm.ts";
import { sampleResidualDiffusion } from "./sample/residual_diffusion.ts";
import { sampleSvg } from "./sample/svg.ts";
import { trainDdpm } from "./train/ddpm.ts";
import { trainDigitFeatures } from "./train/digit_features.ts";
import { trainImageFeatures } from "./train/image_features.ts";
import { trainClipFeatures } from "./train/clip_features.ts";
import { sampleMocogan } from "./sample/mocogan.ts";
import { evaluateGanVideo } from "./evaluate/gan_video.ts";
import { trainMocogan } from "./train/mocogan.ts";
import { trainNextFrame } from "./train/next_frame.ts";
import { trainResidualDiffusion } from "./train/residual_diffusion.ts";
import { trainSvg } from "./train/svg.ts";

export const stages = {
  "dataset/moving_mnist": movingMnist,
  "dataset/mnist": mnist,
  "dataset/images": images,
  "dataset/moving_shapes": movingShapes,
  "dataset/video_strips": videoStrips,
  "dataset/robot_tree": robotTree,
  "dataset/robot_pusher": robotPusher,
  "dataset/inception_v3": inceptionV3,
  "dataset/feature_stats": featureStats,
  "train/next_frame": trainNextFrame,
  "train/residual_diffusion": trainResidualDiffusion,
  "sample/residual_diffusion": sampleResidualDiffusion,
  "train/digit_features": trainDigitFeatures,
  "train/image_features": trainImageFeatures,
  "evaluate/video": evaluateVideo,
  "evaluate/images": evaluateImages,
  "evaluate/feature_stats": evaluateFeatureStats,
  "train/ddpm": trainDdpm,
  "sample/ddpm": sampleDdpm,
  "evaluate/likelihood": evaluateLikelihood,
  "train/mocogan": trainMocogan,
  "evaluate/gan_video": evaluateGanVideo,
  "sample/mocogan": sampleMocogan,
  "train/clip_features": trainClipFeatures,
  "train/svg": trainSvg,
  "sample/svg": sampleSvg,
} satisfies StageTable;
