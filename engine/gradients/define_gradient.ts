/** Gradients of kernels, typed; the only file here with casts that the compiler cannot check. */

import * as tf from "@tensorflow/tfjs-core";
// Registers what `fromCore` calls.
import "@tensorflow/tfjs";

export interface GradientCall<Attributes> {
  /** Cotangent of the first output. */
  readonly dy: tf.Tensor;
  /** Cotangents of all outputs. */
  readonly dys: readonly tf.Tensor[];
  /** Inputs asked for, then outputs asked for. */
  readonly saved: readonly tf.Tensor[];
  readonly attributes: Attributes;
  /** What tfjs-core 4.22 computes, with other attributes if need be. */
  readonly fromCore: (attributes?: Partial<Attributes>) => Gradients;
}

/** By the name of the input; a list's inputs are "0", "1", ... */
export type Gradients = Readonly<Record<string, () => tf.Tensor>>;

export interface SavedTensors {
  /** Names of inputs; "all" for kernels that take a list. */
  readonly inputs: readonly string[] | "all";
  /** Which outputs. */
  readonly outputs?: readonly boolean[];
}

export function defineGradient<Attributes = unknown>(
  kernelName: string,
  { inputs, outputs = [] }: SavedTensors,
  compute: (call: GradientCall<Attributes>) => Gradients,
): tf.GradConfig {
  // Taken now, because registering replaces it.
  const core = tf.getGradient(kernelName);
  return {
    kernelName,
    ...(inputs === "all" ? { saveAllInputs: true } : { inputsToSave: [...inputs] }),
    outputsToSave: [...outputs],
    gradFunc: (dy, saved, attrs) => {
      // tfjs takes a list of one output for the output itself.
      const dys = Array.isArray(dy) ? dy : [dy];
      const [first] = dys;
      if (first === undefined) throw new Error(`Internal error: ${kernelName} has no cotangent`);
      // tfjs types attributes by kernel but hands them over as an untyped map.
      const attributes = attrs as Attributes;
      const fromCore = (other: Partial<Attributes> = {}) => {
        if (core === undefined) throw new Error(`Internal error: no gradient of ${kernelName}`);
        return core.gradFunc(dy, saved, { ...attrs, ...other }) as Gradients;
      };
      return { ...compute({ dy: first, dys, saved, attributes, fromCore }) };
    },
  };
}

/** A tensor that a gradient asked to be saved. */
export function savedAt(saved: readonly tf.Tensor[], position: number): tf.Tensor {
  const tensor = saved[position];
  if (tensor === undefined) throw new Error(`Internal error: nothing was saved at ${position}`);
  return tensor;
}

/** A kernel's one output. */
export function runKernel(
  name: string,
  inputs: Readonly<Record<string, tf.Tensor>>,
  attributes: object,
): tf.Tensor {
  return tf.engine().runKernel(name, { ...inputs }, { ...attributes }) as tf.Tensor;
}
