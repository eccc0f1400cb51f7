/** Windows that move over images and clips: convolution, pooling, dilation, resizing. */

import * as tf from "@tensorflow/tfjs-core";
import fc from "fast-check";
import { scattered, scatteredIntegers } from "../host_tensor.ts";
import type { KernelCase } from "../kernel_suite.ts";
import { caseName, channels, type Contracts, short } from "./contract.ts";

const side = fc.integer({ min: 1, max: 7 });
const span = fc.integer({ min: 1, max: 3 });
const step = fc.integer({ min: 1, max: 3 });
const pair = fc.tuple(span, span);
const rounding = fc.constantFrom("floor" as const, "round" as const, "ceil" as const);
const batch = fc.constantFrom(1, 2, 3, 16);
type Pair = readonly [number, number];
type Explicit = [[0, 0], [number, number], [number, number], [0, 0]];
type Padding = "same" | "valid" | number | Explicit;

/** Every kind of padding of images. */
const padding: fc.Arbitrary<Padding> = fc.oneof(
  fc.constantFrom<Padding>("same", "valid"),
  fc.integer({ min: 0, max: 2 }),
  fc.array(fc.integer({ min: 0, max: 2 }), { minLength: 4, maxLength: 4 }).map((
    [top, bottom, left, right],
  ): Padding => [[0, 0], [top!, bottom!], [left!, right!], [0, 0]]),
);

/** Positive, so that a gradient that is one long sum does not cancel to nearly nothing. */
const positive = { low: 0.1, high: 1 };

interface Window {
  readonly size: Pair;
  readonly filter: Pair;
  readonly stride: Pair;
  readonly dilation: Pair;
  readonly pad: Padding;
}

/** Windows with at least one output: tfjs allows either strides or dilations above one. */
const windows: fc.Arbitrary<Window> = fc.record({
  size: fc.tuple(side, side),
  filter: pair,
  stride: fc.tuple(step, step),
  dilation: fc.oneof(fc.constant<Pair>([1, 1]), fc.tuple(step, step)),
  pad: padding,
}).map((window): Window =>
  window.dilation.some((d) => d > 1) ? { ...window, stride: [1, 1] } : window
).filter(hasOutput);

export const windowed: Contracts = {
  conv2d: fc.tuple(windows, batch, channels, channels).map(([window, count, from, to]) => {
    const given = [count, ...window.size, from];
    return {
      name: caseName("conv2d", { given, to, ...window }),
      inputs: [
        scattered(given, positive),
        scattered([...window.filter, from, to], { ...positive, salt: 1 }),
      ],
      run: (x, w) =>
        tf.conv2d(
          x as tf.Tensor4D,
          w as tf.Tensor4D,
          [...window.stride],
          tfjsPadding(window.pad),
          "NHWC",
          [...window.dilation],
        ),
    };
  }),
  "conv2d with rounding": fc.tuple(side, span, step, fc.constantFrom(0, 1, 2), rounding).map((
    [edge, size, stride, pad, mode],
  ): KernelCase => ({
    name: caseName("conv2d", { edge, size, stride, pad, mode }),
    inputs: [
      scattered([2, edge + 2, edge + 2, 3], positive),
      scattered([size, size, 3, 16], { ...positive, salt: 1 }),
    ],
    run: (x, w) => tf.conv2d(x as tf.Tensor4D, w as tf.Tensor4D, stride, pad, "NHWC", 1, mode),
  })),
  conv1d: fc.tuple(batch, side, channels, channels, span, step, fc.boolean()).filter((
    [, length, , , size, , isSame],
  ) => isSame || length >= size).map(([count, length, from, to, size, stride, isSame]) => ({
    name: caseName("conv1d", { count, length, from, to, size, stride, isSame }),
    inputs: [
      scattered([count, length, from], positive),
      scattered([size, from, to], { ...positive, salt: 1 }),
    ],
    run: (x, w) => tf.conv1d(x as tf.Tensor3D, w as tf.Tensor3D, stride, isSame ? "same" : "valid"),
  })),
  conv2dTranspose: fc.tuple(batch, fc.tuple(side, side), channels, channels, pair, step).map((
    [count, [height, width], from, to, filter, stride],
  ) => ({
    name: caseName("conv2dTranspose", { count, height, width, from, to, filter, stride }),
    inputs: [
      scattered([count, height, width, from], positive),
      scattered([...filter, to, from], { ...positive, salt: 1 }),
    ],
    run: (x, w) =>
      tf.conv2dTranspose(
        x as tf.Tensor4D,
        w as tf.Tensor4D,
        [count, height * stride, width * stride, to],
        stride,
        "same",
      ),
  })),
  depthwiseConv2d: fc.tuple(windows, batch, channels, span).map((
    [window, count, depth, multiplier],
  ) => ({
    name: caseName("depthwiseConv2d", { count, depth, multiplier, ...window }),
    inputs: [
      scattered([count, ...window.size, depth], positive),
      scattered([...window.filter, depth, multiplier], { ...positive, salt: 1 }),
    ],
    run: (x, w) =>
      tf.depthwiseConv2d(
        x as tf.Tensor4D,
        w as tf.Tensor4D,
        [...window.stride],
        tfjsPadding(window.pad),
        "NHWC",
        [...window.dilation],
      ),
  })),
  separableConv2d: fc.tuple(short, side, channels, channels).map(([count, edge, from, to]) => ({
    name: caseName("separableConv2d", { count, edge, from, to }),
    inputs: [
      scattered([count, edge, edge, from], positive),
      scattered([3, 3, from, 1], { ...positive, salt: 1 }),
      scattered([1, 1, from, to], { ...positive, salt: 2 }),
    ],
    run: (x, depthwise, pointwise) =>
      tf.separableConv2d(
        x as tf.Tensor4D,
        depthwise as tf.Tensor4D,
        pointwise as tf.Tensor4D,
        1,
        "same",
      ),
  })),
  conv3d: clip().map(({ given, to, filter, stride, dilation, pad }) => ({
    name: caseName("conv3d", { given, to, filter, stride, dilation, pad }),
    inputs: [
      scattered(given, positive),
      scattered([...filter, given[4], to], { ...positive, salt: 1 }),
    ],
    run: (x, w) => tf.conv3d(x as tf.Tensor5D, w as tf.Tensor5D, stride, pad, "NDHWC", dilation),
  })),
  conv3dTranspose: clip().map(({ given, to, filter, stride }) => {
    const [count, depth, height, width, from] = given;
    return {
      name: caseName("conv3dTranspose", { given, to, filter, stride }),
      inputs: [
        scattered(given, positive),
        scattered([...filter, to, from], { ...positive, salt: 1 }),
      ],
      run: (x, w) =>
        tf.conv3dTranspose(
          x as tf.Tensor5D,
          w as tf.Tensor5D,
          [count, depth * stride[0], height * stride[1], width * stride[2], to],
          stride,
          "same",
        ),
    };
  }),
  ...pooling(),
  maxPoolWithArgmax: fc.tuple(windows, short, channels, fc.boolean(), fc.boolean()).map((
    [window, count, depth, isBatched, isPosition],
  ) => ({
    name: caseName("maxPoolWithArgmax", { count, depth, isBatched, isPosition, ...window }),
    inputs: [scattered([count, ...window.size, depth])],
    run: (x) => {
      const { result, indexes } = tf.maxPoolWithArgmax(
        x as tf.Tensor4D,
        [...window.filter],
        [...window.stride],
        "same",
        isBatched,
      );
      return isPosition ? indexes! : result!;
    },
    gradients: "none",
  })),
  dilation2d: fc.tuple(windows, short, channels, fc.boolean()).map((
    [given, count, depth, isSame],
  ) => {
    // A dilated window may have nothing of a small image in it, and then no maximum.
    const fits = hasOutput({ ...given, pad: "valid" });
    const window = fits ? given : { ...given, dilation: [1, 1] as const };
    const pad = isSame || !fits ? "same" : "valid";
    return {
      name: caseName("dilation2d", { count, depth, ...window, pad }),
      inputs: [
        scattered([count, ...window.size, depth]),
        scattered([...window.filter, depth], { salt: 1 }),
      ],
      run: (x, w) =>
        tf.dilation2d(
          x as tf.Tensor4D,
          w as tf.Tensor3D,
          [...window.stride],
          pad,
          [...window.dilation],
        ),
    };
  }),
  localResponseNormalization: fc.tuple(short, side, channels, fc.integer({ min: 0, max: 6 })).map((
    [count, edge, depth, radius],
  ) => ({
    name: caseName("localResponseNormalization", { count, edge, depth, radius }),
    inputs: [scattered([count, edge, edge, depth])],
    run: (x) => tf.localResponseNormalization(x as tf.Tensor4D, radius, 1.5, 0.7, 0.6),
  })),
  ...resizing(),
  flipLeftRight: fc.tuple(short, side, side, channels).map((given) => ({
    name: caseName("flipLeftRight", { given }),
    inputs: [scattered(given)],
    run: (x) => tf.image.flipLeftRight(x as tf.Tensor4D),
  })),
  rotateWithOffset: fc.tuple(short, side, side, fc.integer({ min: -7, max: 7 }), fc.boolean()).map(
    ([count, height, width, angle, isFilled]) => ({
      name: caseName("rotateWithOffset", { count, height, width, angle, isFilled }),
      inputs: [scattered([count, height, width, 4])],
      run: (x) =>
        tf.image.rotateWithOffset(
          x as tf.Tensor4D,
          // Away from multiples of 45 degrees, where pixels lie between two others.
          angle * 0.83,
          isFilled ? [0.1, 0.2, 0.3] : 0.5,
          [0.4, 0.7],
        ),
      gradients: "none",
    }),
  ),
  cropAndResize: fc.tuple(short, side, side, short, pair, fc.boolean()).map((
    [boxes, height, width, depth, size, isNearest],
  ) => ({
    name: caseName("cropAndResize", { boxes, height, width, depth, size, isNearest }),
    inputs: [
      scattered([2, height, width, depth]),
      scattered([boxes, 4], { low: -0.2, high: 1.2, salt: 1 }),
      scatteredIntegers([boxes], { low: 0, high: 2 }),
    ],
    run: (image, where, which) =>
      tf.image.cropAndResize(
        image as tf.Tensor4D,
        where as tf.Tensor2D,
        which as tf.Tensor1D,
        [...size],
        isNearest ? "nearest" : "bilinear",
        -3,
      ),
    gradients: "none",
  })),
};

function pooling(): Contracts {
  const images = { maxPool: tf.maxPool, avgPool: tf.avgPool };
  const clips = { maxPool3d: tf.maxPool3d, avgPool3d: tf.avgPool3d };
  return {
    ...Object.fromEntries(
      Object.entries(images).map(([name, run]) => [
        name,
        fc.tuple(windows, short, channels).map(([window, count, depth]): KernelCase => ({
          name: caseName(name, { count, depth, ...window }),
          inputs: [scattered([count, ...window.size, depth])],
          run: (x) =>
            run(x as tf.Tensor4D, [...window.filter], [...window.stride], poolPadding(window)),
        })),
      ]),
    ),
    ...Object.fromEntries(
      Object.entries(images).map(([name, run]) => [
        `${name} with rounding`,
        fc.tuple(side, span, step, fc.constantFrom(0, 1), rounding, channels).filter((
          [edge, size, stride, pad],
        ) => {
          // Rounded up, the last window may lie behind the image, where it means nothing.
          const [filter, apart] = [Math.max(size, pad + 1), Math.min(stride, size)];
          return [edge + 2, edge + 3].every((length) =>
            Math.ceil((length - filter + 2 * pad) / apart) * apart - pad < length
          );
        }).map((
          [edge, size, stride, pad, mode, depth],
        ): KernelCase => ({
          name: caseName(name, { edge, size, stride, pad, mode, depth }),
          inputs: [scattered([2, edge + 2, edge + 3, depth])],
          run: (x) =>
            run(x as tf.Tensor4D, Math.max(size, pad + 1), Math.min(stride, size), pad, mode),
        })),
      ]),
    ),
    ...Object.fromEntries(
      Object.entries(clips).map(([name, run]) => [
        name,
        clip().map(({ given, filter, stride, pad }): KernelCase => ({
          name: caseName(name, { given, filter, stride, pad }),
          inputs: [scattered(given)],
          run: (x) => run(x as tf.Tensor5D, filter, stride, pad),
        })),
      ]),
    ),
    "pool with dilations": fc.tuple(short, side, side, channels, fc.constantFrom(1, 2)).map((
      [count, height, width, depth, dilation],
    ): KernelCase => ({
      name: caseName("pool", { count, height, width, depth, dilation }),
      inputs: [scattered([count, height, width, depth])],
      run: (x) => tf.pool(x as tf.Tensor4D, 2, "max", "same", dilation, 1),
    })),
  };
}

function resizing(): Contracts {
  const conventions = fc.constantFrom([false, false], [true, false], [false, true]);
  const functions = {
    resizeBilinear: tf.image.resizeBilinear,
    resizeNearestNeighbor: tf.image.resizeNearestNeighbor,
  };
  return Object.fromEntries(
    Object.entries(functions).map(([name, run]) => [
      name,
      fc.tuple(short, fc.tuple(side, side), channels, fc.tuple(side, side), conventions).map((
        [count, from, depth, to, [alignCorners, halfPixelCenters]],
      ): KernelCase => ({
        name: caseName(name, { count, from, depth, to, alignCorners, halfPixelCenters }),
        inputs: [scattered([count, ...from, depth])],
        run: (x) => run(x as tf.Tensor4D, [...to], alignCorners, halfPixelCenters),
      })),
    ]),
  );
}

function clip() {
  const three = fc.tuple(span, span, span);
  return fc.record({
    given: fc.tuple(
      fc.integer({ min: 1, max: 2 }),
      fc.integer({ min: 3, max: 5 }),
      fc.integer({ min: 3, max: 6 }),
      fc.integer({ min: 3, max: 6 }),
      fc.constantFrom(1, 3, 8, 16),
    ),
    to: fc.constantFrom(1, 5, 8, 16),
    filter: three,
    stride: three,
    dilation: fc.constantFrom<[number, number, number]>([1, 1, 1], [1, 1, 1], [2, 1, 1], [1, 2, 2]),
    pad: fc.constantFrom("same" as const, "valid" as const),
  }).map((clip) =>
    clip.dilation.some((d) => d > 1)
      ? { ...clip, stride: [1, 1, 1] as [number, number, number], pad: "same" as const }
      : clip
  );
}

/** tfjs wants a mutable tuple. */
function tfjsPadding(pad: Padding): Padding {
  return typeof pad === "object" ? structuredClone(pad) : pad;
}

/** Pooling with more padding than window has windows without any element, which mean nothing. */
function poolPadding({ pad, filter, stride, size }: Window): Padding {
  if (typeof pad === "string") return pad;
  // tfjs counts windows of numbered padding by their height and its stride alone.
  const isSquare = filter[0] === filter[1] && stride[0] === stride[1] && size[0] === size[1];
  if (typeof pad === "number") return isSquare ? Math.min(pad, filter[0] - 1) : "same";
  const [height, width] = filter;
  const [, [top, bottom], [left, right]] = pad;
  const [tall, wide] = [height - 1, width - 1];
  return [
    [0, 0],
    [Math.min(top, tall), Math.min(bottom, tall)],
    [Math.min(left, wide), Math.min(right, wide)],
    [0, 0],
  ];
}

function hasOutput({ size, filter, dilation, pad }: Window): boolean {
  if (pad === "same") return true;
  // tfjs counts windows of numbered padding by their height and its stride alone.
  if (typeof pad === "number" && Math.min(...size) + 2 * pad < (filter[0] - 1) * dilation[0] + 1) {
    return false;
  }
  return size.every((length, axis) => {
    const around = pad === "valid"
      ? 0
      : typeof pad === "number"
      ? 2 * Math.min(pad, filter[axis]! - 1)
      : Math.min(pad[axis + 1]![0]!, filter[axis]! - 1) +
        Math.min(pad[axis + 1]![1]!, filter[axis]! - 1);
    return length + around >= (filter[axis]! - 1) * dilation[axis]! + 1;
  });
}
