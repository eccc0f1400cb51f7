import { residualPreset } from "../../models/residual_video_diffusion.ts";
import { testDenoiser } from "./denoiser_suite.ts";

testDenoiser("compactDenoiser", residualPreset("tiny", 1), [
  "noisy",
  "mean",
  "past",
  "context",
  "timesteps",
]);
