/** How much memory a program takes at a time. */

import { type ElementType, type Graph, sizeOf, type Value, type ValueType } from "./graph.ts";
import { inferTypes } from "./infer_types.ts";

export interface MemoryEstimate {
  /** Bytes of arguments, constants and results, which are there for the whole run. */
  readonly held: number;
  /** Most bytes of other values alive at one time. */
  readonly peak: number;
  /** The largest value, and the operator that makes it. */
  readonly largest: { readonly op: string; readonly type: ValueType } | undefined;
}

const bytesOf: Readonly<Record<ElementType, number>> = { float32: 4, int32: 4, int64: 8, bool: 1 };

/** Operators whose result is their first input's memory. */
const views: ReadonlySet<string> = new Set(["Reshape", "Identity"]);

/**
 * Follows the nodes in their order: a value lives from its node to its last reader. ONNX Runtime
 * runs in about this order, writes many element-wise results over their inputs, and rounds
 * allocations up; packing filters and the arena come on top.
 * @param blockSize Channels in a block.
 */
export function estimateMemory(graph: Graph, blockSize: number): MemoryEstimate {
  const types = inferTypes(graph, blockSize);
  const size = (value: Value) => sizeInBytes(types.get(value));
  const isHeld = new Set<Value>([
    ...graph.inputs.map(({ name }) => name),
    ...graph.constants.keys(),
    ...graph.outputs.map(({ name }) => name),
  ]);
  let held = 0;
  for (const value of isHeld) held += size(value);
  const { owners, lastUses } = lifetimes(graph);
  const dying = new Map<number, Value[]>();
  for (const [value, position] of lastUses) {
    dying.set(position, [...dying.get(position) ?? [], value]);
  }
  let [alive, peak] = [0, 0];
  let largest: MemoryEstimate["largest"];
  let largestSize = 0;
  graph.nodes.forEach((node, position) => {
    for (const output of node.outputs) {
      if (isHeld.has(output) || owners.get(output) !== output) continue;
      alive += size(output);
      const type = types.get(output);
      if (type === undefined || size(output) <= largestSize) continue;
      [largest, largestSize] = [{ op: node.op, type }, size(output)];
    }
    peak = Math.max(peak, alive);
    for (const value of dying.get(position) ?? []) if (!isHeld.has(value)) alive -= size(value);
  });
  return { held, peak, largest };
}

/** Bytes of all arguments, constants and values of which a lowering said what they are. */
export function declaredMemory(graph: Graph): number {
  let bytes = 0;
  for (const { type } of graph.inputs) bytes += sizeInBytes(type);
  for (const constant of graph.constants.values()) bytes += constant.bytes.length;
  for (const type of graph.declared.values()) bytes += sizeInBytes(type);
  return bytes;
}

/** Whose memory each value is, and the position of the last node that reads that memory. */
function lifetimes(graph: Graph) {
  const owners = new Map<Value, Value>();
  const lastUses = new Map<Value, number>();
  graph.nodes.forEach((node, position) => {
    for (const input of node.inputs) {
      const owner = owners.get(input);
      if (owner !== undefined) lastUses.set(owner, position);
    }
    node.outputs.forEach((output, index) => {
      const input = node.inputs[0] ?? "";
      const owner = views.has(node.op) && index === 0 ? owners.get(input) ?? input : output;
      owners.set(output, owner);
      if (owner === output) lastUses.set(output, position);
    });
  });
  return { owners, lastUses };
}

function sizeInBytes(type: ValueType | undefined): number {
  return type === undefined ? 0 : sizeOf(type.shape) * bytesOf[type.dtype];
}
