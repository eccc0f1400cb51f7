/** Element by element: functions of one tensor, of two, and choices. */

import * as tf from "@tensorflow/tfjs-core";
import fc from "fast-check";
import {
  type HostTensor,
  scattered,
  scatteredBooleans,
  scatteredIntegers,
} from "../host_tensor.ts";
import type { KernelCase } from "../kernel_suite.ts";
import { broadcastTo, caseName, type Contracts, operand, shape } from "./contract.ts";

type Unary = (x: tf.Tensor) => tf.Tensor;
type Binary = (a: tf.Tensor, b: tf.Tensor) => tf.Tensor;

/** Functions with the interval they are tested on, away from poles. */
const unary: Readonly<Record<string, readonly [Unary, number, number]>> = {
  abs: [tf.abs, -2, 2],
  acos: [tf.acos, -0.9, 0.9],
  acosh: [tf.acosh, 1.1, 3],
  asin: [tf.asin, -0.9, 0.9],
  asinh: [tf.asinh, -3, 3],
  atan: [tf.atan, -3, 3],
  atanh: [tf.atanh, -0.9, 0.9],
  ceil: [tf.ceil, -3, 3],
  clipByValue: [(x) => tf.clipByValue(x, -0.5, 0.7), -2, 2],
  cos: [tf.cos, -3, 3],
  cosh: [tf.cosh, -3, 3],
  elu: [tf.elu, -3, 3],
  erf: [tf.erf, -3, 3],
  exp: [tf.exp, -3, 3],
  expm1: [tf.expm1, -2, 2],
  floor: [tf.floor, -3, 3],
  leakyRelu: [(x) => tf.leakyRelu(x, 0.13), -2, 2],
  log: [tf.log, 0.1, 3],
  log1p: [tf.log1p, -0.8, 3],
  neg: [tf.neg, -3, 3],
  reciprocal: [tf.reciprocal, 0.3, 3],
  relu: [tf.relu, -2, 2],
  relu6: [tf.relu6, -4, 10],
  round: [tf.round, -4, 4],
  rsqrt: [tf.rsqrt, 0.2, 3],
  selu: [tf.selu, -3, 3],
  sigmoid: [tf.sigmoid, -4, 4],
  sign: [tf.sign, -2, 2],
  sin: [tf.sin, -3, 3],
  sinh: [tf.sinh, -3, 3],
  softplus: [tf.softplus, -4, 4],
  sqrt: [tf.sqrt, 0.1, 3],
  square: [tf.square, -2, 2],
  step: [(x) => tf.step(x, 0.25), -2, 2],
  tan: [tf.tan, -1.2, 1.2],
  tanh: [tf.tanh, -3, 3],
  identity: [tf.clone, -2, 2],
  zerosLike: [tf.zerosLike, -2, 2],
  onesLike: [tf.onesLike, -2, 2],
};

/** What `isFinite()` and its like are asked about. */
const specialValues = [NaN, Infinity, -Infinity, 0, -0, 1, -1e38, 1e-38];
const tests: Readonly<Record<string, Unary>> = {
  isFinite: tf.isFinite,
  isInf: tf.isInf,
  isNaN: tf.isNaN,
};

const binary: Readonly<Record<string, readonly [Binary, number, number]>> = {
  add: [tf.add, -2, 2],
  sub: [tf.sub, -2, 2],
  mul: [tf.mul, -2, 2],
  div: [tf.div, 0.4, 2],
  atan2: [tf.atan2, 0.2, 2],
  maximum: [tf.maximum, -2, 2],
  minimum: [tf.minimum, -2, 2],
  mod: [tf.mod, 0.6, 3],
  pow: [tf.pow, 0.3, 2],
  prelu: [tf.prelu, -2, 2],
  squaredDifference: [tf.squaredDifference, -2, 2],
};

/** Of float32 and int32 alike; values repeat, so that equality happens. */
const comparisons: Readonly<Record<string, Binary>> = {
  equal: tf.equal,
  notEqual: tf.notEqual,
  less: tf.less,
  lessEqual: tf.lessEqual,
  greater: tf.greater,
  greaterEqual: tf.greaterEqual,
};

const integers: Readonly<Record<string, Binary>> = {
  add: tf.add,
  sub: tf.sub,
  mul: tf.mul,
  div: tf.div,
  floorDiv: tf.floorDiv,
  maximum: tf.maximum,
  minimum: tf.minimum,
  mod: tf.mod,
  squaredDifference: tf.squaredDifference,
};

const logical: Readonly<Record<string, Binary>> = {
  logicalAnd: tf.logicalAnd,
  logicalOr: tf.logicalOr,
  logicalXor: tf.logicalXor,
};

export const elementwise: Contracts = {
  ...mapped(
    unary,
    (name, [run, low, high]) =>
      operand(low, high).map(({ inputs, shape, make }) => ({
        name: caseName(name, { shape, operands: inputs.length }),
        inputs,
        run: (...given) => run(make(given)),
      })),
  ),
  ...mapped(
    tests,
    (name, run) =>
      fc.array(fc.constantFrom(...specialValues), { minLength: 1, maxLength: 20 }).map((
        values,
      ) => ({
        name: caseName(name, { values: values.map(String) }),
        inputs: [{ shape: [values.length], dtype: "float32", data: Float32Array.from(values) }],
        run: (x) => run(x!),
      })),
  ),
  ...mapped(
    binary,
    (name, [run, low, high]) =>
      pairs(name, run, (given, salt) => scattered(given, { low, high, salt })),
  ),
  ...prefixed(
    "integers",
    integers,
    (given, salt) =>
      salt === 0
        ? scatteredIntegers(given, { low: -20, high: 20 })
        : scatteredIntegers(given, { low: 1, high: 9, salt }),
  ),
  ...prefixed(
    "negative integers",
    { floorDiv: tf.floorDiv, mod: tf.mod },
    (given, salt) =>
      salt === 0
        ? scatteredIntegers(given, { low: -20, high: 20 })
        : scatteredIntegers(given, { low: -9, high: -1, salt }),
  ),
  ...mapped(comparisons, (name, run) => pairs(name, run, rounded)),
  ...prefixed(
    "integers",
    comparisons,
    (given, salt) => scatteredIntegers(given, { low: -2, high: 3, salt }),
  ),
  ...mapped(logical, (name, run) => pairs(name, run, scatteredBooleans)),
  // tfjs-core composes logicalXor() and has no kernel for it on "cpu".
  LogicalXor: shape.map((given): KernelCase => ({
    name: caseName("LogicalXor", { given }),
    inputs: [scatteredBooleans(given), scatteredBooleans(given, 1)],
    run: (a, b) => tf.engine().runKernel("LogicalXor", { a: a!, b: b! }) as tf.Tensor,
    reference: (a, b) => tf.logicalXor(a!, b!),
  })),
  floorDiv: pairs(
    "floorDiv",
    tf.floorDiv,
    (given, salt) => scattered(given, { low: 0.3, high: 5, salt }),
  ),
  logicalNot: shape.map((given) => ({
    name: caseName("logicalNot", { given }),
    inputs: [scatteredBooleans(given)],
    run: (x) => tf.logicalNot(x!),
  })),
  // The project's own kernel; its gradient belongs to the layer.
  Silu: operand(-4, 4).map(({ inputs, shape, make }): KernelCase => ({
    name: caseName("Silu", { shape, operands: inputs.length }),
    inputs,
    run: (...given) => tf.engine().runKernel("Silu", { x: make(given) }) as tf.Tensor,
    gradients: "none",
  })),
  where: shape.chain((full) =>
    fc.tuple(broadcastTo(full), broadcastTo(full)).map(([a, b]): KernelCase => ({
      name: caseName("where", { full, a, b }),
      inputs: [scatteredBooleans(full), scattered(a), scattered(b, { salt: 1 })],
      run: (condition, x, y) => tf.where(condition!, x!, y!),
    }))
  ),
  "where with a condition of rank 1": fc.array(fc.integer({ min: 1, max: 4 }), {
    minLength: 1,
    maxLength: 4,
  }).map((given): KernelCase => ({
    name: caseName("where of rows", { given }),
    inputs: [scatteredBooleans([given[0]!]), scattered(given), scattered(given, { salt: 1 })],
    run: (condition, t, e) =>
      tf.engine().runKernel("Select", {
        condition: condition!,
        t: t!,
        e: e!,
      }) as tf.Tensor,
    // tfjs's "cpu" kernel repeats the first elements; by definition a row is one or the other.
    reference: (condition, t, e) =>
      tf.where(tf.reshape(condition!, [given[0]!, ...given.slice(1).map(() => 1)]), t!, e!),
    gradients: "none",
  })),
  addN: shape.chain((given) =>
    fc.integer({ min: 1, max: 4 }).map((count): KernelCase => ({
      name: caseName("addN", { given, count }),
      inputs: Array.from({ length: count }, (_, salt) => scattered(given, { salt })),
      run: (...all) => tf.addN(all),
    }))
  ),
  ...casts(),
};

function casts(): Contracts {
  const from: Readonly<Record<string, (given: readonly number[]) => HostTensor>> = {
    float32: (given) => scattered(given, { low: -3, high: 3 }),
    int32: (given) => scatteredIntegers(given, { low: -2, high: 3 }),
    bool: (given) => scatteredBooleans(given),
  };
  const targets = ["float32", "int32", "bool"] as const;
  return Object.fromEntries(
    Object.entries(from).flatMap(([source, make]) =>
      targets.map((target) => [
        `cast ${source} to ${target}`,
        shape.map((given): KernelCase => ({
          name: caseName(`cast ${source} to ${target}`, { given }),
          inputs: [make(given)],
          run: (x) => tf.cast(x!, target),
        })),
      ])
    ),
  );
}

function rounded(given: readonly number[], salt: number): HostTensor {
  const { data } = scattered(given, { low: -2, high: 2, salt });
  return { shape: given, dtype: "float32", data: data.map(Math.round) };
}

function pairs(
  name: string,
  run: Binary,
  make: (shape: readonly number[], salt: number) => HostTensor,
): fc.Arbitrary<KernelCase> {
  return shape.chain((full) =>
    fc.tuple(broadcastTo(full), broadcastTo(full)).map(([a, b]) => ({
      name: caseName(name, { a, b }),
      inputs: [make(a, 0), make(b, 1)],
      run: (x, y) => run(x!, y!),
    }))
  );
}

function mapped<T>(
  table: Readonly<Record<string, T>>,
  make: (name: string, entry: T) => fc.Arbitrary<KernelCase>,
): Contracts {
  return Object.fromEntries(
    Object.entries(table).map(([name, entry]) => [name, make(name, entry)]),
  );
}

function prefixed(
  kind: string,
  table: Readonly<Record<string, Binary>>,
  make: (shape: readonly number[], salt: number) => HostTensor,
): Contracts {
  return Object.fromEntries(
    Object.entries(table).map(([name, run]) => {
      const title = `${name} of ${kind}`;
      return [title, pairs(title, run, make)];
    }),
  );
}
