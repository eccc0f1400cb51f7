/** The reference networks, in the order of their size. */

import { convGruPredictor } from "./conv_gru.ts";
import { convStack } from "./conv_stack.ts";
import type { Network } from "./network.ts";
import { unet } from "./unet.ts";

export const networks: readonly Network[] = [convStack, unet, convGruPredictor];
