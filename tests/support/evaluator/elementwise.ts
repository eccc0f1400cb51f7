/** Operators that work element by element. */

import type { Call, Operator } from "./evaluate_graph.ts";
import { broadcastPositions } from "./strides.ts";

type Unary = (x: number, call: Call) => number;
type Binary = (x: number, y: number) => number;

const unary: Readonly<Record<string, Unary>> = {
  Abs: Math.abs,
  Acos: Math.acos,
  Acosh: Math.acosh,
  Asin: Math.asin,
  Asinh: Math.asinh,
  Atan: Math.atan,
  Atanh: Math.atanh,
  Ceil: Math.ceil,
  Cos: Math.cos,
  Cosh: Math.cosh,
  Elu: (x) => x < 0 ? Math.expm1(x) : x,
  Erf: erf,
  Exp: Math.exp,
  Floor: Math.floor,
  Identity: (x) => x,
  IsInf: (x) => Number(x === Infinity || x === -Infinity),
  IsNaN: (x) => Number(Number.isNaN(x)),
  LeakyRelu: (x, call) => x < 0 ? x * call.float("alpha", 0.01) : x,
  Log: Math.log,
  Neg: (x) => -x,
  Not: (x) => 1 - x,
  QuickGelu: (x, call) => x / (1 + Math.exp(-call.float("alpha", 1.702) * x)),
  Reciprocal: (x) => 1 / x,
  Relu: (x) => Math.max(0, x),
  Round: roundToEven,
  Selu: (x, call) => call.float("gamma", 1) * (x < 0 ? call.float("alpha", 1) * Math.expm1(x) : x),
  Sigmoid: (x) => 1 / (1 + Math.exp(-x)),
  Sign: Math.sign,
  Sin: Math.sin,
  Sinh: Math.sinh,
  Softplus: (x) => Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x))),
  Sqrt: Math.sqrt,
  Tan: Math.tan,
  Tanh: Math.tanh,
  Cast: (x, { type }) =>
    type.dtype === "bool" ? Number(x !== 0) : type.dtype === "float32" ? x : Math.trunc(x),
};

const binary: Readonly<Record<string, Binary>> = {
  Add: (x, y) => x + y,
  And: (x, y) => x && y,
  Equal: (x, y) => Number(x === y),
  Greater: (x, y) => Number(x > y),
  GreaterOrEqual: (x, y) => Number(x >= y),
  Less: (x, y) => Number(x < y),
  LessOrEqual: (x, y) => Number(x <= y),
  Max: Math.max,
  Min: Math.min,
  Mul: (x, y) => x * y,
  Or: (x, y) => x || y,
  Pow: Math.pow,
  Sub: (x, y) => x - y,
  Xor: (x, y) => Number(x !== y),
};

export const elementwiseOperators: Readonly<Record<string, Operator>> = {
  ...Object.fromEntries(
    Object.entries(unary).map(([op, f]): [string, Operator] => [
      op,
      (call) => call.input(0).data.map((x) => f(x, call)),
    ]),
  ),
  ...Object.fromEntries(
    Object.entries(binary).map(([op, f]): [string, Operator] => [op, (call) => zip(call, f)]),
  ),
  // Integers are divided towards zero.
  Div: (call) =>
    zip(call, call.type.dtype === "float32" ? (x, y) => x / y : (x, y) => Math.trunc(x / y)),
  // The sign of the dividend if asked for, else that of the divisor.
  Mod: (call) =>
    zip(call, call.integer("fmod", 0) === 1 ? (x, y) => x % y : (x, y) => ((x % y) + y) % y),
  Clip: (call) => {
    const [low, high] = [call.input(1).data[0]!, call.input(2).data[0]!];
    return call.input(0).data.map((x) => Math.min(Math.max(x, low), high));
  },
  Where: (call) => {
    const [condition, a, b] = [0, 1, 2].map((position) => stretched(call, position));
    return condition!.map((isTrue, i) => isTrue !== 0 ? a![i]! : b![i]!);
  },
  Expand: (call) => stretched(call, 0),
};

/** An input stretched to the shape of the output. */
function stretched(call: Call, position: number): Float64Array {
  const { shape, data } = call.input(position);
  return Float64Array.from(broadcastPositions(shape, call.type.shape), (from) => data[from]!);
}

/** From left to right over any number of inputs. */
function zip(call: Call, f: Binary): Float64Array {
  const operands = call.node.inputs.map((_, position) => stretched(call, position));
  return operands.reduce((a, b) => a.map((x, i) => f(x, b[i]!)));
}

function roundToEven(x: number): number {
  const below = Math.floor(x);
  const rest = x - below;
  if (rest !== 0.5) return Math.round(x);
  return below % 2 === 0 ? below : below + 1;
}

/** erf by its series near zero, and by the continued fraction of erfc beyond; good to 1e-14. */
function erf(x: number): number {
  const size = Math.abs(x);
  if (size < 3) {
    let term = size;
    let sum = size;
    for (let n = 1; Math.abs(term) > 1e-18 * sum && n < 200; n++) {
      term *= -size * size / n;
      sum += term / (2 * n + 1);
    }
    return Math.sign(x) * sum * 2 / Math.sqrt(Math.PI);
  }
  let fraction = size;
  for (let n = 60; n > 0; n--) fraction = size + n / 2 / fraction;
  return Math.sign(x) * (1 - Math.exp(-size * size) / Math.sqrt(Math.PI) / fraction);
}
