/** Element-wise kernels of one input, each with the ONNX operators that compute it. */

import * as tfjs from "@tensorflow/tfjs-core";
import type { Value } from "../graph/graph.ts";
import { onnxTypes } from "../graph/encode_model.ts";
import { defineKernel, type Kernel } from "../define_kernel.ts";
import { floats, numbers, requireDtype } from "../lower/require_dtype.ts";
import { mapElements } from "../lower/unary.ts";
import type { TensorDtype } from "../symbolic_tensor.ts";
import type { Trace } from "../trace.ts";

/** Constants of Klambauer et al. 2017, https://arxiv.org/abs/1706.02515. */
const seluAlpha = 1.6732632423543772;
const seluScale = 1.0507009873554805;

interface UnaryAttributes {
  readonly alpha: number;
  readonly clipValueMin: number;
  readonly clipValueMax: number;
}

type Rule = (
  trace: Trace,
  x: Value,
  attrs: UnaryAttributes,
  dtype: TensorDtype,
) => Value;

/** Kernels that are one ONNX operator without attributes. */
const single: Readonly<Record<string, string>> = {
  [tfjs.Abs]: "Abs",
  [tfjs.Acos]: "Acos",
  [tfjs.Acosh]: "Acosh",
  [tfjs.Asin]: "Asin",
  [tfjs.Asinh]: "Asinh",
  [tfjs.Atan]: "Atan",
  [tfjs.Atanh]: "Atanh",
  [tfjs.Ceil]: "Ceil",
  [tfjs.Cos]: "Cos",
  [tfjs.Cosh]: "Cosh",
  [tfjs.Elu]: "Elu",
  [tfjs.Erf]: "Erf",
  [tfjs.Floor]: "Floor",
  [tfjs.Log]: "Log",
  [tfjs.Neg]: "Neg",
  [tfjs.Reciprocal]: "Reciprocal",
  [tfjs.Relu]: "Relu",
  [tfjs.Sigmoid]: "Sigmoid",
  [tfjs.Sign]: "Sign",
  [tfjs.Sin]: "Sin",
  [tfjs.Sinh]: "Sinh",
  [tfjs.Softplus]: "Softplus",
  [tfjs.Sqrt]: "Sqrt",
  [tfjs.Tan]: "Tan",
  [tfjs.Tanh]: "Tanh",
};

const composed: Readonly<Record<string, Rule>> = {
  [tfjs.ClipByValue]: (trace, x, { clipValueMin, clipValueMax }, dtype) =>
    trace.op("Clip", [x, trace.scalar(clipValueMin, dtype), trace.scalar(clipValueMax, dtype)]),
  [tfjs.Expm1]: (trace, x) => expm1(trace, x),
  [tfjs.LeakyRelu]: (trace, x, { alpha }) =>
    trace.op("LeakyRelu", [x], { alpha: { float: alpha } }),
  [tfjs.Log1p]: (trace, x) => log1p(trace, x),
  [tfjs.Relu6]: (trace, x, _attrs, dtype) =>
    trace.op("Clip", [x, trace.scalar(0, dtype), trace.scalar(6, dtype)]),
  [tfjs.Round]: (trace, x, _attrs, dtype) => dtype === "int32" ? x : trace.op("Round", [x]),
  [tfjs.Rsqrt]: (trace, x) => trace.op("Reciprocal", [trace.op("Sqrt", [x])]),
  [tfjs.Selu]: (trace, x) =>
    trace.op("Selu", [x], { alpha: { float: seluAlpha }, gamma: { float: seluScale } }),
  // In one pass where ORT's own operator may be used.
  Silu: (trace, x) =>
    trace.isPortable
      ? trace.op("Mul", [x, trace.op("Sigmoid", [x])])
      : trace.microsoftOp("QuickGelu", [x], { alpha: { float: 1 } }),
  [tfjs.Square]: (trace, x) => trace.op("Mul", [x, x]),
  [tfjs.Step]: (trace, x, { alpha }, dtype) =>
    alpha === 0 || alpha === undefined
      ? trace.op("Sign", [trace.op("Relu", [x])])
      : trace.op("Where", [
        trace.op("Greater", [x, trace.scalar(0, dtype)]),
        trace.scalar(1, dtype),
        trace.scalar(alpha, dtype),
      ]),
};

/** Kernels that integers may go through; to all others tfjs's backends give what is left of floats. */
const ofIntegers: ReadonlySet<string> = new Set([
  tfjs.Abs,
  tfjs.ClipByValue,
  tfjs.Neg,
  tfjs.Relu,
  tfjs.Relu6,
  tfjs.Round,
  tfjs.Sign,
  tfjs.Square,
  tfjs.Step,
]);

/** Kernels whose result is boolean. */
const tests: Readonly<Record<string, Rule>> = {
  [tfjs.IsFinite]: (trace, x) =>
    trace.op("Not", [trace.op("Or", [trace.op("IsNaN", [x]), trace.op("IsInf", [x])])]),
  [tfjs.IsInf]: (trace, x) => trace.op("IsInf", [x]),
  [tfjs.IsNan]: (trace, x) => trace.op("IsNaN", [x]),
};

type UnaryInputs = Pick<tfjs.NamedTensorInfoMap, "x">;

export const unaryKernels: readonly Kernel[] = [
  ...Object.entries(single).map(([name, op]) => unary(name, (trace, x) => trace.op(op, [x]))),
  ...Object.entries(composed).map(([name, rule]) => unary(name, rule)),
  ...Object.entries(tests).map(([name, rule]) =>
    defineKernel<UnaryInputs, UnaryAttributes>(
      name,
      ["x"],
      ({ trace, inputs: { x }, attrs }) => {
        requireDtype(name, x, floats);
        return mapElements(trace, x, (value) => rule(trace, value, attrs, x.dtype), "bool");
      },
    )
  ),
  defineKernel<UnaryInputs>(
    tfjs.LogicalNot,
    ["x"],
    ({ trace, inputs: { x } }) => {
      requireDtype(tfjs.LogicalNot, x, ["bool"]);
      return mapElements(trace, x, (value) => trace.op("Not", [value]));
    },
  ),
  // The one function of tfjs that makes floats of integers.
  defineKernel<UnaryInputs>(
    tfjs.Exp,
    ["x"],
    ({ trace, inputs: { x } }) =>
      mapElements(
        trace,
        x,
        (value) =>
          trace.op("Exp", [
            x.dtype === "float32" ? value : trace.op("Cast", [value], { to: onnxTypes.float32 }),
          ]),
        "float32",
      ),
  ),
];

function unary(name: string, rule: Rule): Kernel {
  return defineKernel<UnaryInputs, UnaryAttributes>(
    name,
    ["x"],
    ({ trace, inputs: { x }, attrs }) => {
      requireDtype(name, x, ofIntegers.has(name) ? numbers : floats);
      return mapElements(trace, x, (value) => rule(trace, value, attrs, x.dtype));
    },
  );
}

/** exp(x) - 1 = 2 tanh(x/2) / (1 - tanh(x/2)): exact for small x, where exp(x) - 1 cancels. */
function expm1(trace: Trace, x: Value): Value {
  const half = trace.op("Tanh", [trace.op("Mul", [x, trace.scalar(0.5)])]);
  const small = trace.op("Div", [
    trace.op("Mul", [half, trace.scalar(2)]),
    trace.op("Sub", [trace.scalar(1), half]),
  ]);
  const large = trace.op("Sub", [trace.op("Exp", [x]), trace.scalar(1)]);
  return trace.op("Where", [
    trace.op("Less", [trace.op("Abs", [x]), trace.scalar(1)]),
    small,
    large,
  ]);
}

/** log(1 + x) = 2 artanh(x / (2 + x)): exact for small x, where 1 + x loses digits. */
function log1p(trace: Trace, x: Value): Value {
  const ratio = trace.op("Div", [x, trace.op("Add", [x, trace.scalar(2)])]);
  const small = trace.op("Mul", [trace.op("Atanh", [ratio]), trace.scalar(2)]);
  const large = trace.op("Log", [trace.op("Add", [x, trace.scalar(1)])]);
  const isSmall = trace.op("Less", [trace.op("Abs", [x]), trace.scalar(0.5)]);
  return trace.op("Where", [isSmall, small, large]);
}
