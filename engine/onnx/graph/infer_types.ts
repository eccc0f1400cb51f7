/** Types of values, computed from their operators as ONNX defines them. */

import { valuesOfConstant } from "./constant.ts";
import {
  type Constant,
  type ElementType,
  type Graph,
  type Node,
  sizeOf,
  type Value,
  type ValueType,
} from "./graph.ts";
import { onnxTypes } from "./encode_model.ts";
import { inferWindows } from "./infer_windows.ts";

/** What a rule may ask about the inputs of its node. */
export interface Operands {
  readonly node: Node;
  /** Channels in a block. */
  readonly blockSize: number;
  /** Type of an input. @throws {Error} When the input is missing. */
  type(position: number): ValueType;
  has(position: number): boolean;
  /** Numbers of an input that must be a constant. */
  numbers(position: number): readonly number[];
  /** An attribute that is an integer. */
  integer(name: string, otherwise: number): number;
  /** An attribute that is a list of integers. */
  list(name: string): readonly number[] | undefined;
}

export type Rule = (operands: Operands) => ValueType | readonly ValueType[];

/**
 * The types of all values of a graph.
 * @param blockSize Channels in a block; reordering fills up to it.
 * @throws {Error} Naming the node that does not fit.
 */
export function inferTypes(graph: Graph, blockSize: number): Map<Value, ValueType> {
  const types = new Map<Value, ValueType>();
  for (const { name, type } of graph.inputs) types.set(name, type);
  for (const [name, constant] of graph.constants) types.set(name, constant);
  graph.nodes.forEach((node, position) => {
    const operands = operandsOf(node, types, graph.constants, blockSize);
    const found = inferNode(operands, position);
    node.outputs.forEach((output, index) => {
      const type = found[index];
      if (type !== undefined) types.set(output, type);
    });
  });
  return types;
}

/** Shapes and axes, which many nodes share. */
const unpacked = new WeakMap<Constant, readonly number[]>();

function inferNode(operands: Operands, position: number): readonly ValueType[] {
  const { node } = operands;
  const rule = rules[node.op];
  if (rule === undefined) throw new Error(`Internal error: operator ${node.op} has no type rule`);
  try {
    const result = rule(operands);
    return Array.isArray(result) ? result : [result as ValueType];
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new Error(`Internal error: node ${position} (${node.op}) does not fit: ${reason}`, {
      cause: error,
    });
  }
}

function operandsOf(
  node: Node,
  types: ReadonlyMap<Value, ValueType>,
  constants: ReadonlyMap<Value, Constant>,
  blockSize: number,
): Operands {
  return {
    node,
    blockSize,
    type(position) {
      const type = types.get(node.inputs[position] ?? "");
      if (type === undefined) throw new Error(`input ${position} has no type`);
      return type;
    },
    has: (position) => (node.inputs[position] ?? "") !== "",
    numbers(position) {
      const constant = constants.get(node.inputs[position] ?? "");
      if (constant === undefined) throw new Error(`input ${position} is not a constant`);
      let values = unpacked.get(constant);
      if (values === undefined) {
        values = valuesOfConstant(constant);
        unpacked.set(constant, values);
      }
      return values;
    },
    integer(name, otherwise) {
      const attribute = node.attributes[name];
      return typeof attribute === "number" ? attribute : otherwise;
    },
    list(name) {
      const attribute = node.attributes[name];
      return Array.isArray(attribute) ? attribute : undefined;
    },
  };
}

/** The shape of operands stretched to each other. */
export function broadcastShapes(shapes: readonly (readonly number[])[]): number[] {
  const rank = Math.max(...shapes.map((shape) => shape.length));
  return Array.from({ length: rank }, (_, axis) => {
    const extents = shapes.map((shape) => shape[axis - rank + shape.length] ?? 1);
    const extent = extents.find((value) => value !== 1) ?? 1;
    if (extents.some((value) => value !== 1 && value !== extent)) {
      throw new Error(
        `shapes ${shapes.map((shape) => `[${shape}]`).join(" and ")} do not broadcast`,
      );
    }
    return extent;
  });
}

const same: Rule = ({ type }) => type(0);
const elementwise: Rule = ({ node, type }) => broadcast(node, type, 0);
const comparison: Rule = ({ node, type }) => ({ ...broadcast(node, type, 0), dtype: "bool" });

function broadcast(node: Node, type: Operands["type"], first: number): ValueType {
  const operands = node.inputs.map((_, position) => type(position)).slice(first);
  const [head, ...rest] = operands;
  if (head === undefined) throw new Error("there are no operands");
  const other = rest.find((operand) => operand.dtype !== head.dtype);
  if (other !== undefined) throw new Error(`${head.dtype} meets ${other.dtype}`);
  return { dtype: head.dtype, shape: broadcastShapes(operands.map((operand) => operand.shape)) };
}

const reduction: Rule = (operands) => {
  const { dtype, shape } = operands.type(0);
  const axes = operands.list("axes") ?? operands.numbers(1);
  const isKept = operands.integer("keepdims", 1) === 1;
  const wanted = new Set(axes.map((axis) => axis < 0 ? axis + shape.length : axis));
  return {
    dtype,
    shape: isKept
      ? shape.map((extent, axis) => wanted.has(axis) ? 1 : extent)
      : shape.filter((_, axis) => !wanted.has(axis)),
  };
};

const product: Rule = (operands) => {
  const [a, b] = [operands.type(0), operands.type(1)];
  const turn = (shape: readonly number[], isTurned: boolean) =>
    isTurned ? [...shape.slice(0, -2), shape.at(-1) ?? 1, shape.at(-2) ?? 1] : shape;
  const left = turn(a.shape, operands.integer("transA", 0) === 1);
  const right = turn(b.shape, operands.integer("transB", 0) === 1);
  if (left.at(-1) !== right.at(-2)) throw new Error(`[${left}] times [${right}] has no inner axis`);
  const batch = broadcastShapes([left.slice(0, -2), right.slice(0, -2), []]);
  return { dtype: a.dtype, shape: [...batch, left.at(-2) ?? 1, right.at(-1) ?? 1] };
};

const slice: Rule = (operands) => {
  const { dtype, shape } = operands.type(0);
  const [starts, ends] = [operands.numbers(1), operands.numbers(2)];
  const axes = operands.has(3) ? operands.numbers(3) : starts.map((_, axis) => axis);
  const steps = operands.has(4) ? operands.numbers(4) : axes.map(() => 1);
  const result = [...shape];
  axes.forEach((axis, index) => {
    const extent = shape[axis] ?? 0;
    const step = steps[index] ?? 1;
    const clamp = (value: number) => {
      const position = value < 0 ? value + extent : value;
      return step > 0
        ? Math.min(Math.max(position, 0), extent)
        : Math.min(Math.max(position, -1), extent - 1);
    };
    const count = Math.ceil((clamp(ends[index] ?? 0) - clamp(starts[index] ?? 0)) / step);
    result[axis] = Math.max(0, count);
  });
  return { dtype, shape: result };
};

const gather: Rule = (operands) => {
  const { dtype, shape } = operands.type(0);
  const axis = operands.integer("axis", 0);
  const indices = operands.type(1).shape;
  return { dtype, shape: [...shape.slice(0, axis), ...indices, ...shape.slice(axis + 1)] };
};

const concat: Rule = ({ node, type, integer }) => {
  const axis = integer("axis", 0);
  const parts = node.inputs.map((_, position) => type(position));
  const [first] = parts;
  if (first === undefined) throw new Error("there are no parts");
  for (const part of parts) {
    const fits = part.shape.length === first.shape.length &&
      part.shape.every((extent, i) => i === axis || extent === first.shape[i]);
    if (!fits) throw new Error(`[${part.shape}] does not continue [${first.shape}]`);
  }
  const total = parts.reduce((sum, part) => sum + (part.shape[axis] ?? 0), 0);
  return { dtype: first.dtype, shape: first.shape.with(axis, total) };
};

const reshape: Rule = (operands) => {
  const { dtype, shape } = operands.type(0);
  const wanted = operands.numbers(1);
  if (sizeOf(wanted) !== sizeOf(shape)) throw new Error(`[${shape}] cannot become [${wanted}]`);
  return { dtype, shape: wanted };
};

const argument: Rule = (operands) => {
  const axis = operands.integer("axis", 0);
  const { shape } = operands.type(0);
  return { dtype: "int64", shape: shape.filter((_, position) => position !== axis) };
};

const einsum: Rule = ({ node, type }) => {
  const [operands = "", result = ""] = String(node.attributes.equation).split("->");
  const extents = new Map<string, number>();
  operands.split(",").forEach((letters, position) =>
    [...letters].forEach((letter, axis) => extents.set(letter, type(position).shape[axis] ?? 1))
  );
  return { dtype: type(0).dtype, shape: [...result].map((letter) => extents.get(letter) ?? 1) };
};

const table: readonly (readonly [string, Rule])[] = [
  [
    "Abs Acos Acosh Asin Asinh Atan Atanh Ceil Clip Cos Cosh CumSum Elu Erf Exp Floor Identity " +
    "LeakyRelu Log LogSoftmax Neg Not QuickGelu Reciprocal Relu Round ScatterElements ScatterND " +
    "Selu Sigmoid Sign Sin Sinh Softmax Softplus Sqrt Tan Tanh",
    same,
  ],
  ["Add And Div Max Min Mod Mul Or Pow Sub Xor", elementwise],
  ["Equal Greater GreaterOrEqual Less LessOrEqual", comparison],
  ["IsInf IsNaN", ({ type }) => ({ dtype: "bool", shape: type(0).shape })],
  ["Where", ({ node, type }) => ({
    dtype: broadcast(node, type, 1).dtype,
    shape: broadcastShapes([0, 1, 2].map((position) => type(position).shape)),
  })],
  ["ReduceMax ReduceMean ReduceMin ReduceProd ReduceSum", reduction],
  ["ArgMax ArgMin", argument],
  ["FusedMatMul MatMul", product],
  ["Einsum", einsum],
  ["Reshape", reshape],
  ["Slice", slice],
  ["Gather", gather],
  ["GatherND", ({ type }) => {
    const [data, indices] = [type(0), type(1).shape];
    const shape = [...indices.slice(0, -1), ...data.shape.slice(indices.at(-1) ?? 0)];
    return { dtype: data.dtype, shape };
  }],
  ["Concat", concat],
  ["Transpose", ({ type, list }) => {
    const { dtype, shape } = type(0);
    return { dtype, shape: (list("perm") ?? []).map((axis) => shape[axis] ?? 1) };
  }],
  ["Expand", ({ type, numbers }) => ({
    dtype: type(0).dtype,
    shape: broadcastShapes([type(0).shape, numbers(1)]),
  })],
  ["Tile", ({ type, numbers }) => {
    const repeats = numbers(1);
    return {
      dtype: type(0).dtype,
      shape: type(0).shape.map((n, axis) => n * (repeats[axis] ?? 1)),
    };
  }],
  ["Pad", ({ type, numbers }) => {
    const { dtype, shape } = type(0);
    const pads = numbers(1);
    const rank = shape.length;
    return {
      dtype,
      shape: shape.map((extent, axis) => extent + (pads[axis] ?? 0) + (pads[axis + rank] ?? 0)),
    };
  }],
  ["ConstantOfShape", ({ node, numbers }) => {
    const { value } = node.attributes;
    const isTensor = typeof value === "object" && "tensor" in value;
    return { dtype: isTensor ? value.tensor.dtype : "float32", shape: numbers(0) };
  }],
  ["Cast", ({ type, integer }) => ({ dtype: elementType(integer("to", 1)), shape: type(0).shape })],
  ["TopK", ({ type, numbers }) => {
    const shape = type(0).shape.with(-1, numbers(1)[0] ?? 1);
    return [{ dtype: type(0).dtype, shape }, { dtype: "int64", shape }];
  }],
];

const rules: Readonly<Record<string, Rule>> = {
  ...Object.fromEntries(table.flatMap(([ops, rule]) => ops.split(" ").map((op) => [op, rule]))),
  ...inferWindows,
};

function elementType(code: number): ElementType {
  if (code === onnxTypes.float32) return "float32";
  if (code === onnxTypes.int32) return "int32";
  return code === onnxTypes.int64 ? "int64" : "bool";
}
