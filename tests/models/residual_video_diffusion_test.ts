import assert from "node:assert/strict";
import { contextNetParameters } from "../../models/context_net.ts";
import { countParameters } from "../../models/parameters.ts";
import { residualDenoiserParameters } from "../../models/residual_denoiser.ts";
import { residualVideoDiffusion } from "../../models/residual_video_diffusion.ts";

Deno.test("residualVideoDiffusion() paper has the original's parameter counts", () => {
  // Counted from the official code at commit 309fbe0 with d = 48, multipliers 1 2 4 8.
  const grey = residualVideoDiffusion("paper", 1);
  assert.equal(countParameters(residualDenoiserParameters(grey.denoiser)), 18_743_233);
  assert.equal(countParameters(contextNetParameters(grey.context)), 13_749_072);
  const colour = residualVideoDiffusion("paper", 3);
  assert.equal(countParameters(residualDenoiserParameters(colour.denoiser)), 18_744_291);
  assert.equal(countParameters(contextNetParameters(colour.context)), 13_750_032);
});
