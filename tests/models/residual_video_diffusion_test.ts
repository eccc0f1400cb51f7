import assert from "node:assert/strict";
import { contextNetParameters } from "../../models/context_net.ts";
import { countParameters } from "../../models/parameters.ts";
import { residualDenoiserParameters } from "../../models/residual_denoiser.ts";
import {
  residualPreset,
  type ResidualVideoDiffusionConfig,
} from "../../models/residual_video_diffusion.ts";

Deno.test("residualPreset() paper has the original's parameter counts", () => {
  // Counted from the official code at commit 309fbe0 with d = 48, multipliers 1 2 4 8.
  const grey = residualPreset("paper", 1);
  assert.equal(denoiserCount(grey), 18_743_233);
  assert.equal(countParameters(contextNetParameters(grey.context)), 13_749_072);
  const colour = residualPreset("paper", 3);
  assert.equal(denoiserCount(colour), 18_744_291);
  assert.equal(countParameters(contextNetParameters(colour.context)), 13_750_032);
});

function denoiserCount({ denoiser }: ResidualVideoDiffusionConfig): number {
  assert.ok(denoiser.kind === "published");
  return countParameters(residualDenoiserParameters(denoiser));
}
