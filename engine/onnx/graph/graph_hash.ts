/** A hash of what a graph computes, blind to names and to the order in which it was recorded. */

import { createHash } from "node:crypto";
import { constantDigest } from "./constant.ts";
import type { Attribute, Graph, Node, Value } from "./graph.ts";
import { printType } from "./print_graph.ts";

/**
 * sha256 over the graph as a Merkle tree: a value's digest is that of its operator, attributes and
 * operands; the graph's is that of its input types and its outputs' digests, in order.
 *
 * Nodes that no output needs do not count, nor does it matter whether equal nodes are shared.
 */
export function graphHash(graph: Graph): string {
  const digests = new Map<Value, string>([["", "-"]]);
  graph.inputs.forEach(({ name, type }, position) =>
    digests.set(name, digest(`input ${position} ${printType(type)}`))
  );
  for (const [name, constant] of graph.constants) digests.set(name, constantDigest(constant));
  for (const node of graph.nodes) {
    const whole = digest(describe(node, digests));
    node.outputs.forEach((output, position) =>
      digests.set(output, position === 0 ? whole : digest(`${whole}#${position}`))
    );
  }
  const inputs = graph.inputs.map((port) => printType(port.type));
  const outputs = graph.outputs.map((port) => digests.get(port.name) ?? "undefined");
  return digest(["graph", ...inputs, "->", ...outputs].join(" "));
}

function describe(node: Node, digests: ReadonlyMap<Value, string>): string {
  const attributes = Object.keys(node.attributes).sort()
    .map((key) => `${key}=${describeAttribute(node.attributes[key])}`);
  const inputs = node.inputs.map((input) => digests.get(input) ?? "undefined");
  return [node.domain, node.op, ...attributes, "(", ...inputs].join(" ");
}

function describeAttribute(attribute: Attribute | undefined): string {
  return typeof attribute === "object" && "tensor" in attribute
    ? constantDigest(attribute.tensor)
    : JSON.stringify(attribute);
}

function digest(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}
