/**
 * What is done to a recorded graph before it is compiled, in order.
 *
 * Each pass says what it was measured to be worth: minima of interleaved training steps on one core
 * of a machine with other work (Zen 5, load 3 to 6), for the bench's U-Net (b) and ConvGRU (c).
 * Layouts and fusions are chosen while nodes are recorded, where the shapes are at hand. Tried and
 * not kept: folding constants (no node of (a) and (b) has constant inputs only, ten of (c) have,
 * and ONNX Runtime's basic level folds them) and recomputation (peaks are at or below PyTorch's).
 */

import { collapseReshapes } from "./collapse_reshapes.ts";
import { type Graph, type Node, type Port, type Value } from "./graph.ts";
import { unfoldSharedConvs } from "./unfold_shared_convs.ts";

export type Pass = (graph: Graph) => Graph;

export const passes: readonly Pass[] = [
  collapseReshapes,
  mergeEqualNodes,
  removeDeadNodes,
  unfoldSharedConvs,
  separateOutputs,
  removeDeadNodes,
];

/**
 * Applies all passes.
 * @param check Called with the recorded graph and the result of each pass, to verify them.
 */
export function runPasses(graph: Graph, check: (graph: Graph) => void = () => {}): Graph {
  check(graph);
  return passes.reduce((given, pass) => {
    const result = pass(given);
    check(result);
    return result;
  }, graph);
}

/**
 * Common subexpressions: nodes with the same operator, attributes and operands become one.
 *
 * ONNX Runtime does so, too, so that steps take the same time; but it reads fewer nodes: without this
 * pass (c) has 7,869 instead of 5,300, and its session takes 312 ms instead of 237 to create.
 */
export function mergeEqualNodes(graph: Graph): Graph {
  const replacement = new Map<Value, Value>();
  const known = new Map<string, Node>();
  const nodes: Node[] = [];
  for (const node of graph.nodes) {
    const inputs = node.inputs.map((input) => replacement.get(input) ?? input);
    const key = `${node.domain}.${node.op}(${inputs})${node.outputs.length}${
      JSON.stringify(node.attributes, replaceBytes)
    }`;
    const twin = known.get(key);
    if (twin !== undefined) {
      node.outputs.forEach((output, position) =>
        replacement.set(output, twin.outputs[position] ?? output)
      );
      continue;
    }
    const merged = { ...node, inputs };
    known.set(key, merged);
    nodes.push(merged);
  }
  const outputs = graph.outputs.map((port) => renamed(port, replacement));
  return graph.with({ nodes, outputs });
}

/**
 * Gives each output a node of its own, named "out0", "out1", ...
 *
 * Needed, not measured: ONNX Runtime wants outputs to be distinct and made by a node; one made by Reshape would share
 * memory with its input and be copied anyway.
 */
export function separateOutputs(graph: Graph): Graph {
  const producers = new Map<Value, Node>();
  for (const node of graph.nodes) for (const output of node.outputs) producers.set(output, node);
  const names = new Map<Value, Value>();
  const copies: Node[] = [];
  const outputs = graph.outputs.map((port, position): Port => {
    const name = `out${position}`;
    const producer = producers.get(port.name);
    if (producer !== undefined && producer.op !== "Reshape" && !names.has(port.name)) {
      names.set(port.name, name);
    } else {
      copies.push({
        op: "Identity",
        domain: "",
        inputs: [port.name],
        outputs: [name],
        attributes: {},
      });
    }
    return { ...port, name };
  });
  const nodes = [...graph.nodes, ...copies].map((node) => ({
    ...node,
    inputs: node.inputs.map((input) => names.get(input) ?? input),
    outputs: node.outputs.map((output) => names.get(output) ?? output),
  }));
  const declared = new Map(
    [...graph.declared].map(([value, type]) => [names.get(value) ?? value, type]),
  );
  return graph.with({ nodes, outputs, declared });
}

/**
 * Drops nodes and constants that no output needs.
 *
 * ONNX Runtime does so, too, but `unfoldSharedConvs` has to know who still reads a convolution's bare
 * result: without this pass (b) takes 350 ms instead of 272, and (c) 611 instead of 520.
 */
export function removeDeadNodes(graph: Graph): Graph {
  const needed = new Set<Value>(graph.outputs.map((port) => port.name));
  const nodes: Node[] = [];
  for (let position = graph.nodes.length - 1; position >= 0; position--) {
    const node = graph.nodes[position];
    if (node === undefined || !node.outputs.some((output) => needed.has(output))) continue;
    nodes.push(node);
    for (const input of node.inputs) needed.add(input);
  }
  const constants = new Map([...graph.constants].filter(([name]) => needed.has(name)));
  return graph.with({ nodes: nodes.reverse(), constants });
}

function renamed(port: Port, replacement: ReadonlyMap<Value, Value>): Port {
  return { ...port, name: replacement.get(port.name) ?? port.name };
}

/** Typed arrays print as objects with a key per byte; plain arrays are shorter. */
function replaceBytes(_key: string, value: unknown): unknown {
  return value instanceof Uint8Array ? Array.from(value) : value;
}
