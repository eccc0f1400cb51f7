/** The reference networks at the sizes that are published; bench/peers/ has the same ones. */

import { convGruPredictor } from "./conv_gru.ts";
import { convStack } from "./conv_stack.ts";
import type { Network } from "./network.ts";
import { unet } from "./unet.ts";

export const networks: readonly Network[] = [
  convStack({ layers: 6, channels: 64, batch: 8, edge: 32 }),
  unet({ widths: [32, 64, 128], blocks: 2, groups: 8, embedding: 128, batch: 16, edge: 32 }),
  convGruPredictor({ hidden: [16, 32, 64, 64], frames: 10, batch: 8, edge: 64 }),
];
