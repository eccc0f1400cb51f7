/** Other names for values of a graph. */

import type { Graph, Node, Port, Value } from "../graph/graph.ts";

/** The same graph with some values under other names; it must not have those names yet. */
export function renameValues(graph: Graph, names: ReadonlyMap<Value, Value>): Graph {
  const nameOf = (value: Value) => names.get(value) ?? value;
  const renamePort = (port: Port): Port => ({ ...port, name: nameOf(port.name) });
  const renameKeys = <T>(entries: ReadonlyMap<Value, T>) =>
    new Map([...entries].map(([value, item]) => [nameOf(value), item] as const));
  return graph.with({
    inputs: graph.inputs.map(renamePort),
    outputs: graph.outputs.map(renamePort),
    nodes: graph.nodes.map((node): Node => ({
      ...node,
      inputs: node.inputs.map(nameOf),
      outputs: node.outputs.map(nameOf),
    })),
    constants: renameKeys(graph.constants),
    declared: renameKeys(graph.declared),
  });
}
