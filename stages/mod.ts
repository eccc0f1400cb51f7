/** The stages there are, by id: `uses:` resolves here and nowhere else. */

import type { StageTable } from "../pipelines/stage.ts";

export const stages = {} satisfies StageTable;
