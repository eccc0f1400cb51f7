/**
 * Runs a recorded graph in plain TypeScript and float64, slowly: an implementation of its operators
 * that owes nothing to ONNX Runtime. It serves two ends: derivatives by differences, which float32
 * cannot resolve, and the blocked layouts of processors other than this one.
 */

import { valuesOfConstant } from "../../../engine/onnx/graph/constant.ts";
import type { Graph, Node, Value, ValueType } from "../../../engine/onnx/graph/graph.ts";
import { inferTypes } from "../../../engine/onnx/graph/infer_types.ts";
import { elementwiseOperators } from "./elementwise.ts";
import { moveOperators } from "./moves.ts";
import { reduceOperators } from "./reductions.ts";
import { windowOperators } from "./windows.ts";

/** A value while a graph is evaluated; integers and booleans are numbers, too. */
export interface Evaluated extends ValueType {
  readonly data: Float64Array;
}

/** What an operator sees. */
export interface Call {
  readonly node: Node;
  readonly blockSize: number;
  /** Types of the outputs. */
  readonly types: readonly ValueType[];
  readonly type: ValueType;
  /** @throws {Error} When the input was left out. */
  input(position: number): Evaluated;
  has(position: number): boolean;
  integer(name: string, otherwise: number): number;
  float(name: string, otherwise: number): number;
  list(name: string, otherwise: readonly number[]): readonly number[];
}

/** The data of the first output, or of all. */
export type Operator = (call: Call) => Float64Array | readonly Float64Array[];

const operators: Readonly<Record<string, Operator>> = {
  ...elementwiseOperators,
  ...moveOperators,
  ...reduceOperators,
  ...windowOperators,
};

/**
 * The outputs of a graph.
 * @param inputs Row-major numbers of each input, in order.
 * @param blockSize Channels in a block.
 */
export function evaluateGraph(
  graph: Graph,
  inputs: readonly ArrayLike<number>[],
  blockSize: number,
): Evaluated[] {
  const types = inferTypes(graph, blockSize);
  const values = new Map<Value, Evaluated>();
  graph.inputs.forEach(({ name, type }, position) =>
    values.set(name, { ...type, data: Float64Array.from(inputs[position] ?? []) })
  );
  for (const [name, constant] of graph.constants) {
    values.set(name, { ...constant, data: Float64Array.from(valuesOfConstant(constant)) });
  }
  for (const node of graph.nodes) {
    const operator = operators[node.op];
    if (operator === undefined) throw new Error(`Cannot evaluate operator ${node.op}`);
    const outputs = node.outputs.map((output) => types.get(output)!);
    const result = operator(callOf(node, outputs, values, blockSize));
    const all = result instanceof Float64Array ? [result] : result;
    all.forEach((data, position) => {
      const output = node.outputs[position];
      if (output !== undefined) values.set(output, { ...outputs[position]!, data });
    });
  }
  return graph.outputs.map(({ name, type }) => ({ ...type, data: values.get(name)!.data }));
}

function callOf(
  node: Node,
  types: readonly ValueType[],
  values: ReadonlyMap<Value, Evaluated>,
  blockSize: number,
): Call {
  return {
    node,
    blockSize,
    types,
    type: types[0]!,
    input(position) {
      const value = values.get(node.inputs[position] ?? "");
      if (value === undefined) throw new Error(`${node.op} has no input ${position}`);
      return value;
    },
    has: (position) => (node.inputs[position] ?? "") !== "",
    integer(name, otherwise) {
      const attribute = node.attributes[name];
      return typeof attribute === "number" ? attribute : otherwise;
    },
    float(name, otherwise) {
      const attribute = node.attributes[name];
      return typeof attribute === "object" && "float" in attribute ? attribute.float : otherwise;
    },
    list(name, otherwise) {
      const attribute = node.attributes[name];
      return Array.isArray(attribute) ? attribute : otherwise;
    },
  };
}
