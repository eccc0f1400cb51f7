/** Text of a graph, for snapshots, errors and people. */

import type { Attribute, Constant, Graph, Node, Value, ValueType } from "./graph.ts";
import { constantDigest, valuesOfConstant } from "./constant.ts";

/** Constants up to this many elements are printed by value. */
const printedElements = 8;

/**
 * Prints `%0 = Conv(in0, float32[3,3]#1f2e3d4c) pads=[1,1,1,1]`, one node a line.
 *
 * Values are numbered in the order of definition, so the text does not depend on their names.
 */
export function printGraph(graph: Graph): string {
  const names = new Map<Value, string>([["", "-"]]);
  graph.inputs.forEach((port, position) => names.set(port.name, `in${position}`));
  for (const [name, constant] of graph.constants) names.set(name, printConstant(constant));
  const lines = graph.inputs.map((port, position) => `in${position}: ${printType(port.type)}`);
  let count = 0;
  for (const node of graph.nodes) {
    const inputs = node.inputs.map((input) => names.get(input) ?? `?${input}`);
    for (const output of node.outputs) names.set(output, `%${count++}`);
    lines.push(printNode(node, node.outputs.map((output) => names.get(output) ?? ""), inputs));
  }
  graph.outputs.forEach(({ name, type }, position) =>
    lines.push(`out${position}: ${printType(type)} = ${names.get(name) ?? `?${name}`}`)
  );
  return lines.join("\n");
}

export function printType(type: ValueType): string {
  return `${type.dtype}[${type.shape.join(",")}]`;
}

function printNode(node: Node, outputs: readonly string[], inputs: readonly string[]): string {
  const domain = node.domain === "" ? "" : node.domain.replace("com.microsoft", "ms") + ".";
  const attributes = Object.keys(node.attributes).sort()
    .map((key) => ` ${key}=${printAttribute(node.attributes[key])}`).join("");
  return `${outputs.join(", ")} = ${domain}${node.op}(${inputs.join(", ")})${attributes}`;
}

function printAttribute(attribute: Attribute | undefined): string {
  if (attribute === undefined) return "";
  if (typeof attribute !== "object") return String(attribute);
  if ("float" in attribute) return `${attribute.float}f`;
  if ("tensor" in attribute) return printConstant(attribute.tensor);
  return `[${attribute.join(",")}]`;
}

function printConstant(constant: Constant): string {
  const values = valuesOfConstant(constant);
  const type = constant.dtype === "int64" && constant.shape.length === 1
    ? ""
    : printType(constant) + (values.length > printedElements ? "" : " ");
  if (values.length > printedElements) {
    return `${printType(constant)}#${constantDigest(constant).slice(0, 8)}`;
  }
  return constant.shape.length === 0 ? `${type}${values[0]}` : `${type}[${values.join(",")}]`;
}
