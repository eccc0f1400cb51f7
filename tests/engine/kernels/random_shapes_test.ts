/** The kernel suite on shapes that nobody thought of. */

import * as tf from "@tensorflow/tfjs-core";
import fc from "fast-check";
import { createEngine } from "../../../engine/create_engine.ts";
import { inputs, inputsIn } from "../../support/kernel_inputs.ts";
import { type KernelCase, kernelFailure } from "../../support/kernel_suite.ts";

const runs = 40;

/** Lengths of axes; 16 and 32 are blocks of channels. */
const length = fc.oneof(fc.integer({ min: 1, max: 7 }), fc.constantFrom(8, 15, 16, 17, 32));
const share = fc.double({ min: 0, max: 1, noNaN: true });
const shortLength = fc.integer({ min: 1, max: 6 });

const elementwise = fc.record({
  shape: fc.array(shortLength, { minLength: 0, maxLength: 4 }),
  /** Which axes of either side are broadcast, and how many leading ones are left out. */
  ones: fc.tuple(
    fc.array(fc.boolean(), { maxLength: 4 }),
    fc.array(fc.boolean(), { maxLength: 4 }),
  ),
  dropped: fc.tuple(fc.integer({ min: 0, max: 4 }), fc.integer({ min: 0, max: 4 })),
  op: fc.constantFrom("add", "sub", "mul", "div"),
}).map(({ shape, ones, dropped, op }): KernelCase => {
  const [a, b] = [0, 1].map((side) =>
    shape.map((size, axis) => ones[side]![axis] ? 1 : size).slice(dropped[side]!)
  );
  return {
    name: `${op} of [${a}] and [${b}]`,
    inputs: inputsIn([0.4, 2], a!, b!),
    run: (x, y) => tf[op](x!, y!),
  };
});

const reduction = fc.record({
  shape: fc.array(length, { minLength: 1, maxLength: 4 }),
  chosen: fc.array(fc.boolean(), { minLength: 4, maxLength: 4 }),
  negative: fc.boolean(),
  keepDims: fc.boolean(),
  op: fc.constantFrom("sum", "mean", "max", "min"),
}).map(({ shape, chosen, negative, keepDims, op }): KernelCase => {
  const axes = shape.flatMap((_, axis) =>
    chosen[axis] ? [negative ? axis - shape.length : axis] : []
  );
  return {
    name: `${op} of [${shape}] over [${axes}], keepDims ${keepDims}`,
    inputs: inputs(shape),
    run: (x) => tf[op](x!, axes.length > 0 ? axes : undefined, keepDims),
  };
});

const concatenation = fc.record({
  shape: fc.array(shortLength, { minLength: 1, maxLength: 4 }),
  axis: fc.nat(3),
  lengths: fc.array(length, { minLength: 1, maxLength: 4 }),
}).map(({ shape, axis, lengths }): KernelCase => {
  const along = axis % shape.length;
  const parts = lengths.map((size) => shape.with(along, size));
  return {
    name: `concat of [${parts.join("] [")}] along ${along}`,
    inputs: inputs(...parts),
    run: (...all) => tf.concat(all, along),
  };
});

const slice = fc.array(
  fc.record({ size: length, from: share, to: share })
    .map(({ size, from, to }) => {
      const begin = Math.min(size - 1, Math.floor(from * size));
      return { size, begin, count: 1 + Math.floor(to * (size - 1 - begin)) };
    }),
  { minLength: 1, maxLength: 4 },
).map((axes): KernelCase => {
  const [shape, begin, count] = (["size", "begin", "count"] as const)
    .map((key) => axes.map((axis) => axis[key]));
  return {
    name: `slice of [${shape}] from [${begin}] size [${count}]`,
    inputs: inputs(shape!),
    run: (x) => tf.slice(x!, begin!, count!),
  };
});

const convolution = fc.record({
  batch: fc.constantFrom(1, 2, 3, 8, 16),
  size: fc.tuple(fc.integer({ min: 1, max: 8 }), fc.integer({ min: 1, max: 8 })),
  channels: fc.tuple(length, length),
  kernel: fc.tuple(fc.integer({ min: 1, max: 4 }), fc.integer({ min: 1, max: 4 })),
  stride: fc.tuple(fc.integer({ min: 1, max: 3 }), fc.integer({ min: 1, max: 3 })),
  padding: fc.oneof(
    fc.constantFrom("same" as const, "valid" as const),
    fc.array(fc.integer({ min: 0, max: 2 }), { minLength: 4, maxLength: 4 }),
  ),
  chained: fc.boolean(),
}).filter(({ size, kernel, padding }) =>
  padding !== "valid" || size.every((length, axis) => length >= kernel[axis]!)
).filter(({ size, kernel, padding }) =>
  typeof padding === "string" ||
  size.every((length, axis) =>
    length + padding[2 * axis]! + padding[2 * axis + 1]! >= kernel[axis]!
  )
).map(({ batch, size, channels: [from, to], kernel, stride, padding, chained }): KernelCase => {
  const pad = typeof padding === "string" ? padding : explicit(padding);
  const conv = (x: tf.Tensor, w: tf.Tensor) =>
    tf.conv2d(x as tf.Tensor4D, w as tf.Tensor4D, stride, pad);
  const image = [batch, ...size, from];
  const filter = [...kernel, from, to];
  const pointwise = [1, 1, to, to];
  return {
    name: `conv2d of [${image}] by [${filter}], stride [${stride}], padding ${padding}` +
      (chained ? ", convolved again" : ""),
    // Positive, so that a gradient that is one long sum does not cancel to nearly nothing.
    inputs: inputsIn([0.1, 1], image, filter, ...(chained ? [pointwise] : [])),
    run: (x, w, v) =>
      chained
        ? tf.conv2d(tf.square(conv(x!, w!)) as tf.Tensor4D, v as tf.Tensor4D, 1, "same")
        : conv(x!, w!),
  };
});

const transposedConvolution = fc.record({
  batch: fc.constantFrom(1, 2, 16),
  size: fc.tuple(fc.integer({ min: 1, max: 5 }), fc.integer({ min: 1, max: 5 })),
  channels: fc.tuple(length, length),
  kernel: fc.tuple(fc.integer({ min: 1, max: 5 }), fc.integer({ min: 1, max: 5 })),
  stride: fc.integer({ min: 1, max: 3 }),
}).map(({ batch, size: [height, width], channels: [from, to], kernel, stride }): KernelCase => ({
  name: `conv2dTranspose of [${batch},${height},${width},${from}] to ${to} channels, ` +
    `kernel [${kernel}], stride ${stride}`,
  inputs: inputsIn([0.1, 1], [batch, height, width, from], [...kernel, to, from]),
  run: (x, w) =>
    tf.conv2dTranspose(
      x as tf.Tensor4D,
      w as tf.Tensor4D,
      [batch, height * stride, width * stride, to],
      stride,
      "same",
    ),
}));

const pooling = fc.record({
  op: fc.constantFrom("maxPool", "avgPool"),
  batch: fc.integer({ min: 1, max: 3 }),
  size: fc.tuple(fc.integer({ min: 3, max: 8 }), fc.integer({ min: 3, max: 8 })),
  channels: length,
  window: fc.tuple(fc.integer({ min: 1, max: 3 }), fc.integer({ min: 1, max: 3 })),
  stride: fc.tuple(fc.integer({ min: 1, max: 3 }), fc.integer({ min: 1, max: 3 })),
  padding: fc.constantFrom("same" as const, "valid" as const),
}).map(({ op, batch, size, channels, window, stride, padding }): KernelCase => ({
  name:
    `${op} of [${batch},${size},${channels}], window [${window}], stride [${stride}], ${padding}`,
  inputs: inputs([batch, ...size, channels]),
  run: (x) => tf[op](x as tf.Tensor4D, window, stride, padding),
}));

const families = {
  elementwise,
  reduction,
  concatenation,
  slice,
  convolution,
  transposedConvolution,
  pooling,
};

for (const [family, cases] of Object.entries(families)) {
  for (const blockSize of [undefined, 0] as const) {
    const title = blockSize === 0 ? "portable operators" : "this processor";
    Deno.test(`${family} of random shapes, for ${title}, equals the cpu backend's`, async () => {
      const engine = await createEngine({
        backend: "onnx",
        threads: 2,
        ...(blockSize === undefined ? {} : { blockSize }),
      });
      const property = fc.asyncProperty(cases, async (kernelCase) => {
        const failure = await kernelFailure(engine, "compiled", kernelCase);
        if (failure !== null) throw new Error(failure);
      });
      await fc.assert(property, { seed: 417, numRuns: runs });
      engine.dispose();
    });
  }
}

function explicit(padding: readonly number[]): tf.backend_util.ExplicitPadding {
  const [top = 0, bottom = 0, left = 0, right = 0] = padding;
  return [[0, 0], [top, bottom], [left, right], [0, 0]];
}
