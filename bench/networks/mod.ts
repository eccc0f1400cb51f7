/** The reference networks at the sizes that are published; bench/peers/ has the same ones. */

import { convGruPredictor } from "./conv_gru.ts";
import { convStack } from "./conv_stack.ts";
import type { Network } from "./network.ts";
import { svgCore } from "./svg_core.ts";
import { unet, unetSampling, type UnetSizes } from "./unet.ts";
import { videoJudge } from "./video_discriminator.ts";

const ddpm: UnetSizes = {
  widths: [32, 64, 128],
  blocks: 2,
  groups: 8,
  embedding: 128,
  batch: 16,
  edge: 32,
};

export const networks: readonly Network[] = [
  convStack({ layers: 6, channels: 64, batch: 8, edge: 32 }),
  unet(ddpm),
  unetSampling(ddpm),
  unetSampling({ ...ddpm, batch: 1 }),
  convGruPredictor({ hidden: [16, 32, 64, 64], frames: 10, batch: 8, edge: 64 }),
  videoJudge({ width: 64, frames: 16, batch: 4, edge: 64 }),
  svgCore({ moments: 15, batch: 32, latent: 10 }),
];

/** @throws {RangeError} When there is none of this id. */
export function findNetwork(id: string): Network {
  const found = networks.find((network) => network.id === id);
  if (found !== undefined) return found;
  const known = networks.map((network) => network.id).join(", ");
  throw new RangeError(`Cannot bench network "${id}": there are ${known}`);
}
