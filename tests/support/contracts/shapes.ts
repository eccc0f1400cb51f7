/** Where elements go: slices, joins, paddings, gathers and scatters. */

import * as tf from "@tensorflow/tfjs-core";
import fc from "fast-check";
import {
  type HostTensor,
  scattered,
  scatteredBooleans,
  scatteredIntegers,
  sizeOf,
} from "../host_tensor.ts";
import type { KernelCase } from "../kernel_suite.ts";
import { caseName, channels, type Contracts, operand, shape, shapeOf, short } from "./contract.ts";

const block = fc.integer({ min: 1, max: 3 });
const crop = fc.integer({ min: 0, max: 2 });

/** A tensor of any dtype. */
function anyTensor(given: readonly number[]): fc.Arbitrary<HostTensor> {
  return fc.constantFrom(
    scattered(given),
    scatteredIntegers(given, { low: -9, high: 9 }),
    scatteredBooleans(given),
  );
}

/** Cases of tensors of any dtype and at least one axis. */
function onAny(
  least: number,
  make: (x: HostTensor) => fc.Arbitrary<Omit<KernelCase, "inputs">>,
): fc.Arbitrary<KernelCase> {
  return shapeOf(least).chain((given) =>
    anyTensor(given).chain((x) =>
      make(x).map((rest) => ({ ...rest, name: `${rest.name} of ${x.dtype}`, inputs: [x] }))
    )
  );
}

export const shapes: Contracts = {
  reshape: onAny(
    0,
    (x) =>
      fc.constantFrom<number[]>([sizeOf(x.shape)], [1, -1], [...x.shape, 1]).map((to) => ({
        name: caseName("reshape", { from: x.shape, to }),
        run: (t) => tf.reshape(t!, to),
      })),
  ),
  expandDims: onAny(
    0,
    (x) =>
      fc.integer({ min: -x.shape.length - 1, max: x.shape.length }).map((axis) => ({
        name: caseName("expandDims", { from: x.shape, axis }),
        run: (t) => tf.expandDims(t!, axis),
      })),
  ),
  transpose: onAny(1, (x) =>
    permutation(x.shape.length).map((perm) => ({
      name: caseName("transpose", { from: x.shape, perm }),
      run: (t) => tf.transpose(t!, perm),
    }))),
  reverse: onAny(
    1,
    (x) =>
      fc.subarray(x.shape.map((_, axis) => axis), { minLength: 1 }).map((axes) => ({
        name: caseName("reverse", { from: x.shape, axes }),
        run: (t) => tf.reverse(t!, axes),
      })),
  ),
  tile: onAny(1, (x) =>
    fc.array(fc.integer({ min: 1, max: 3 }), {
      minLength: x.shape.length,
      maxLength: x.shape.length,
    }).map((reps) => ({
      name: caseName("tile", { from: x.shape, reps }),
      run: (t) => tf.tile(t!, reps),
    }))),
  broadcastTo: onAny(0, (x) =>
    fc.array(short, { maxLength: 2 }).map((outer) => ({
      name: caseName("broadcastTo", { from: x.shape, outer }),
      run: (t) => tf.broadcastTo(t!, [...outer, ...x.shape]),
    }))),
  // tfjs-core composes broadcastTo() of tile() and has no kernel for it on "cpu".
  BroadcastTo: fc.tuple(short, short).map(([rows, columns]): KernelCase => ({
    name: caseName("BroadcastTo", { rows, columns }),
    inputs: [scattered([1, columns])],
    run: (x) =>
      tf.engine().runKernel("BroadcastTo", { x: x! }, { shape: [rows, columns] }) as tf.Tensor,
    reference: (x) => tf.tile(x!, [rows, 1]),
    gradients: "none",
  })),
  broadcastArgs: fc.tuple(shape, shape).map(([a, b]): KernelCase => ({
    name: caseName("broadcastArgs", { a, b }),
    inputs: [integers([...a, ...b]), integers(b.map((n, axis) => axis % 2 === 0 ? 1 : n))],
    run: (x, y) => tf.engine().runKernel("BroadcastArgs", { s0: x!, s1: y! }) as tf.Tensor,
  })),
  slice: fc.oneof(
    onAny(1, (x) =>
      windowOf(x.shape).map(({ begin, size }) => ({
        name: caseName("slice", { from: x.shape, begin, size }),
        run: (t) => tf.slice(t!, begin, size),
      }))),
    operand(-1, 1).filter(({ shape }) => shape.length > 0).chain(({ shape, inputs, make }) =>
      windowOf(shape).map(({ begin, size }): KernelCase => ({
        name: caseName("slice", { shape, begin, size, operands: inputs.length }),
        inputs,
        run: (...given) => tf.slice(make(given), begin, size),
      }))
    ),
  ),
  stridedSlice: onAny(1, (x) =>
    fc.record({
      bounds: fc.array(
        fc.tuple(fc.integer({ min: -6, max: 6 }), fc.integer({ min: -6, max: 6 })),
        { minLength: x.shape.length, maxLength: x.shape.length },
      ),
      strides: fc.array(fc.constantFrom(1, 1, 2, 3, -1, -2), {
        minLength: x.shape.length,
        maxLength: x.shape.length,
      }),
      masks: fc.tuple(fc.nat(31), fc.nat(31)),
    }).map(({ bounds, strides, masks: [beginMask, endMask] }) => {
      const [begin, end] = [bounds.map(([from]) => from), bounds.map(([, to]) => to)];
      return {
        name: caseName("stridedSlice", { x: x.shape, begin, end, strides, beginMask, endMask }),
        run: (t) => tf.stridedSlice(t!, begin, end, strides, beginMask, endMask),
      };
    })),
  "stridedSlice with new, shrunk and left out axes": shapeOf(3, 4).map((given): KernelCase => ({
    name: caseName("stridedSlice", { given }),
    inputs: [scattered(given)],
    run: (x) => tf.stridedSlice(x!, [0, 0, 0], [1, 1, 9], [1, 1, 1], 0, 0, 2, 1, 4),
  })),
  pad: fc.oneof(
    onAny(1, (x) =>
      paddings(x.shape, () => 3).map((amounts) => ({
        name: caseName("pad", { from: x.shape, amounts }),
        run: (t) => tf.pad(t!, amounts, x.dtype === "bool" ? 1 : 3),
      }))),
    operand(-1, 1).filter(({ shape }) => shape.length > 0).chain(({ shape, inputs, make }) =>
      paddings(shape, (axis) => axis === 3 ? 17 : 2).map((amounts): KernelCase => ({
        name: caseName("pad", { shape, amounts, operands: inputs.length }),
        inputs,
        run: (...given) => tf.pad(make(given), amounts),
      }))
    ),
  ),
  mirrorPad: fc.boolean().chain((isReflect) =>
    shapeOf(1, 4).chain((given) =>
      paddings(given, (axis) => given[axis]! - (isReflect ? 1 : 0)).map((amounts): KernelCase => ({
        name: caseName("mirrorPad", { given, amounts, isReflect }),
        inputs: [scattered(given)],
        run: (x) => tf.mirrorPad(x!, amounts, isReflect ? "reflect" : "symmetric"),
      }))
    )
  ),
  concat: fc.tuple(shapeOf(1), fc.nat(4), fc.array(short, { minLength: 1, maxLength: 4 })).map((
    [given, axis, lengths],
  ): KernelCase => {
    const along = axis % given.length;
    return {
      name: caseName("concat", { given, along, lengths }),
      inputs: lengths.map((length, salt) => scattered(given.with(along, length), { salt })),
      run: (...all) => tf.concat(all, along),
    };
  }),
  "concat of channels": fc.tuple(short, short, fc.array(channels, { minLength: 2, maxLength: 3 }))
    .map(([batch, edge, parts]): KernelCase => {
      const images = parts.map((depth, salt) => scattered([batch, edge, edge, depth], { salt }));
      const filters = parts.map((depth, salt) => scattered([1, 1, depth, depth], { salt }));
      return {
        name: caseName("concat of channels", { batch, edge, parts }),
        inputs: [...images, ...filters],
        run: (...all) =>
          tf.concat(
            parts.map((_, i) =>
              tf.conv2d(all[i] as tf.Tensor4D, all[i + parts.length] as tf.Tensor4D, 1, "same")
            ),
            3,
          ),
      };
    }),
  stack: fc.tuple(shapeOf(0, 4), fc.integer({ min: 1, max: 4 }), fc.nat(4)).map((
    [given, count, axis],
  ): KernelCase => ({
    name: caseName("stack", { given, count, axis }),
    inputs: Array.from({ length: count }, (_, salt) => scattered(given, { salt })),
    run: (...all) => tf.stack(all, axis % (given.length + 1)),
  })),
  unstack: onAny(1, (x) =>
    fc.nat(x.shape.length - 1).map((axis) => ({
      name: caseName("unstack", { from: x.shape, axis }),
      run: (t) => tf.stack(tf.unstack(t!, axis).toReversed(), 0),
    }))),
  split: shapeOf(1).chain((given) =>
    fc.tuple(fc.nat(given.length - 1), fc.boolean()).map(([axis, isSized]): KernelCase => {
      const full = given.with(axis, given[axis]! * 2);
      const parts = isSized ? [1, full[axis]! - 1] : 2;
      return {
        name: caseName("split", { full, axis, parts }),
        inputs: [scattered(full)],
        run: (x) => tf.concat(tf.split(x!, parts, axis).toReversed(), axis),
      };
    })
  ),
  gather: shapeOf(1).chain((given) =>
    fc.tuple(fc.nat(given.length - 1), shapeOf(0, 2)).map(([axis, wanted]): KernelCase => ({
      name: caseName("gather", { given, axis, wanted }),
      inputs: [scattered(given), scatteredIntegers(wanted, { low: 0, high: given[axis]! })],
      run: (x, indices) => tf.gather(x!, tf.cast(indices!, "int32") as tf.Tensor1D, axis),
    }))
  ),
  "gather in batches": fc.tuple(short, shapeOf(2, 3), fc.nat(2), short).map((
    [batch, rest, position, count],
  ): KernelCase => {
    const axis = 1 + position % rest.length;
    const given = [batch, ...rest];
    return {
      name: caseName("gather in batches", { given, axis, count }),
      inputs: [
        scattered(given),
        scatteredIntegers([batch, count], { low: 0, high: given[axis]! }),
      ],
      run: (x, indices) => tf.gather(x!, indices as unknown as tf.Tensor1D, axis, 1),
    };
  }),
  gatherND: fc.tuple(shapeOf(2, 4), short, fc.integer({ min: 1, max: 2 })).map((
    [given, count, depth],
  ): KernelCase => ({
    name: caseName("gatherND", { given, count, depth }),
    inputs: [scattered(given), positions(given.slice(0, depth), count)],
    run: (x, indices) => tf.gatherND(x!, indices!),
  })),
  scatterND: fc.tuple(shapeOf(1, 3), short, fc.boolean()).map((
    [given, count, isInteger],
  ): KernelCase => {
    const updates = [count, ...given.slice(1)];
    return {
      name: caseName("scatterND", { given, count, isInteger }),
      inputs: [
        positions([given[0]!], count),
        isInteger ? scatteredIntegers(updates, { low: -9, high: 9 }) : scattered(updates),
      ],
      run: (indices, values) => tf.scatterND(indices!, values!, given as [number]),
    };
  }),
  tensorScatterUpdate: fc.tuple(shapeOf(1, 3), fc.nat(4)).map(([given, seed]): KernelCase => {
    const rows = distinct(given[0]!, seed);
    return {
      name: caseName("tensorScatterUpdate", { given, rows }),
      inputs: [
        scattered(given),
        integers(rows, [rows.length, 1]),
        scattered([rows.length, ...given.slice(1)], { salt: 1 }),
      ],
      run: (x, indices, updates) => tf.tensorScatterUpdate(x!, indices!, updates!),
    };
  }),
  sparseToDense: fc.tuple(short, short, fc.nat(4), fc.boolean()).map((
    [height, width, seed, isOne],
  ): KernelCase => {
    const cells = distinct(height * width, seed);
    const indices = cells.flatMap((cell) => [Math.floor(cell / width), cell % width]);
    return {
      name: caseName("sparseToDense", { height, width, cells, isOne }),
      inputs: [integers(indices, [cells.length, 2]), scattered(isOne ? [] : [cells.length])],
      run: (where, values) =>
        tf.sparseToDense(
          where as tf.Tensor2D,
          values as tf.Tensor1D,
          [height, width] as unknown as [number],
          0.5,
        ),
      gradients: "none",
    };
  }),
  "sparseToDense of rank 1": fc.tuple(short, fc.nat(4)).map(([extent, seed]): KernelCase => {
    const cells = distinct(extent, seed);
    return {
      name: caseName("sparseToDense of rank 1", { extent, cells }),
      inputs: [integers(cells), scatteredIntegers([cells.length], { low: 1, high: 9 })],
      run: (where, values) =>
        tf.sparseToDense(
          where as tf.Tensor1D,
          values as tf.Tensor1D,
          [extent],
          tf.scalar(7, "int32"),
        ),
    };
  }),
  unsortedSegmentSum: fc.tuple(shapeOf(1, 4), short).map(([given, segments]): KernelCase => ({
    name: caseName("unsortedSegmentSum", { given, segments }),
    inputs: [
      scattered(given),
      // Some belong to no segment: tfjs drops negative ones.
      scatteredIntegers([given[0]!], { low: -1, high: segments }),
    ],
    run: (x, ids) => tf.unsortedSegmentSum(x!, ids as tf.Tensor1D, segments),
  })),
  oneHot: fc.tuple(shapeOf(1, 3), fc.integer({ min: 2, max: 6 })).map(([given, depth]) => ({
    name: caseName("oneHot", { given, depth }),
    inputs: [scatteredIntegers(given, { low: -1, high: depth + 1 })],
    run: (indices) => tf.oneHot(indices!, depth, 2.5, -1, "float32"),
  })),
  diag: shapeOf(1, 3).map((given) => ({
    name: caseName("diag", { given }),
    inputs: [scattered(given)],
    run: (x) => tf.diag(x!),
  })),
  spaceToBatchND: fc.tuple(short, short, short, channels, fc.tuple(block, block), crop).map((
    [batch, height, width, depth, blocks, before],
  ): KernelCase => {
    // Padded to whole blocks.
    const amounts = [height, width].map((n, axis) => {
      const rest = (n + before) % blocks[axis]!;
      return [before, rest === 0 ? 0 : blocks[axis]! - rest];
    });
    const given = [batch, height, width, depth];
    return {
      name: caseName("spaceToBatchND", { given, blocks, amounts }),
      inputs: [scattered(given)],
      run: (x) => tf.spaceToBatchND(x!, [...blocks], amounts),
    };
  }),
  batchToSpaceND: fc.tuple(short, short, short, channels, fc.tuple(block, block), crop).map((
    [batch, height, width, depth, blocks, before],
  ): KernelCase => {
    const given = [batch * blocks[0] * blocks[1], height, width, depth];
    const cut = blocks.map((size) => [size > before ? before : 0, 0]);
    return {
      name: caseName("batchToSpaceND", { given, blocks, cut }),
      inputs: [scattered(given)],
      run: (x) => tf.batchToSpaceND(x!, [...blocks], cut),
    };
  }),
  depthToSpace: fc.tuple(short, short, short, short, fc.constantFrom(2, 3)).map((
    [batch, height, width, depth, size],
  ): KernelCase => {
    const given = [batch, height, width, depth * size * size];
    return {
      name: caseName("depthToSpace", { given, size }),
      inputs: [scattered(given)],
      run: (x) => tf.depthToSpace(x as tf.Tensor4D, size),
    };
  }),
  range: fc.tuple(short, short).map(([count, step]): KernelCase => ({
    name: caseName("range", { count, step }),
    inputs: [scattered([count])],
    run: (x) => tf.add(x!, tf.range(0, count * step, step)),
  })),
  linspace: fc.integer({ min: 1, max: 9 }).map((count): KernelCase => ({
    name: caseName("linspace", { count }),
    inputs: [scattered([count])],
    run: (x) => tf.mul(x!, tf.linspace(-1, 3, count)),
  })),
  fill: shape.map((given): KernelCase => ({
    name: caseName("fill", { given }),
    inputs: [scattered(given)],
    run: (x) => tf.sub(x!, tf.fill(given, 1.5)),
  })),
};

function permutation(rank: number): fc.Arbitrary<number[]> {
  const axes = Array.from({ length: rank }, (_, axis) => axis);
  return fc.shuffledSubarray(axes, { minLength: rank, maxLength: rank });
}

function windowOf(given: readonly number[]) {
  const shares = fc.tuple(fc.nat(999), fc.nat(999));
  return fc.array(shares, { minLength: given.length, maxLength: given.length }).map((pairs) => {
    const begin = given.map((length, axis) => pairs[axis]![0] % length);
    const size = given.map((length, axis) => 1 + pairs[axis]![1] % (length - begin[axis]!));
    return { begin, size };
  });
}

function paddings(given: readonly number[], most: (axis: number) => number) {
  return fc.tuple(...given.map((_, axis) => {
    const amount = fc.integer({ min: 0, max: most(axis) });
    return fc.tuple(amount, amount);
  }));
}

function integers(values: readonly number[], given: readonly number[] = [values.length]) {
  return { shape: given, dtype: "int32", data: Int32Array.from(values) } as const;
}

/** `[count, rank]` positions inside a shape. */
function positions(given: readonly number[], count: number): HostTensor {
  const { data } = scattered([count, given.length], { low: 0, high: 1, salt: 9 });
  const values = Array.from(data, (share, i) => Math.floor(share * given[i % given.length]!));
  return integers(values, [count, given.length]);
}

/** Some of 0 ... extent - 1, each once, in no order. */
function distinct(extent: number, seed: number): number[] {
  const { data } = scattered([extent], { salt: seed });
  const order = Array.from(data, (_, i) => i).sort((a, b) => data[a]! - data[b]!);
  return order.slice(0, 1 + seed % extent);
}
