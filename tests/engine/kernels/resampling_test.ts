import * as tf from "@tensorflow/tfjs-core";
import type { KernelCase } from "../../support/kernel_suite.ts";
import { convolved, inputs } from "../../support/kernel_inputs.ts";
import { testKernels } from "../../support/test_kernels.ts";

type Pool = (x: tf.Tensor4D) => tf.Tensor;

interface Window {
  readonly size: number | readonly [number, number];
  readonly stride: number;
  readonly padding: "same" | "valid";
}

const windows: readonly Window[] = [
  { size: 2, stride: 2, padding: "valid" },
  { size: 2, stride: 2, padding: "same" },
  { size: 3, stride: 2, padding: "same" },
  { size: 3, stride: 2, padding: "valid" },
  { size: 3, stride: 1, padding: "same" },
  { size: 1, stride: 1, padding: "valid" },
  { size: [4, 6], stride: 1, padding: "valid" },
];

const cases: KernelCase[] = [
  ...windows.flatMap((window) => [...pools("avgPool", window), ...pools("maxPool", window)]),
  ...uneven(),
  ...nearest(),
  ...bilinear(),
  {
    name: "maxPool of flat regions gives the gradient to the first maximum",
    inputs: inputs([2, 4, 4, 16]),
    // relu makes half of the pixels equal to 0, and many windows have four equal ones.
    run: (x) => tf.maxPool(tf.relu(tf.sub(x!, 0.3)) as tf.Tensor4D, 2, 2, "valid"),
  },
  {
    name: "maxPool of a constant",
    inputs: inputs([1, 4, 4, 3]),
    run: (x) => tf.maxPool(tf.mul(x!, 0) as tf.Tensor4D, 2, 2, "valid"),
  },
];

testKernels("resampling", cases);

function pools(name: "avgPool" | "maxPool", window: Window): KernelCase[] {
  const size: number | [number, number] = typeof window.size === "number"
    ? window.size
    : [...window.size];
  const pool: Pool = (x) => tf[name](x, size, window.stride, window.padding);
  const title = `${name} ${window.size}, stride ${window.stride}, ${window.padding}`;
  return [3, 16, 17, 48].flatMap((channels) =>
    blocked(`${title}, ${channels} channels`, [2, 4, 6, channels], pool)
  );
}

function uneven(): KernelCase[] {
  return (["avgPool", "maxPool"] as const).flatMap((name) =>
    (["same", "valid"] as const).flatMap((padding) =>
      blocked(
        `${name} 2 of an odd image, ${padding}`,
        [2, 5, 7, 16],
        (x) => tf[name](x, 2, 2, padding),
      )
    )
  );
}

function nearest(): KernelCase[] {
  const sizes: readonly (readonly [from: readonly number[], to: readonly [number, number]])[] = [
    [[2, 4, 4, 16], [8, 8]],
    [[3, 2, 3, 5], [4, 6]],
    [[2, 4, 4, 5], [8, 12]],
    [[2, 4, 4, 16], [4, 4]],
    [[2, 4, 6, 16], [2, 3]],
    [[2, 3, 5, 16], [7, 6]],
    [[1, 1, 1, 17], [3, 4]],
    [[16, 2, 2, 48], [4, 4]],
  ];
  return sizes.flatMap(([from, to]) => [
    ...blocked(
      `nearest [${from}] to [${to}]`,
      from,
      (x) => tf.image.resizeNearestNeighbor(x, [...to]),
    ),
    {
      name: `nearest [${from}] to [${to}], aligned corners`,
      inputs: inputs(from),
      run: (x: tf.Tensor) => tf.image.resizeNearestNeighbor(x as tf.Tensor4D, [...to], true),
    },
    {
      name: `nearest [${from}] to [${to}], half pixels`,
      inputs: inputs(from),
      run: (x: tf.Tensor) => tf.image.resizeNearestNeighbor(x as tf.Tensor4D, [...to], false, true),
    },
  ]);
}

function bilinear(): KernelCase[] {
  const sizes: readonly (readonly [from: readonly number[], to: readonly [number, number]])[] = [
    [[2, 4, 4, 16], [8, 8]],
    [[2, 3, 5, 3], [7, 6]],
    [[2, 4, 6, 16], [2, 3]],
    [[1, 1, 3, 1], [4, 5]],
  ];
  return sizes.flatMap(([from, to]): KernelCase[] => [
    {
      name: `bilinear [${from}] to [${to}]`,
      inputs: inputs(from),
      run: (x) => tf.image.resizeBilinear(x as tf.Tensor4D, [...to]),
    },
    {
      name: `bilinear [${from}] to [${to}], aligned corners`,
      inputs: inputs(from),
      run: (x) => tf.image.resizeBilinear(x as tf.Tensor4D, [...to], true),
    },
    {
      name: `bilinear [${from}] to [${to}], half pixels`,
      inputs: inputs(from),
      run: (x) => tf.image.resizeBilinear(x as tf.Tensor4D, [...to], false, true),
    },
  ]);
}

/** The kernel on a plain input, and on the result of a convolution of the same shape. */
function blocked(name: string, shape: readonly number[], run: Pool): KernelCase[] {
  const channels = shape[3]!;
  return [
    { name, inputs: inputs(shape), run: (x) => run(x as tf.Tensor4D) },
    {
      name: `${name}, after a convolution`,
      inputs: inputs(shape, [1, 1, channels, channels]),
      run: (x, w) => run(convolved(x!, w!)),
    },
  ];
}
