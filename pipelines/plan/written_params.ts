/** Which parameters a config writes, and which the stage's schema fills in. */

import type { Json } from "../../artifacts/weights.ts";
import type { ConfigNode, MapNode } from "../config/config_node.ts";

/** Paths of the leaves of `params` that `config` writes, such as `model.width`; lists count as leaves. */
export function writtenParams(
  params: { readonly [name: string]: Json },
  config: MapNode,
): readonly string[] {
  return Object.entries(params).flatMap(([name, value]) => {
    const node = config.entries.get(name)?.node;
    return node === undefined ? [] : writtenBelow(name, value, node);
  });
}

/** A schema may make a map of a scalar: then all of it is written. */
function writtenBelow(path: string, value: Json, node: ConfigNode): readonly string[] {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return [path];
  return Object.entries(value).flatMap(([name, item]) => {
    if (node.kind !== "map") return writtenBelow(`${path}.${name}`, item, node);
    const inner = node.entries.get(name)?.node;
    return inner === undefined ? [] : writtenBelow(`${path}.${name}`, item, inner);
  });
}
