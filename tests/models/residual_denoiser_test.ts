import { testDenoiser } from "./denoiser_suite.ts";

const widths = [16, 32];

testDenoiser("residualDenoiser", {
  context: { channels: 1, patch: 1, widths, blocks: true },
  denoiser: { kind: "published", channels: 1, widths, contextWidths: widths },
}, ["noisy", "context", "timesteps"]);
