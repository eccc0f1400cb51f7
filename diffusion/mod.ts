/** The mathematics around a denoising network: schedules, objectives, losses, samplers, the variational bound. */

export * from "./noise_schedule.ts";
export * from "./noise_levels.ts";
export * from "./schedules/mod.ts";
export * from "./zero_terminal_snr.ts";
export * from "./build_schedule.ts";
export * from "./objective.ts";
export * from "./forward_process.ts";
export * from "./q_sample.ts";
export * from "./loss_weights.ts";
export * from "./denoising_loss.ts";
export * from "./log_variance.ts";
export * from "./normal_kl.ts";
export * from "./discretised_gaussian.ts";
export * from "./variational_bound.ts";
export * from "./bound_terms.ts";
export * from "./timestep_spacing.ts";
export * from "./space_timesteps.ts";
export * from "./karras_sigmas.ts";
export * from "./samplers/mod.ts";
export * from "./choose_sampler.ts";
export * from "./sampler_step.ts";
export * from "./guidance.ts";
export * from "./interpolate_noise.ts";
export * from "./residual_rollout.ts";
export * from "./residual_loss.ts";
