/**
 * Gradients that tfjs-core 4.22 lacks or has wrong, for every backend. Each is held against
 * differences in float64 in `tests/engine/kernels/contract_test.ts`. Where tfjs-core's own is right
 * it is called, so that programs stay what they were.
 */

import * as tf from "@tensorflow/tfjs-core";
import { broadcastGradients } from "./broadcast.ts";
import { convolutionGradients } from "./convolution.ts";
import { einsumGradient } from "./einsum.ts";
import { moveGradients } from "./moves.ts";
import { poolingGradients } from "./pooling.ts";
import { productGradient, runningGradients } from "./running.ts";
import { truthValueGradients } from "./truth_values.ts";

export const gradients: readonly tf.GradConfig[] = [
  ...broadcastGradients,
  ...convolutionGradients,
  einsumGradient,
  ...moveGradients,
  ...poolingGradients,
  productGradient,
  ...runningGradients,
  ...truthValueGradients,
];
