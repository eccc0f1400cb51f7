/** Checks that a graph is well formed; run in tests after each pass, and on demand. */

import { type Graph, isSameShape, type Value, type ValueType } from "./graph.ts";
import { inferTypes } from "./infer_types.ts";
import { printType } from "./print_graph.ts";

/**
 * Checks that values are defined once and before their use (so there is no cycle), that outputs
 * exist, and that all types follow from the operators and are those that were declared.
 * @param blockSize Channels in a block.
 * @throws {Error} Naming the first node or value that is wrong.
 */
export function verifyGraph(graph: Graph, blockSize: number): void {
  verifyOrder(graph);
  const types = inferTypes(graph, blockSize);
  for (const [value, type] of graph.declared) expectType(value, type, types.get(value));
  graph.outputs.forEach(({ name, type }, position) =>
    expectType(`output ${position}`, type, types.get(name))
  );
}

/** Checks what ONNX Runtime asks of outputs, after `separateOutputs`. */
export function verifyOutputs(graph: Graph): void {
  const made = new Set(graph.nodes.flatMap((node) => node.outputs));
  const names = new Set<Value>();
  graph.outputs.forEach(({ name }, position) => {
    if (!made.has(name)) fail(`output ${position} is not made by a node`);
    if (names.has(name)) fail(`output ${position} is also another output`);
    names.add(name);
  });
}

function verifyOrder(graph: Graph): void {
  const defined = new Set<Value>([""]);
  const define = (value: Value) => {
    if (defined.has(value)) fail(`value "${value}" is defined twice`);
    defined.add(value);
  };
  for (const port of graph.inputs) define(port.name);
  for (const name of graph.constants.keys()) define(name);
  graph.nodes.forEach((node, position) => {
    for (const input of node.inputs) {
      if (!defined.has(input)) {
        fail(`node ${position} (${node.op}) uses "${input}" before it is defined`);
      }
    }
    for (const output of node.outputs) define(output);
  });
  graph.outputs.forEach(({ name }, position) => {
    if (!defined.has(name)) fail(`output ${position} is "${name}", which is not defined`);
  });
}

function expectType(what: string, declared: ValueType, found: ValueType | undefined): void {
  if (found === undefined) return; // Declared by a lowering whose nodes were not needed.
  if (found.dtype === declared.dtype && isSameShape(found.shape, declared.shape)) return;
  fail(`${what} must be ${printType(declared)}, but it is ${printType(found)}`);
}

function fail(problem: string): never {
  throw new Error(`Internal error: the graph is malformed: ${problem}`);
}
