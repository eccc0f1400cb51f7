/** The samplers a config may name. */

export {
  type FinalNoise,
  finalNoiseIds,
  type Sampler,
  type SamplerOptions,
  type SamplerStep,
} from "./sampler.ts";
export { ancestral } from "./ancestral.ts";
export { ddim } from "./ddim.ts";
export { dpmpp2m } from "./dpmpp_2m.ts";
