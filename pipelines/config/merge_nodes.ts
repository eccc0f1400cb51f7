/** Puts one config over another. */

import { type ConfigNode, type MapEntry, mapNode } from "./config_node.ts";

/**
 * `over` wins, except that two maps merge key by key; a list replaces a list. Keys keep the order of
 * `base`, new ones follow. Every value keeps the place it was written at.
 */
export function mergeNodes(base: ConfigNode, over: ConfigNode): ConfigNode {
  if (base.kind !== "map" || over.kind !== "map") return over;
  const entries = new Map<string, MapEntry>(base.entries);
  for (const [key, entry] of over.entries) {
    const below = entries.get(key);
    const node = below === undefined ? entry.node : mergeNodes(below.node, entry.node);
    entries.set(key, { keyOrigin: entry.keyOrigin, node });
  }
  return mapNode(entries, over.origin);
}
