/** Registers the backend "onnx" and its kernels with tfjs, once per process. */

import * as tf from "@tensorflow/tfjs-core";
import type { Kernel } from "./define_kernel.ts";
import { EagerKernels } from "./eager_kernels.ts";
import { kernels } from "./kernels/mod.ts";
import { missingKernels } from "./missing_kernels.ts";
import { OnnxBackend } from "./onnx_backend.ts";
import "../register_gradients.ts";

const backendName = "onnx";

export interface RegisteredBackend {
  readonly backend: OnnxBackend;
  readonly eager: EagerKernels;
}

let registered: RegisteredBackend | undefined;

export function registerOnnxBackend(): RegisteredBackend {
  return registered ??= register();
}

function register(): RegisteredBackend {
  const backend = new OnnxBackend();
  const eager = new EagerKernels(backend);
  tf.registerBackend(backendName, () => backend, 1);
  for (const kernel of kernels) {
    tf.registerKernel({
      kernelName: kernel.name,
      backendName,
      kernelFunc: ({ inputs, attrs }) => {
        const infos = inputsInOrder(kernel, inputs);
        try {
          return backend.recording === null
            ? eager.run(kernel, infos, attrs ?? {})
            : record(backend, kernel, infos, attrs ?? {});
        } catch (error) {
          throw namingOperands(error, kernel, infos);
        }
      },
    });
  }
  registerMissing(backend);
  return { backend, eager };
}

/** All kernels that tfjs-core can ask for: it exports each name as a constant of that name. */
export function tfjsKernelNames(): string[] {
  return Object.entries(tf).flatMap(([name, value]) => name === value ? [name] : []).sort();
}

/** Every other kernel that tfjs knows says by name that it is missing. */
function registerMissing(backend: OnnxBackend): void {
  const known = new Set(kernels.map((kernel) => kernel.name));
  for (const name of tfjsKernelNames()) {
    if (known.has(name)) continue;
    tf.registerKernel({
      kernelName: name,
      backendName,
      kernelFunc: () => {
        const op = tf.engine().state.activeScope?.name ?? "unknown";
        const what = backend.recording === null
          ? "Cannot run an operator"
          : `Cannot compile "${backend.recording.name}"`;
        const reason = missingKernels[name];
        throw new Error(
          `${what}: kernel "${name}" (asked for by op "${op}") has no lowering to ONNX` +
            (reason === undefined ? "" : `: ${reason}`),
        );
      },
    });
  }
}

/** What a lowering threw, with the operator and the shapes it was given. */
function namingOperands(
  error: unknown,
  { name }: Kernel,
  infos: readonly (tf.TensorInfo | undefined)[],
): unknown {
  if (!(error instanceof Error) || error.message.startsWith("Cannot ")) return error;
  const op = (tf.engine().state.activeScope?.name ?? name).replace(/__op$/, "");
  const operands = infos.flatMap((info) => info ? [`${info.dtype}[${info.shape}]`] : []);
  const Kind = error instanceof TypeError ? TypeError : Error;
  return new Kind(`${op} of ${operands.join(" and ")}: ${error.message}`, { cause: error });
}

function record(
  backend: OnnxBackend,
  kernel: Kernel,
  infos: readonly (tf.TensorInfo | undefined)[],
  attrs: unknown,
): tf.TensorInfo | tf.TensorInfo[] {
  const { recording } = backend;
  if (recording === null) throw new Error("Internal error: no function is being traced");
  const inputs = infos.map((info) => info && recording.symbolic(info, backend.entry(info.dataId)));
  const result = kernel.lower(recording.trace, inputs, attrs);
  return Array.isArray(result)
    ? result.map((tensor) => backend.addTraced(tensor, recording))
    : backend.addTraced(result, recording);
}

/** Lists come as arrays; optional inputs are undefined or null when they are left out. */
function inputsInOrder(
  kernel: Kernel,
  inputs: tf.NamedTensorInfoMap,
): (tf.TensorInfo | undefined)[] {
  const list = Array.isArray(inputs) || kernel.inputNames === null
    ? Object.values(inputs)
    : kernel.inputNames.map((name) => inputs[name]);
  return list.map((info) => info ?? undefined);
}
