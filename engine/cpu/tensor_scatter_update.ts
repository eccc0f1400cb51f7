import * as tf from "@tensorflow/tfjs-core";
import { MathBackendCPU } from "@tensorflow/tfjs-backend-cpu";

/**
 * Replaces elements of a tensor by others.
 *
 * Wraps the kernel of tfjs-backend-cpu 4.22.0, which writes the updates into its input (found by a
 * gradient whose cotangent had changed afterwards): it gets a copy to write into.
 */
export function tensorScatterUpdate(): tf.KernelConfig {
  const original = tf.getKernel(tf.TensorScatterUpdate, "cpu");
  return {
    ...original,
    kernelFunc: (call) => {
      const { backend, inputs } = call;
      const { tensor } = inputs;
      if (!(backend instanceof MathBackendCPU) || tensor === undefined) {
        throw new TypeError(
          `Cannot run kernel "${tf.TensorScatterUpdate}": it needs "cpu" tensors`,
        );
      }
      const values = backend.data.get(tensor.dataId).values;
      if (
        !(values instanceof Float32Array || values instanceof Int32Array ||
          values instanceof Uint8Array)
      ) {
        throw new TypeError(
          `Cannot run kernel "${tf.TensorScatterUpdate}": inputs must be numbers, found ${tensor.dtype}`,
        );
      }
      const copy = backend.makeTensorInfo(tensor.shape, tensor.dtype, values.slice());
      try {
        return original.kernelFunc({ ...call, inputs: { ...inputs, tensor: copy } });
      } finally {
        backend.disposeIntermediateTensorInfo(copy);
      }
    },
  };
}
