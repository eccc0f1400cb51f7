/** The samplers a config may name. */

export { ancestral } from "./ancestral.ts";
export { ddim } from "./ddim.ts";
