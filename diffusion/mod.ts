/** The mathematics around a denoising network: schedules, objectives, samplers. */

export * from "./noise_schedule.ts";
export * from "./schedules/mod.ts";
export * from "./objective.ts";
export * from "./forward_process.ts";
export * from "./timestep_spacing.ts";
export * from "./samplers/mod.ts";
export * from "./sampler_step.ts";
export * from "./residual_rollout.ts";
export * from "./residual_loss.ts";
