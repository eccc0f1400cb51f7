/**
 * The intermediate form of a program: a list of ONNX nodes in an order that can be executed.
 *
 * Values are named by strings and defined once. Graphs are never changed; passes make new ones.
 */

import { printGraph } from "./print_graph.ts";

/** Element types the engine uses; int64 only for shapes and axes. */
export type ElementType = "float32" | "int32" | "int64" | "bool";

export interface ValueType {
  readonly dtype: ElementType;
  readonly shape: readonly number[];
}

/** Name of a value; unique in its graph. The empty name is an optional input left out. */
export type Value = string;

export interface Constant extends ValueType {
  readonly bytes: Uint8Array;
}

/** An attribute: integer, string, list of integers, or one of the tagged others. */
export type Attribute =
  | number
  | string
  | readonly number[]
  | { readonly float: number }
  | { readonly tensor: Constant };

export type Attributes = Readonly<Record<string, Attribute>>;

/** Operator sets: ONNX itself, ONNX Runtime's additions, and its blocked convolutions. */
export type Domain = "" | "com.microsoft" | "com.microsoft.nchwc";

export interface Node {
  readonly op: string;
  readonly domain: Domain;
  readonly inputs: readonly Value[];
  readonly outputs: readonly Value[];
  readonly attributes: Attributes;
}

/** An input or output of the whole graph. */
export interface Port {
  readonly name: Value;
  readonly type: ValueType;
}

export interface GraphParts {
  readonly inputs: readonly Port[];
  readonly outputs: readonly Port[];
  readonly nodes: readonly Node[];
  readonly constants: ReadonlyMap<Value, Constant>;
  /** What lowerings say about some of the values; `verifyGraph` holds it against inferred types. */
  readonly declared: ReadonlyMap<Value, ValueType>;
}

export class Graph implements GraphParts {
  readonly inputs: readonly Port[];
  readonly outputs: readonly Port[];
  readonly nodes: readonly Node[];
  readonly constants: ReadonlyMap<Value, Constant>;
  readonly declared: ReadonlyMap<Value, ValueType>;

  constructor(parts: GraphParts) {
    this.inputs = parts.inputs;
    this.outputs = parts.outputs;
    this.nodes = parts.nodes;
    this.constants = parts.constants;
    this.declared = parts.declared;
  }

  /** A copy in which some parts are others. */
  with(parts: Partial<GraphParts>): Graph {
    return new Graph({ ...this, ...parts });
  }

  /** One line per input, node and output; the same for equal programs whatever their names. */
  toString(): string {
    return printGraph(this);
  }
}

/** Number of elements of a shape. */
export function sizeOf(shape: readonly number[]): number {
  return shape.reduce((product, extent) => product * extent, 1);
}

export function isSameShape(a: readonly number[], b: readonly number[]): boolean {
  return a.length === b.length && a.every((extent, axis) => extent === b[axis]);
}
