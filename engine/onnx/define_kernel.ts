/**
 * Lowering rules: one per tfjs kernel, from symbolic tensors to symbolic tensors.
 *
 * This is the only file of the engine with casts that the compiler cannot check: tfjs hands every
 * kernel untyped records, and here they become what the rule's types say.
 */

import type { NamedTensorInfoMap } from "@tensorflow/tfjs-core";
import type { SymbolicTensor } from "./symbolic_tensor.ts";
import type { Trace } from "./trace.ts";

/** Inputs as tfjs declares them, each name bound to a symbolic tensor. */
export type SymbolicInputs<Inputs> = { readonly [Name in keyof Inputs]: SymbolicTensor };

export interface LoweringContext<Inputs, Attributes> {
  readonly trace: Trace;
  readonly inputs: Inputs;
  readonly attrs: Attributes;
}

/** A rule as the backend applies it. */
export interface Kernel {
  readonly name: string;
  /** Names of inputs in the order of `lower`'s, or null when the kernel takes a list. */
  readonly inputNames: readonly string[] | null;
  /** Optional inputs that a call leaves out are undefined. */
  lower(trace: Trace, inputs: readonly (SymbolicTensor | undefined)[], attrs: unknown): Result;
}

type Result = SymbolicTensor | SymbolicTensor[];

/**
 * A kernel with named inputs.
 * @param name tfjs's name of the kernel.
 * @param inputNames The keys of `Inputs`; optional ones may be missing in a call.
 */
export function defineKernel<Inputs extends NamedTensorInfoMap | object, Attributes = object>(
  name: string,
  inputNames: readonly (keyof Inputs & string)[],
  lower: (context: LoweringContext<SymbolicInputs<Inputs>, Attributes>) => Result,
): Kernel {
  return {
    name,
    inputNames,
    lower(trace, tensors, attrs) {
      const named = Object.fromEntries(inputNames.map((key, position) => [key, tensors[position]]));
      const inputs = named as SymbolicInputs<Inputs>;
      return lower({ trace, inputs, attrs: attrs as Attributes });
    },
  };
}

/** A kernel that takes a list of tensors. */
export function defineListKernel<Attributes = object>(
  name: string,
  lower: (context: LoweringContext<readonly SymbolicTensor[], Attributes>) => Result,
): Kernel {
  return {
    name,
    inputNames: null,
    lower(trace, tensors, attrs) {
      const inputs = tensors.filter((tensor) => tensor !== undefined);
      return lower({ trace, inputs, attrs: attrs as Attributes });
    },
  };
}
