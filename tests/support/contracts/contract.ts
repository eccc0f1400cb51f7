/** Random cases of kernels: what the tables in this folder are made of. */

import * as tf from "@tensorflow/tfjs-core";
import fc from "fast-check";
import { type HostTensor, scattered } from "../host_tensor.ts";
import type { KernelCase } from "../kernel_suite.ts";

/** Cases by the name of an operator. */
export type Contracts = Readonly<Record<string, fc.Arbitrary<KernelCase>>>;

/** Lengths of axes; short, and around and at whole blocks of channels. */
export const channels = fc.constantFrom(1, 2, 3, 5, 8, 9, 15, 16, 17, 24, 32);
export const short = fc.integer({ min: 1, max: 5 });
export const shape = fc.array(short, { minLength: 0, maxLength: 5 });

/** Shapes of at least `least` axes. */
export function shapeOf(least: number, most = 5): fc.Arbitrary<number[]> {
  return fc.array(short, { minLength: least, maxLength: most });
}

/** A subset of the axes of a shape, counted from either end; undefined for all. */
export function axesOf(rank: number): fc.Arbitrary<number[] | undefined> {
  if (rank === 0) return fc.constant(undefined);
  const axes = Array.from({ length: rank }, (_, axis) => axis);
  return fc.option(
    fc.record({ chosen: fc.subarray(axes, { minLength: 1 }), isNegative: fc.boolean() })
      .map(({ chosen, isNegative }) => isNegative ? chosen.map((axis) => axis - rank) : chosen),
    { nil: undefined },
  );
}

/** A tensor, and how it comes to the kernel under test. */
export interface Operand {
  readonly inputs: readonly HostTensor[];
  readonly shape: readonly number[];
  /** The tensor, made of `inputs`. */
  make(inputs: readonly tf.Tensor[]): tf.Tensor;
}

/**
 * A float32 tensor of values in [low, high): as it is, or as what a convolution hands on, which a
 * compiling backend keeps in blocks where the channels fill them.
 */
export function operand(low: number, high: number): fc.Arbitrary<Operand> {
  const plain = shape.map((given): Operand => ({
    inputs: [scattered(given, { low, high })],
    shape: given,
    make: ([x]) => x!,
  }));
  const convolved = fc.tuple(short, short, short, channels).map((given): Operand => {
    const depth = given[3];
    return {
      inputs: [
        scattered(given, { salt: 1 }),
        scattered([1, 1, depth, depth], { low: -0.5, high: 0.5, salt: 2 }),
      ],
      shape: given,
      make: ([x, w]) => {
        const y = tf.conv2d(x as tf.Tensor4D, w as tf.Tensor4D, 1, "same");
        return tf.add(tf.mul(tf.sigmoid(y), high - low), low);
      },
    };
  });
  return fc.oneof(plain, convolved);
}

/** A shape that broadcasts to `full`: some axes of length 1, some leading ones left out. */
export function broadcastTo(full: readonly number[]): fc.Arbitrary<number[]> {
  return fc.record({
    ones: fc.array(fc.boolean(), { minLength: full.length, maxLength: full.length }),
    dropped: fc.nat(full.length),
  }).map(({ ones, dropped }) => full.map((n, axis) => ones[axis] ? 1 : n).slice(dropped));
}

/** `shape [2,3], axis 1` from the facts of a case. */
export function caseName(op: string, facts: Readonly<Record<string, unknown>>): string {
  const texts = Object.entries(facts).map(([name, value]) => `${name} ${JSON.stringify(value)}`);
  return `${op}: ${texts.join(", ")}`;
}
