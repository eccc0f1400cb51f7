/** The stages there are, by id: `uses:` resolves here and nowhere else. */

import type { StageTable } from "../pipelines/stage.ts";
import { movingMnist } from "./dataset/moving_mnist.ts";

export const stages = {
  "dataset/moving_mnist": movingMnist,
} satisfies StageTable;
