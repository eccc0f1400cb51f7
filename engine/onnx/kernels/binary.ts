/** Element-wise kernels of two inputs. */

import * as tfjs from "@tensorflow/tfjs-core";
import type { Value } from "../graph/graph.ts";
import { onnxTypes } from "../graph/encode_model.ts";
import { defineKernel, type Kernel } from "../define_kernel.ts";
import { combine } from "../lower/binary.ts";
import { mapElements } from "../lower/unary.ts";
import type { SymbolicTensor } from "../symbolic_tensor.ts";
import type { Trace } from "../trace.ts";

type Rule = (trace: Trace, a: SymbolicTensor, b: SymbolicTensor) => SymbolicTensor;

const arithmetic: Readonly<Record<string, string>> = {
  [tfjs.Add]: "Add",
  [tfjs.Maximum]: "Max",
  [tfjs.Minimum]: "Min",
  [tfjs.Multiply]: "Mul",
  [tfjs.Pow]: "Pow",
  [tfjs.RealDiv]: "Div",
  [tfjs.Sub]: "Sub",
};

const comparisons: Readonly<Record<string, string>> = {
  [tfjs.Equal]: "Equal",
  [tfjs.Greater]: "Greater",
  [tfjs.GreaterEqual]: "GreaterOrEqual",
  [tfjs.Less]: "Less",
  [tfjs.LessEqual]: "LessOrEqual",
  [tfjs.LogicalAnd]: "And",
  [tfjs.LogicalOr]: "Or",
  [tfjs.LogicalXor]: "Xor",
};

/** Operators that ONNX has for booleans; the others compare them as 0 and 1. */
const ofBooleans: ReadonlySet<string> = new Set(["And", "Equal", "Or", "Xor"]);

const composed: Readonly<Record<string, Rule>> = {
  [tfjs.Atan2]: atan2,
  [tfjs.FloorDiv]: (trace, a, b) => {
    const quotient = combine(trace, "Div", a, b);
    if (a.dtype !== "int32") {
      // tfjs gives integers for floats, too.
      const floor = (x: Value) => trace.op("Cast", [trace.op("Floor", [x])], { to: 6 });
      return mapElements(trace, quotient, floor, "int32");
    }
    // ONNX divides integers towards zero: one less where the remainder's sign differs.
    const remainder = combine(trace, "Sub", a, combine(trace, "Mul", quotient, b));
    const isOff = combine(
      trace,
      "Less",
      combine(trace, "Mul", remainder, b),
      zero(trace, a),
      "bool",
    );
    const one = mapElements(trace, isOff, (x) => trace.op("Cast", [x], { to: 6 }), "int32");
    return combine(trace, "Sub", quotient, one);
  },
  [tfjs.Mod]: (trace, a, b) => {
    if (a.dtype === "int32") return combine(trace, "Mod", a, b);
    // The remainder takes the sign of the divisor, as in Python.
    const wrapped = combine(trace, "Add", remainderOf(trace, a, b), b);
    return remainderOf(trace, wrapped, b);
  },
  [tfjs.NotEqual]: (trace, a, b) =>
    mapElements(trace, combine(trace, "Equal", a, b, "bool"), (x) => trace.op("Not", [x])),
  [tfjs.SquaredDifference]: (trace, a, b) => {
    const difference = combine(trace, "Sub", a, b);
    return combine(trace, "Mul", difference, difference);
  },
};

export const binaryKernels: readonly Kernel[] = [
  ...Object.entries(arithmetic).map(([name, op]) =>
    binary(name, (trace, a, b) => combine(trace, op, a, b))
  ),
  ...Object.entries(comparisons).map(([name, op]) =>
    binary(name, (trace, a, b) => {
      const isOrder = a.dtype === "bool" && !ofBooleans.has(op);
      const [x, y] = isOrder ? [toIntegers(trace, a), toIntegers(trace, b)] : [a, b];
      return combine(trace, op, x, y, "bool");
    })
  ),
  ...Object.entries(composed).map(([name, rule]) => binary(name, rule)),
];

function binary(name: string, rule: Rule): Kernel {
  return defineKernel<tfjs.BinaryInputs>(
    name,
    ["a", "b"],
    ({ trace, inputs: { a, b } }) => rule(trace, a, b),
  );
}

/** The remainder with the sign of the dividend, as in C. */
function remainderOf(trace: Trace, a: SymbolicTensor, b: SymbolicTensor): SymbolicTensor {
  const shape = tfjs.broadcast_util.assertAndGetBroadcastShape([...a.shape], [...b.shape]);
  const value = trace.op("Mod", [trace.rowMajor(a), trace.rowMajor(b)], { fmod: 1 });
  return trace.fromRowMajor(shape, a.dtype, value);
}

function toIntegers(trace: Trace, x: SymbolicTensor): SymbolicTensor {
  const cast = (value: Value) => trace.op("Cast", [value], { to: onnxTypes.int32 });
  return mapElements(trace, x, cast, "int32");
}

function zero(trace: Trace, like: SymbolicTensor): SymbolicTensor {
  return trace.splat([], like.dtype, 0);
}

/** The angle in the first quadrant, mirrored to where the point lies. */
function atan2(trace: Trace, y: SymbolicTensor, x: SymbolicTensor): SymbolicTensor {
  const map = (tensor: SymbolicTensor, op: string) =>
    mapElements(trace, tensor, (value) => trace.op(op, [value]));
  const ratio = combine(trace, "Div", map(y, "Abs"), map(x, "Abs"));
  // 0 / 0 is the angle of the origin, which is 0.
  const isNumber = combine(trace, "Equal", ratio, ratio, "bool");
  const zeros = trace.splat([], "float32", 0);
  const steep = map(choose(trace, isNumber, ratio, zeros), "Atan");
  const isLeft = combine(trace, "Less", x, zeros, "bool");
  const mirrored = combine(trace, "Sub", trace.splat([], "float32", Math.PI), steep);
  const angle = choose(trace, isLeft, mirrored, steep);
  const isBelow = combine(trace, "Less", y, zeros, "bool");
  return choose(trace, isBelow, map(angle, "Neg"), angle);
}

function choose(
  trace: Trace,
  condition: SymbolicTensor,
  a: SymbolicTensor,
  b: SymbolicTensor,
): SymbolicTensor {
  const shape = tfjs.broadcast_util.assertAndGetBroadcastShape([...condition.shape], [...a.shape]);
  const inputs = [trace.rowMajor(condition), trace.rowMajor(a), trace.rowMajor(b)];
  return trace.fromRowMajor(shape, a.dtype, trace.op("Where", inputs));
}
