import * as tf from "@tensorflow/tfjs-core";
import { avgPoolGrad } from "./avg_pool_grad.ts";
import { avgPool3DGrad, maxPool3DGrad } from "./pool3d_grads.ts";
import { resizeBilinearGrad } from "./resize_bilinear_grad.ts";
import { resizeNearestNeighborGrad } from "./resize_nearest_neighbor_grad.ts";
import { silu } from "./silu.ts";
import { tensorScatterUpdate } from "./tensor_scatter_update.ts";

/** Kernels that this project adds to tfjs's "cpu" backend, or puts in the place of wrong ones. */
const cpuKernels: readonly tf.KernelConfig[] = [
  avgPool3DGrad,
  avgPoolGrad,
  maxPool3DGrad,
  resizeBilinearGrad,
  resizeNearestNeighborGrad,
  silu,
  tensorScatterUpdate(),
];

/** Registers them on the global tfjs instance. Calling it again changes nothing. */
export function registerCpuKernels(): void {
  for (const kernel of cpuKernels) {
    const present = tf.getKernel(kernel.kernelName, "cpu");
    if (present === kernel) continue;
    // Registering over a kernel makes tfjs print a warning, so the old one goes first.
    if (present !== undefined && present !== null) tf.unregisterKernel(kernel.kernelName, "cpu");
    tf.registerKernel(kernel);
  }
}
