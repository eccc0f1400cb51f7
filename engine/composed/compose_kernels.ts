/** Puts compositions of kernels in the place of kernels that a tfjs backend has not, or not right. */

import * as tf from "@tensorflow/tfjs-core";

/** What a composition is given. */
export interface Composition {
  /** Inputs by name. */
  readonly inputs: Readonly<Record<string, tf.Tensor>>;
  /** tfjs types attributes by kernel but hands them over as an untyped map. */
  readonly attributes: Readonly<Record<string, unknown>>;
  /** The backend's own kernel of this name. */
  native(
    inputs: Readonly<Record<string, tf.Tensor>>,
    attributes: Readonly<Record<string, unknown>>,
  ): tf.Tensor;
}

/** A kernel as a function of tensors, made of tfjs's ops. */
export type Compose = (given: Composition) => tf.Tensor;

/** What the backend's own kernel is called once another has its name. */
const NATIVE = "Native";

/** Calling it again changes nothing. */
export function composeKernels(
  backendName: string,
  compositions: Readonly<Record<string, Compose>>,
): void {
  for (const [kernelName, compose] of Object.entries(compositions)) {
    if (tf.getKernel(composedName(kernelName), backendName)) continue;
    const own = tf.getKernel(kernelName, backendName);
    if (own) {
      // Registering over a kernel makes tfjs print a warning, so the old one goes first.
      tf.unregisterKernel(kernelName, backendName);
      tf.registerKernel({ ...own, kernelName: `${NATIVE}${kernelName}` });
    }
    const config = composed(kernelName, backendName, compose);
    tf.registerKernel(config);
    tf.registerKernel({ ...config, kernelName: composedName(kernelName) });
  }
}

/** Puts an error in the place of kernels whose values are wrong. */
export function refuseKernels(backendName: string, names: readonly string[]): void {
  for (const kernelName of names) {
    if (tf.getKernel(kernelName, backendName)) tf.unregisterKernel(kernelName, backendName);
    tf.registerKernel({
      kernelName,
      backendName,
      kernelFunc() {
        throw new Error(
          `Cannot run kernel "${kernelName}": it gives wrong values on backend "${backendName}", and nothing ` +
            "stands in for it yet",
        );
      },
    });
  }
}

/** Registered beside the kernel, to know it again. */
function composedName(kernelName: string): string {
  return `Composed${kernelName}`;
}

function composed(kernelName: string, backendName: string, compose: Compose): tf.KernelConfig {
  return {
    kernelName,
    backendName,
    kernelFunc({ inputs, attrs, backend }) {
      const result = tf.tidy(() =>
        compose({
          inputs: asTensors(inputs),
          attributes: attrs ?? {},
          native: (inputs, attributes) => runNative(kernelName, inputs, attributes),
        })
      );
      // tfjs makes a tensor of its own of what a kernel returns; this one goes, its data stays.
      const { dataId, shape, dtype } = result;
      (backend as tf.KernelBackend).incRef(dataId);
      result.dispose();
      return { dataId, shape, dtype };
    },
  };
}

function runNative(
  kernelName: string,
  inputs: Readonly<Record<string, tf.Tensor>>,
  attributes: Readonly<Record<string, unknown>>,
): tf.Tensor {
  const result: tf.Tensor | tf.Tensor[] = tf.engine().runKernel(
    `${NATIVE}${kernelName}`,
    inputs,
    // The kernel's own attributes, changed in value at most.
    attributes as unknown as tf.NamedAttrMap,
  );
  if (Array.isArray(result)) {
    throw new Error(`Internal error: "${kernelName}" gave several tensors`);
  }
  return result;
}

/** tfjs hands tensors to kernels, but says less. */
function asTensors(inputs: tf.NamedTensorInfoMap): Record<string, tf.Tensor> {
  return Object.fromEntries(
    Object.entries(inputs).flatMap(([name, input]) =>
      input instanceof tf.Tensor ? [[name, input] as const] : []
    ),
  );
}
