/** Activations that tfjs fuses into other kernels. */

import type { SymbolicTensor } from "../symbolic_tensor.ts";
import type { Trace } from "../trace.ts";
import { combine } from "./binary.ts";
import { mapElements } from "./unary.ts";

/** What tfjs's fused kernels are told. */
export interface ActivationAttributes {
  readonly activation: string;
  readonly leakyreluAlpha?: number;
}

/** ONNX operators without attributes, by tfjs's name of the activation. */
const operators: Readonly<Record<string, string>> = {
  elu: "Elu",
  relu: "Relu",
  sigmoid: "Sigmoid",
};

/**
 * Applies an activation.
 * @param alpha Slopes below zero, for "prelu".
 */
export function activate(
  trace: Trace,
  x: SymbolicTensor,
  { activation, leakyreluAlpha = 0.2 }: ActivationAttributes,
  alpha: SymbolicTensor | undefined,
): SymbolicTensor {
  const operator = operators[activation];
  if (operator !== undefined) return mapElements(trace, x, (value) => trace.op(operator, [value]));
  switch (activation) {
    case "linear":
      return x;
    case "relu6":
      return mapElements(
        trace,
        x,
        (value) => trace.op("Clip", [value, trace.scalar(0), trace.scalar(6)]),
      );
    case "leakyrelu": {
      const attributes = { alpha: { float: leakyreluAlpha } };
      return mapElements(trace, x, (value) => trace.op("LeakyRelu", [value], attributes));
    }
    case "prelu":
      if (alpha !== undefined) return leakBelowZero(trace, x, alpha);
  }
  throw new Error(`Cannot compile a fused kernel: activation "${activation}" has no lowering`);
}

/** max(x, 0) + alpha min(x, 0). */
export function leakBelowZero(
  trace: Trace,
  x: SymbolicTensor,
  alpha: SymbolicTensor,
): SymbolicTensor {
  const positive = mapElements(trace, x, (value) => trace.op("Relu", [value]));
  const negative = mapElements(trace, x, (value) => trace.op("Min", [value, trace.scalar(0)]));
  return combine(trace, "Add", positive, combine(trace, "Mul", negative, alpha));
}
