/** Over axes: sums and their like, running ones, positions of extremes, softmax. */

import * as tf from "@tensorflow/tfjs-core";
import fc from "fast-check";
import { scattered, scatteredBooleans, scatteredIntegers } from "../host_tensor.ts";
import type { KernelCase } from "../kernel_suite.ts";
import { axesOf, caseName, type Contracts, operand, shape, shapeOf, short } from "./contract.ts";

const floats = {
  sum: tf.sum,
  mean: tf.mean,
  max: tf.max,
  min: tf.min,
  prod: tf.prod,
  logSumExp: tf.logSumExp,
} as const;

const integers = { sum: tf.sum, mean: tf.mean, max: tf.max, min: tf.min, prod: tf.prod } as const;
const logical = { all: tf.all, any: tf.any } as const;
const positions = { argMax: tf.argMax, argMin: tf.argMin } as const;
const running = { cumsum: tf.cumsum, cumprod: tf.cumprod } as const;

export const reductions: Contracts = {
  ...Object.fromEntries(
    Object.entries(floats).map(([name, run]) => [
      name,
      operand(0.4, 1.4).chain(({ inputs, shape, make }) =>
        fc.tuple(axesOf(shape.length), fc.boolean()).map(([axes, keepDims]): KernelCase => ({
          name: caseName(name, { shape, axes, keepDims, operands: inputs.length }),
          inputs,
          run: (...given) => run(make(given), axes, keepDims),
          // At the maximum, whose gradient is a difference of shares near one.
          ...(name === "logSumExp" ? { tolerance: 1e-4 } : {}),
        }))
      ),
    ]),
  ),
  ...Object.fromEntries(
    Object.entries(integers).map(([name, run]) => [
      `${name} of integers`,
      shape.chain((given) =>
        fc.tuple(axesOf(given.length), fc.boolean()).map(([axes, keepDims]): KernelCase => ({
          name: caseName(`${name} of integers`, { given, axes, keepDims }),
          inputs: [scatteredIntegers(given, { low: -2, high: 3 })],
          run: (x) => run(x!, axes, keepDims),
        }))
      ),
    ]),
  ),
  ...Object.fromEntries(
    Object.entries(logical).map(([name, run]) => [
      name,
      shape.chain((given) =>
        fc.tuple(axesOf(given.length), fc.boolean()).map(([axes, keepDims]): KernelCase => ({
          name: caseName(name, { given, axes, keepDims }),
          inputs: [scatteredBooleans(given)],
          run: (x) => run(x!, axes, keepDims),
        }))
      ),
    ]),
  ),
  "sum of booleans": shapeOf(1).map((given) => ({
    name: caseName("sum of booleans", { given }),
    inputs: [scatteredBooleans(given)],
    run: (x) => tf.sum(x!, 0),
  })),
  ...Object.fromEntries(
    Object.entries(positions).map(([name, run]) => [
      name,
      alongOneAxis((given, axis) => ({
        name: caseName(name, { given, axis }),
        // Values repeat, so that the first of equal ones must be found.
        inputs: [{ ...scatteredIntegers(given, { low: 0, high: 4 }) }],
        run: (x) => run(tf.cast(x!, "float32"), axis),
      })),
    ]),
  ),
  ...Object.fromEntries(
    Object.entries(running).map(([name, run]) => [
      name,
      fc.tuple(fc.boolean(), fc.boolean()).chain(([exclusive, reverse]) =>
        alongOneAxis((given, axis) => ({
          name: caseName(name, { given, axis, exclusive, reverse }),
          inputs: [scattered(given, { low: 0.3, high: 1.5 })],
          run: (x) => run(x!, axis, exclusive, reverse),
        }))
      ),
    ]),
  ),
  "cumsum of integers": alongOneAxis((given, axis) => ({
    name: caseName("cumsum of integers", { given, axis }),
    inputs: [scatteredIntegers(given, { low: -3, high: 9 })],
    run: (x) => tf.cumsum(x!, axis),
  })),
  softmax: shapeOf(1).map((given) => ({
    name: caseName("softmax", { given }),
    inputs: [scattered(given, { low: -4, high: 4 })],
    run: (x) => tf.softmax(x!),
  })),
  logSoftmax: shapeOf(1).map((given) => ({
    name: caseName("logSoftmax", { given }),
    inputs: [scattered(given, { low: -4, high: 4 })],
    run: (x) => tf.logSoftmax(x!),
  })),
  // tfjs-core composes logSoftmax() and has no kernel for it on "cpu"; layers may ask for it.
  LogSoftmax: shapeOf(1).map((given) => ({
    name: caseName("LogSoftmax", { given }),
    inputs: [scattered(given, { low: -4, high: 4 })],
    run: (x) =>
      tf.engine().runKernel("LogSoftmax", { logits: x! }, { axis: given.length - 1 }) as tf.Tensor,
    reference: (x) => tf.logSoftmax(x!),
    gradients: "none",
  })),
  topk: fc.tuple(shapeOf(0, 3), fc.integer({ min: 1, max: 9 })).chain(([outer, length]) =>
    fc.tuple(fc.integer({ min: 1, max: length }), fc.boolean()).map((
      [k, isIndices],
    ): KernelCase => ({
      name: caseName("topk", { outer, length, k, isIndices }),
      inputs: [scattered([...outer, length])],
      run: (x) => {
        const { values, indices } = tf.topk(x!, k);
        return isIndices ? indices : values;
      },
    }))
  ),
  bincount: bincount(false),
  "bincount with weights": bincount(true),
  denseBincount: denseBincount(),
  searchSorted: fc.tuple(short, short, fc.integer({ min: 1, max: 9 }), fc.boolean()).map((
    [rows, count, extent, isLeft],
  ): KernelCase => ({
    name: caseName("searchSorted", { rows, count, extent, isLeft }),
    inputs: [
      {
        shape: [rows, extent],
        dtype: "float32",
        data: Float32Array.from({ length: rows * extent }, (_, i) => Math.floor(i % extent / 2)),
      },
      scatteredIntegers([rows, count], { low: -1, high: 6 }),
    ],
    run: (sorted, values) =>
      tf.searchSorted(sorted!, tf.cast(values!, "float32"), isLeft ? "left" : "right"),
  })),
};

function alongOneAxis(
  make: (shape: readonly number[], axis: number) => KernelCase,
): fc.Arbitrary<KernelCase> {
  return shapeOf(1).chain((given) => fc.nat(given.length - 1).map((axis) => make(given, axis)));
}

function bincount(isWeighted: boolean): fc.Arbitrary<KernelCase> {
  return fc.tuple(fc.integer({ min: 1, max: 30 }), fc.integer({ min: 1, max: 8 })).map((
    [count, size],
  ) => ({
    name: caseName("bincount", { count, size, isWeighted }),
    inputs: [
      scatteredIntegers([count], { low: 0, high: 10 }),
      scattered([isWeighted ? count : 0]),
    ],
    run: (x, weights) => tf.bincount(x as tf.Tensor1D, weights as tf.Tensor1D, size),
    gradients: "none",
  }));
}

function denseBincount(): fc.Arbitrary<KernelCase> {
  return fc.tuple(short, fc.integer({ min: 1, max: 12 }), short, fc.boolean(), fc.boolean()).map((
    [rows, count, size, isWeighted, isBinary],
  ) => ({
    name: caseName("denseBincount", { rows, count, size, isWeighted, isBinary }),
    inputs: [
      scatteredIntegers([rows, count], { low: 0, high: 7 }),
      scattered(isWeighted ? [rows, count] : [0]),
    ],
    run: (x, weights) => tf.denseBincount(x as tf.Tensor2D, weights as tf.Tensor2D, size, isBinary),
    gradients: "none",
  }));
}
