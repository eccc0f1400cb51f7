/**
 * Training: a loop that can be killed and resumed to the same bytes, and its parts.
 *
 * @module
 */

export * from "./initialise.ts";
export * from "./learning_rate.ts";
export * from "./kl_weight.ts";
export * from "./forcing_rate.ts";
export * from "./reduce_on_plateau.ts";
export * from "./clip_grad_norm.ts";
export * from "./optimiser.ts";
export * from "./adamw.ts";
export * from "./adam.ts";
export * from "./sgd.ts";
export * from "./ema.ts";
export * from "./loss_and_gradients.ts";
export * from "./training_step.ts";
export * from "./host_tensor.ts";
export * from "./drop_labels.ts";
export * from "./noise_buckets.ts";
export * from "./history.ts";
export * from "./plateau_epochs.ts";
export * from "./keep_best.ts";
export * from "./take_notes.ts";
export * from "./checkpoint.ts";
export * from "./train_options.ts";
export * from "./device_state.ts";
export * from "./step_program.ts";
export * from "./step_scalars.ts";
export * from "./require_finite_arrays.ts";
export * from "./explain_divergence.ts";
export * from "./run_steps.ts";
export * from "./train.ts";
export * from "./player.ts";
export * from "./train_players.ts";
