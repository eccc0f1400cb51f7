/** The stages there are, by id: `uses:` resolves here and nowhere else. */

import type { StageTable } from "../pipelines/stage.ts";
import { movingMnist } from "./dataset/moving_mnist.ts";
import { sampleResidualDiffusion } from "./sample/residual_diffusion.ts";
import { trainResidualDiffusion } from "./train/residual_diffusion.ts";

export const stages = {
  "dataset/moving_mnist": movingMnist,
  "train/residual_diffusion": trainResidualDiffusion,
  "sample/residual_diffusion": sampleResidualDiffusion,
} satisfies StageTable;
