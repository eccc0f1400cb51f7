/** Networks that nobody would write: random operators on random earlier results. */

import * as tf from "@tensorflow/tfjs-core";
import fc from "fast-check";
import { type HostTensor, scattered } from "./host_tensor.ts";
import type { KernelCase } from "./kernel_suite.ts";

type Shape = readonly [batch: number, height: number, width: number, channels: number];
type Tensors = readonly tf.Tensor[];

interface Choice {
  readonly op: keyof typeof operators;
  /** Picks operands among the results so far, most recent first. */
  readonly a: number;
  readonly b: number;
  /** Picks a variant of the operator. */
  readonly variant: number;
}

/** A node under construction: its shape, and how to compute it from all inputs and results. */
interface Result {
  readonly shape: Shape;
  compute(results: Tensors, inputs: Tensors): tf.Tensor;
}

class Builder {
  readonly inputs: HostTensor[] = [];
  readonly results: Result[] = [];
  readonly names: string[] = [];

  /** A parameter of this shape; returns its position among the inputs. */
  input(shape: readonly number[], high: number): number {
    this.inputs.push(scattered(shape, { low: -high, high, salt: this.inputs.length }));
    return this.inputs.length - 1;
  }

  /** The position of a result that `suits`, counted back from the newest; undefined if there is none. */
  pick(number: number, suits: (shape: Shape) => boolean): number | undefined {
    const suitable = this.results.flatMap(({ shape }, i) => suits(shape) ? [i] : []).reverse();
    return suitable[number % suitable.length];
  }
}

/** Each adds one result, or nothing when no earlier result suits. */
const operators = {
  convolution(builder: Builder, { a, variant }: Choice) {
    const from = builder.pick(a, () => true)!;
    const [batch, height, width, channels] = builder.results[from]!.shape;
    const kernel = [1, 3, 3][variant % 3]!;
    const stride = variant % 7 === 0 ? 2 : 1;
    const outputs = [16, 32, 3, 17][variant % 4]!;
    const high = 1.5 / Math.sqrt(kernel * kernel * channels);
    const w = builder.input([kernel, kernel, channels, outputs], high);
    return {
      shape: [batch, Math.ceil(height / stride), Math.ceil(width / stride), outputs] as const,
      compute: (results: Tensors, inputs: Tensors) =>
        tf.conv2d(results[from] as tf.Tensor4D, inputs[w] as tf.Tensor4D, stride, "same"),
    };
  },
  bias(builder: Builder, { a }: Choice) {
    const from = builder.pick(a, () => true)!;
    const { shape } = builder.results[from]!;
    const b = builder.input([shape[3]], 0.5);
    return {
      shape,
      compute: (results: Tensors, inputs: Tensors) => tf.add(results[from]!, inputs[b]!),
    };
  },
  activation(builder: Builder, { a, variant }: Choice) {
    const from = builder.pick(a, () => true)!;
    const functions = [
      tf.tanh,
      tf.sigmoid,
      tf.softplus,
      (x: tf.Tensor) => tf.mul(x, tf.sigmoid(x)),
    ];
    const f = functions[variant % functions.length]!;
    return {
      shape: builder.results[from]!.shape,
      compute: (results: Tensors) => f(results[from]!),
    };
  },
  sum: (builder: Builder, choice: Choice) => pairwise(builder, choice, tf.add),
  difference: (builder: Builder, choice: Choice) => pairwise(builder, choice, tf.sub),
  product: (builder: Builder, choice: Choice) =>
    pairwise(builder, choice, (x, y) => tf.mul(tf.tanh(x), y)),
  concat(builder: Builder, { a, b, variant }: Choice) {
    const first = builder.pick(a, () => true)!;
    const { shape } = builder.results[first]!;
    const second = builder.pick(b, (other) => sameImage(other, shape) && other[3] + shape[3] <= 64);
    if (second === undefined) return undefined;
    const order = variant % 2 === 0 ? [first, second] : [second, first];
    return {
      shape: [...image(shape), shape[3] + builder.results[second]!.shape[3]] as const,
      compute: (results: Tensors) => tf.concat(order.map((i) => results[i]!), 3),
    };
  },
  slice(builder: Builder, { a, b, variant }: Choice) {
    const from = builder.pick(a, ([, , , channels]) => channels > 3);
    if (from === undefined) return undefined;
    const { shape } = builder.results[from]!;
    const count = Math.min(shape[3], [16, 3, 8, shape[3] - 1][variant % 4]!);
    const start = b % (shape[3] - count + 1);
    return {
      shape: [...image(shape), count] as const,
      compute: (results: Tensors) =>
        tf.slice(results[from]!, [0, 0, 0, start], [-1, -1, -1, count]),
    };
  },
  pool(builder: Builder, { a, variant }: Choice) {
    const from = builder.pick(a, ([, height, width]) => height > 1 && width > 1);
    if (from === undefined) return undefined;
    const [batch, height, width, channels] = builder.results[from]!.shape;
    const pool = variant % 2 === 0 ? tf.maxPool : tf.avgPool;
    return {
      shape: [batch, Math.floor(height / 2), Math.floor(width / 2), channels] as const,
      compute: (results: Tensors) => pool(results[from] as tf.Tensor4D, 2, 2, "valid"),
    };
  },
  upsample(builder: Builder, { a }: Choice) {
    const from = builder.pick(a, ([, height]) => height <= 4);
    if (from === undefined) return undefined;
    const [batch, height, width, channels] = builder.results[from]!.shape;
    return {
      shape: [batch, 2 * height, 2 * width, channels] as const,
      compute: (results: Tensors) =>
        tf.image.resizeNearestNeighbor(results[from] as tf.Tensor4D, [2 * height, 2 * width]),
    };
  },
  /** Per sample and channel, as squeeze-and-excitation does. */
  gate(builder: Builder, { a, variant }: Choice) {
    const from = builder.pick(a, () => true)!;
    const axes = [[1, 2], [3], [0, 1, 2], [0]][variant % 4]!;
    return {
      shape: builder.results[from]!.shape,
      compute: (results: Tensors) =>
        tf.mul(results[from]!, tf.sigmoid(tf.mean(results[from]!, axes, true))),
    };
  },
};

/** A random network of up to `longest` operators whose value depends on the last four results. */
export function randomGraph(longest: number): fc.Arbitrary<KernelCase> {
  const number = fc.integer({ min: 0, max: 100 });
  const op = fc.constantFrom(
    ...Object.keys(operators) as (keyof typeof operators)[],
    "convolution" as const,
    "concat" as const,
  );
  const choice = fc.record({ op, a: number, b: number, variant: number });
  return fc.array(choice, { minLength: 1, maxLength: longest }).map(build);
}

function build(choices: readonly Choice[]): KernelCase {
  const builder = new Builder();
  for (const shape of [[2, 4, 6, 16], [2, 4, 6, 3]] as const) {
    const position = builder.input(shape, 1);
    builder.results.push({ shape, compute: (_, inputs) => inputs[position]! });
  }
  for (const choice of choices) {
    const result = operators[choice.op](builder, choice);
    if (result === undefined) continue;
    builder.results.push(result);
    builder.names.push(`${choice.op} [${result.shape}]`);
  }
  return {
    name: builder.names.join(", "),
    inputs: builder.inputs,
    run(...inputs) {
      const results: tf.Tensor[] = [];
      for (const { compute } of builder.results) results.push(compute(results, inputs));
      const seen = results.slice(-4).map((result) => tf.reshape(result, [-1]));
      // tfjs refuses to differentiate by an input without influence, so each has some.
      return tf.concat([...seen, tf.stack(inputs.map((input) => tf.mean(input)))]);
    },
    // Up to a dozen layers on both sides, each of which multiplies errors by a few.
    tolerance: 1e-4,
  };
}

function pairwise(
  builder: Builder,
  { a, b }: Choice,
  run: (x: tf.Tensor, y: tf.Tensor) => tf.Tensor,
): Result | undefined {
  const first = builder.pick(a, () => true)!;
  const { shape } = builder.results[first]!;
  const second = builder.pick(b, (other) => String(other) === String(shape))!;
  return { shape, compute: (results) => run(results[first]!, results[second]!) };
}

function image([batch, height, width]: Shape): [number, number, number] {
  return [batch, height, width];
}

function sameImage(a: Shape, b: Shape): boolean {
  return String(image(a)) === String(image(b));
}
