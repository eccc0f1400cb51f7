import "@tensorflow/tfjs";
import * as tf from "@tensorflow/tfjs-core";
import { registerCpuKernels } from "../../engine/cpu/register.ts";

/**
 * Runs `compute` on tfjs's "cpu" backend, with its wrong kernels repaired, and then goes back to
 * the backend that was active. Return copied values (`toHost`): tensors are disposed.
 */
export async function onReference<Result>(compute: () => Result): Promise<Result> {
  tf.enableProdMode(); // Silences tfjs's advice to install its native addon.
  registerCpuKernels();
  const active = tf.engine().backendName;
  await tf.setBackend("cpu");
  try {
    let result: { readonly value: Result } | undefined;
    tf.tidy(() => {
      result = { value: compute() };
    });
    return result!.value;
  } finally {
    if (active !== undefined && active !== null) await tf.setBackend(active);
  }
}
