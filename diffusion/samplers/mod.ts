/** The samplers a config may name. */

export type { Sampler, SamplerOptions, SamplerStep } from "./sampler.ts";
export { ancestral } from "./ancestral.ts";
export { ddim } from "./ddim.ts";
