/** Records the nodes of one program and moves its tensors between layouts as they are needed. */

import { makeConstant } from "./graph/constant.ts";
import {
  type Attributes,
  type Domain,
  type ElementType,
  type Graph,
  isSameShape,
  sizeOf,
  type Value,
} from "./graph/graph.ts";
import { GraphBuilder } from "./graph/graph_builder.ts";
import { type Origin, SymbolicTensor, type TensorDtype } from "./symbolic_tensor.ts";

/** Channels in a block of the NCHWc layout; 0 means portable ONNX operators only. */
export type BlockSize = 0 | 8 | 16;

/** Numbers the four axes of a channels-last tensor have in the labels `[b, c / k, h, w, k]`. */
const blockedAxes = [0, 2, 3, 1];

export class Trace {
  readonly blockSize: BlockSize;
  readonly #builder = new GraphBuilder();

  constructor(blockSize: BlockSize) {
    this.blockSize = blockSize;
  }

  /** Whether operators outside the ONNX standard are ruled out. */
  get isPortable(): boolean {
    return this.blockSize === 0;
  }

  // ---- Recording

  input(shape: readonly number[], dtype: TensorDtype): SymbolicTensor {
    return new SymbolicTensor(shape, dtype, { kind: "node" }, {
      rowMajor: this.#builder.input({ shape, dtype }),
    });
  }

  /** Records a standard ONNX operator with one output. */
  op(op: string, inputs: readonly Value[], attributes: Attributes = {}): Value {
    return this.#record(op, inputs, attributes, "");
  }

  /** Records an operator that ONNX Runtime adds to the standard. */
  microsoftOp(op: string, inputs: readonly Value[], attributes: Attributes = {}): Value {
    return this.#record(op, inputs, attributes, "com.microsoft");
  }

  /** Records an operator on blocked tensors. */
  blockedOp(op: string, inputs: readonly Value[], attributes: Attributes = {}): Value {
    return this.#record(op, inputs, attributes, "com.microsoft.nchwc");
  }

  /** Records a standard operator with several outputs. */
  ops(op: string, inputs: readonly Value[], attributes: Attributes, count: number): Value[] {
    return this.#builder.node(op, inputs, attributes, "", count);
  }

  reshape(value: Value, shape: readonly number[]): Value {
    return this.op("Reshape", [value, this.int64(shape)]);
  }

  literal(values: ArrayLike<number>, shape: readonly number[], dtype: ElementType): Value {
    return this.#builder.literal(values, shape, dtype);
  }

  scalar(value: number, dtype: ElementType = "float32"): Value {
    return this.literal([value], [], dtype);
  }

  int64(values: readonly number[]): Value {
    return this.literal(values, [values.length], "int64");
  }

  /** A table of positions for Gather, made once per key. */
  table(key: string, make: () => Int32Array): Value {
    return this.#builder.shared(key, () => {
      const values = make();
      return makeConstant(values, [values.length], "int32");
    });
  }

  finish(outputs: readonly SymbolicTensor[]): Graph {
    const ports = outputs.map((tensor) => ({
      name: this.rowMajor(tensor),
      type: { dtype: tensor.dtype, shape: tensor.shape },
    }));
    return this.#builder.finish(ports);
  }

  // ---- Making tensors

  fromRowMajor(shape: readonly number[], dtype: TensorDtype, value: Value): SymbolicTensor {
    this.#builder.declare(value, { shape, dtype });
    return new SymbolicTensor(shape, dtype, { kind: "node" }, { rowMajor: value });
  }

  /** From a value labelled `[batch, channel, height, width]`. */
  fromBlocked4(
    shape: readonly number[],
    dtype: TensorDtype,
    value: Value,
    origin: Origin = { kind: "node" },
  ): SymbolicTensor {
    const [batch = 0, height = 0, width = 0, channels = 0] = shape;
    this.#builder.declare(value, { shape: [batch, channels, height, width], dtype });
    return new SymbolicTensor(shape, dtype, origin, { blocked4: value });
  }

  /** From a value labelled `[batch, channel / k, height, width, k]`. */
  fromBlocked5(shape: readonly number[], dtype: TensorDtype, value: Value): SymbolicTensor {
    this.#builder.declare(value, { shape: this.blockedShape(shape), dtype });
    return new SymbolicTensor(shape, dtype, { kind: "node" }, { blocked5: value });
  }

  splat(shape: readonly number[], dtype: TensorDtype, value: number): SymbolicTensor {
    return new SymbolicTensor(shape, dtype, { kind: "splat", value });
  }

  /** `tensor` stretched to `shape`, recorded only if someone needs the whole of it. */
  stretch(tensor: SymbolicTensor, shape: readonly number[]): SymbolicTensor {
    if (isSameShape(tensor.shape, shape)) return tensor;
    if (tensor.uniformValue !== undefined) {
      return this.splat(shape, tensor.dtype, tensor.uniformValue);
    }
    const of = this.withShape(tensor.unstretched, padRank(tensor.unstretched.shape, shape.length));
    return new SymbolicTensor(shape, tensor.dtype, { kind: "broadcast", of });
  }

  /** The same elements under another shape of the same size. */
  withShape(tensor: SymbolicTensor, shape: readonly number[]): SymbolicTensor {
    if (isSameShape(tensor.shape, shape)) return tensor;
    const { origin } = tensor;
    if (origin.kind === "splat" || origin.kind === "literal") {
      return new SymbolicTensor(shape, tensor.dtype, origin);
    }
    return this.fromRowMajor(shape, tensor.dtype, this.reshape(this.rowMajor(tensor), shape));
  }

  // ---- Layouts

  /** `[batch, channel / k, height, width, k]` of a channels-last shape. */
  blockedShape(shape: readonly number[]): number[] {
    const [batch = 0, height = 0, width = 0, channels = 0] = shape;
    return [batch, channels / this.blockSize, height, width, this.blockSize];
  }

  /** The axis of the blocked labels that a channels-last axis becomes. */
  blockedAxis(axis: number): number {
    return blockedAxes[axis] ?? 0;
  }

  /** Whether a channels-last shape fills whole blocks. */
  fillsBlocks(shape: readonly number[]): boolean {
    return this.blockSize > 0 && shape.length === 4 && (shape[3] ?? 0) % this.blockSize === 0 &&
      sizeOf(shape) > 0;
  }

  /** Whether a tensor can be brought into the blocked layout. The reordering node is float only. */
  canBlock(tensor: SymbolicTensor): boolean {
    return this.fillsBlocks(tensor.shape) && tensor.dtype !== "int32";
  }

  /** Whether a tensor is blocked already, or will be as soon as it is recorded. */
  prefersBlocked(tensor: SymbolicTensor): boolean {
    return tensor.isBlocked ||
      tensor.origin.kind === "deferred" && this.fillsBlocks(tensor.shape);
  }

  /** Records a deferred tensor. */
  settle(tensor: SymbolicTensor): void {
    if (tensor.origin.kind !== "deferred") return;
    const made = tensor.origin.make();
    tensor.origin = made.origin;
    tensor.rowMajor = made.rowMajor;
    tensor.blocked4 = made.blocked4;
    tensor.blocked5 = made.blocked5;
  }

  /** The value in row-major layout. */
  rowMajor(tensor: SymbolicTensor): Value {
    this.settle(tensor);
    return tensor.rowMajor ??= this.#makeRowMajor(tensor);
  }

  /** The blocked value, labelled `[batch, channel, height, width]`. */
  blocked4(tensor: SymbolicTensor): Value {
    this.settle(tensor);
    return tensor.blocked4 ??= this.#makeBlocked4(tensor);
  }

  /** The blocked value, labelled `[batch, channel / k, height, width, k]`. */
  blocked5(tensor: SymbolicTensor): Value {
    this.settle(tensor);
    if (tensor.blocked5 !== undefined) return tensor.blocked5;
    const blocked4 = this.blocked4(tensor);
    return tensor.blocked5 ??= this.reshape(blocked4, this.blockedShape(tensor.shape));
  }

  /**
   * A vector over channels (`[c]`, `[1, 1, 1, c]` or `[b, 1, 1, c]`) as `[1 | b, c / k, 1, 1, k]`,
   * or undefined if the tensor is no such vector for `peer`.
   */
  blockedVector(tensor: SymbolicTensor, peer: readonly number[]): Value | undefined {
    const shape = channelVectorShape(tensor.shape, peer);
    return shape && this.reshape(this.rowMajor(tensor), this.blockedShape(shape));
  }

  /**
   * The same stretched over the width. ORT's broadcast loop would otherwise have inner runs of one
   * block, which is three times slower.
   */
  blockedRow(tensor: SymbolicTensor, peer: readonly number[]): Value | undefined {
    const shape = channelVectorShape(tensor.shape, peer);
    const vector = this.blockedVector(tensor, peer);
    if (shape === undefined || vector === undefined) return undefined;
    const row = [shape[0] ?? 1, 1, peer[2] ?? 1, peer[3] ?? 1];
    return this.op("Expand", [vector, this.int64(this.blockedShape(row))]);
  }

  #makeRowMajor(tensor: SymbolicTensor): Value {
    const { origin, shape, dtype } = tensor;
    switch (origin.kind) {
      case "splat":
        return this.#fill(shape, dtype, origin.value);
      case "literal":
        return this.literal(origin.values, shape, dtype);
      case "broadcast":
        return this.op("Expand", [this.rowMajor(origin.of), this.int64(shape)]);
      default:
        return this.#unblock(tensor);
    }
  }

  #unblock(tensor: SymbolicTensor): Value {
    const { shape, dtype } = tensor;
    if (dtype !== "float32") {
      const perm = [0, 2, 3, 1, 4];
      return this.reshape(this.op("Transpose", [this.blocked5(tensor)], { perm }), shape);
    }
    const attributes = { channels: shape[3] ?? 0, channels_last: 1 };
    return this.blockedOp("ReorderOutput", [this.blocked4(tensor)], attributes);
  }

  #makeBlocked4(tensor: SymbolicTensor): Value {
    const { origin, shape, dtype } = tensor;
    const [batch = 0, height = 0, width = 0, channels = 0] = shape;
    const labels = [batch, channels, height, width];
    if (tensor.blocked5 !== undefined) return this.reshape(tensor.blocked5, labels);
    if (origin.kind === "splat") return this.#fill(labels, dtype, origin.value);
    if (origin.kind === "broadcast") {
      const vector = this.blockedVector(origin.of, shape);
      if (vector !== undefined) {
        tensor.blocked5 = this.op("Expand", [vector, this.int64(this.blockedShape(shape))]);
        return this.reshape(tensor.blocked5, labels);
      }
    }
    if (dtype !== "float32") {
      const [, blocks = 0, , , block = 0] = this.blockedShape(shape);
      const split = this.reshape(this.rowMajor(tensor), [batch, height, width, blocks, block]);
      tensor.blocked5 = this.op("Transpose", [split], { perm: [0, 3, 1, 2, 4] });
      return this.reshape(tensor.blocked5, labels);
    }
    return this.blockedOp("ReorderInput", [this.rowMajor(tensor)], { channels_last: 1 });
  }

  #fill(shape: readonly number[], dtype: TensorDtype, value: number): Value {
    if (shape.length === 0) return this.scalar(value, dtype);
    const tensor = makeConstant([value], [1], dtype);
    return this.op("ConstantOfShape", [this.int64(shape)], { value: { tensor } });
  }

  #record(op: string, inputs: readonly Value[], attributes: Attributes, domain: Domain): Value {
    const [output] = this.#builder.node(op, inputs, attributes, domain);
    if (output === undefined) throw new Error(`Internal error: node ${op} has no output`);
    return output;
  }
}

/** `[1, 1, 1, c]` or `[b, 1, 1, c]` if the shape is a vector over the channels of `peer`. */
export function channelVectorShape(
  shape: readonly number[],
  peer: readonly number[],
): number[] | undefined {
  if (shape.length > 4 || peer.length !== 4) return undefined;
  const [batch = 1, height, width, channels] = padRank(shape, 4);
  const isVector = height === 1 && width === 1 && channels === peer[3] &&
    (batch === 1 || batch === peer[0]);
  return isVector ? [batch, 1, 1, channels ?? 1] : undefined;
}

/** The shape with leading ones, as broadcasting reads it. */
export function padRank(shape: readonly number[], rank: number): number[] {
  return [...Array<number>(Math.max(0, rank - shape.length)).fill(1), ...shape];
}
