/** A config's values with the place each was written at. */

import type { Json } from "../artifacts/weights.ts";
import type { Origin } from "./source.ts";

export type Scalar = null | boolean | number | string;

interface NodeBase {
  /** Where the value is written. */
  readonly origin: Origin;
  /** Where it is used, when `${params.x}` brought it here. */
  readonly usedAt?: Origin;
  /** Nodes in this tree, counting a shared subtree as often as it is reached. */
  readonly size: number;
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
  return { kind: "scalar", value, origin, size: 1 };
}

export function listNode(items: readonly ConfigNode[], origin: Origin): ListNode {
  return { kind: "list", items, origin, size: items.reduce((sum, { size }) => sum + size, 1) };
}

export function mapNode(entries: ReadonlyMap<string, MapEntry>, origin: Origin): MapNode {
  let size = 1;
  for (const { node } of entries.values()) size += node.size;
  return { kind: "map", entries, origin, size };
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
