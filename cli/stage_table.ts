/** The stages of this program, loaded when a verb needs them. */

import type { StageTable } from "../pipelines/stage.ts";

/** Loads the table; stages bring tensor libraries along, which takes a while. */
export async function loadStageTable(): Promise<StageTable> {
  const { stages } = await import("../stages/mod.ts");
  return stages;
}
