/** A config's values with the place each was written at. */

import type { Json } from "../../artifacts/weights.ts";
import type { Origin } from "./source.ts";

export type Scalar = null | boolean | number | string;

interface NodeBase {
  /** Where the value is written. */
  readonly origin: Origin;
  /** Where it is used, when `${params.x}` brought it here. */
  readonly usedAt?: Origin;
  /** Values in this tree, counting a shared subtree as often as it is reached, and 64 characters as one. */
  readonly size: number;
  /** Levels in this tree; 1 for a scalar. */
  readonly depth: number;
}

export interface ScalarNode extends NodeBase {
  readonly kind: "scalar";
  readonly value: Scalar;
}

export interface ListNode extends NodeBase {
  readonly kind: "list";
  readonly items: readonly ConfigNode[];
}

export interface MapEntry {
  readonly keyOrigin: Origin;
  readonly node: ConfigNode;
}

export interface MapNode extends NodeBase {
  readonly kind: "map";
  readonly entries: ReadonlyMap<string, MapEntry>;
}

export type ConfigNode = ScalarNode | ListNode | MapNode;

export function scalarNode(value: Scalar, origin: Origin): ScalarNode {
  // Long text counts as several values: sharing it must not multiply it beyond the limit either.
  const size = typeof value === "string" ? 1 + (value.length >> 6) : 1;
  return { kind: "scalar", value, origin, size, depth: 1 };
}

export function listNode(items: readonly ConfigNode[], origin: Origin): ListNode {
  return { kind: "list", items, origin, ...measure(items) };
}

export function mapNode(entries: ReadonlyMap<string, MapEntry>, origin: Origin): MapNode {
  const nodes = Array.from(entries.values(), ({ node }) => node);
  return { kind: "map", entries, origin, ...measure(nodes) };
}

function measure(children: readonly ConfigNode[]): { size: number; depth: number } {
  let [size, depth] = [1, 0];
  for (const child of children) {
    size += child.size;
    depth = Math.max(depth, child.depth);
  }
  return { size, depth: depth + 1 };
}

/** The bare value. Keys like `__proto__` cannot occur: the parser refuses them. */
export function plainValue(node: ConfigNode): Json {
  switch (node.kind) {
    case "scalar":
      return node.value;
    case "list":
      return node.items.map(plainValue);
    case "map":
      return Object.fromEntries(
        [...node.entries].map(([key, { node }]) => [key, plainValue(node)]),
      );
  }
  node satisfies never;
}

/** The node at a path, or undefined. */
export function nodeAt(node: ConfigNode, path: readonly PropertyKey[]): ConfigNode | undefined {
  let here: ConfigNode | undefined = node;
  for (const step of path) {
    if (here?.kind === "map") here = here.entries.get(String(step))?.node;
    else if (here?.kind === "list") here = here.items[Number(step)];
    else return undefined;
  }
  return here;
}

/** "a list", "a map", or the scalar as JSON: for messages. */
export function describeNode(node: ConfigNode): string {
  if (node.kind === "list") return "a list";
  if (node.kind === "map") return "a map";
  const text = JSON.stringify(node.value);
  return text.length > 60 ? `${text.slice(0, 57)}...` : text;
}
