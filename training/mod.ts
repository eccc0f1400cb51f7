/**
 * Training: a loop that can be killed and resumed to the same bytes, and its parts.
 *
 * @module
 */

export * from "./initialise.ts";
export * from "./learning_rate.ts";
export * from "./clip_grad_norm.ts";
export * from "./adamw.ts";
export * from "./ema.ts";
export * from "./training_step.ts";
export * from "./host_tensor.ts";
export * from "./drop_labels.ts";
export * from "./noise_buckets.ts";
export * from "./history.ts";
export * from "./checkpoint.ts";
export * from "./train.ts";
