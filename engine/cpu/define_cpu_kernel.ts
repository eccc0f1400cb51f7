import * as tf from "@tensorflow/tfjs-core";
import { MathBackendCPU } from "@tensorflow/tfjs-backend-cpu";

/** What a kernel of the JavaScript backend gets: its inputs' values, its attributes, a way to answer. */
export interface CpuKernelCall<Attributes> {
  readonly attributes: Attributes;
  /** The input of this name. @throws {Error} When the caller left it out. */
  input(name: string): tf.TensorInfo;
  /** The values of a float32 input, row-major. */
  float32(tensor: tf.TensorInfo): Float32Array;
  /** A new float32 tensor that owns `values`. */
  output(shape: readonly number[], values: Float32Array): tf.TensorInfo;
}

/** A kernel for tfjs's "cpu" backend whose inputs are checked where they are read. */
export function defineCpuKernel<Attributes = unknown>(
  kernelName: string,
  compute: (call: CpuKernelCall<Attributes>) => tf.TensorInfo,
): tf.KernelConfig {
  return {
    kernelName,
    backendName: "cpu",
    kernelFunc: ({ inputs, attrs, backend }) => {
      // tfjs types attributes by kernel but hands them over as an untyped map.
      const attributes = attrs as Attributes;
      return compute({ attributes, ...tensorAccess(kernelName, inputs, backend) });
    },
  };
}

function tensorAccess(
  kernelName: string,
  inputs: tf.NamedTensorInfoMap,
  backend: unknown,
): Omit<CpuKernelCall<unknown>, "attributes"> {
  if (!(backend instanceof MathBackendCPU)) {
    throw new TypeError(
      `Cannot run kernel "${kernelName}": it needs the "cpu" backend, found another`,
    );
  }
  return {
    input(name) {
      const tensor = inputs[name];
      if (tensor === undefined) {
        const found = Object.keys(inputs).join(", ") || "none";
        throw new Error(
          `Cannot run kernel "${kernelName}": input "${name}" is missing, found ${found}`,
        );
      }
      return tensor;
    },
    float32(tensor) {
      const values = backend.readSync(tensor.dataId);
      if (!(values instanceof Float32Array)) {
        throw new TypeError(
          `Cannot run kernel "${kernelName}": inputs must be float32, found ${tensor.dtype}`,
        );
      }
      return values;
    },
    output: (shape, values) => backend.makeTensorInfo([...shape], "float32", values),
  };
}
