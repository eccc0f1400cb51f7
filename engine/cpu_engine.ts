/**
 * The reference engine: tfjs's JavaScript backend. Slow and exact, so that tests may hold the others to it.
 */

import * as tf from "@tensorflow/tfjs-core";
import { version_cpu } from "@tensorflow/tfjs-backend-cpu";
import { registerCpuKernels } from "./cpu/register.ts";
import { EagerEngine } from "./eager_engine.ts";
import type { Engine } from "./engine.ts";
import "./register_gradients.ts";

/** Makes tfjs's "cpu" backend the global one, with its wrong kernels repaired. */
export async function createCpuEngine(): Promise<Engine> {
  tf.enableProdMode(); // Silences tfjs's advice to install its native addon.
  registerCpuKernels();
  await tf.setBackend("cpu");
  await tf.ready();
  return new EagerEngine({
    backend: "cpu",
    version: `tfjs-backend-cpu ${version_cpu}`,
    threads: 1,
    blockSize: 0,
  });
}
