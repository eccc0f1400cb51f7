/** Which variables of a sweep a part of a config uses, directly or through parameters. */

import { type ConfigNode, type MapNode, nodeAt } from "../config/config_node.ts";
import { reference } from "../config/interpolate.ts";
import type { Origin } from "../config/source.ts";

/** Variables with a place where each is used. */
export type References = ReadonlyMap<string, Origin>;

const none: References = new Map();

/** Finds `${matrix.x}`; each node is searched once, however often it is shared. */
export class ReferenceFinder {
  readonly #params: MapNode | undefined;
  readonly #known = new Map<ConfigNode, References>();

  constructor(params: MapNode | undefined) {
    this.#params = params;
  }

  /** Parameters that refer to each other in a circle are searched as far as they go. */
  of(node: ConfigNode): References {
    const known = this.#known.get(node);
    if (known !== undefined) return known;
    this.#known.set(node, none);
    const found = this.#search(node);
    this.#known.set(node, found);
    return found;
  }

  #search(node: ConfigNode): References {
    switch (node.kind) {
      case "scalar":
        return typeof node.value === "string" ? this.#inText(node.value, node.origin) : none;
      case "list":
        return union(node.items.map((item) => this.of(item)));
      case "map":
        return union(Array.from(node.entries.values(), (entry) => this.of(entry.node)));
    }
    node satisfies never;
  }

  #inText(text: string, origin: Origin): References {
    if (!text.includes("${")) return none;
    const found = Array.from(text.matchAll(reference), ([written, name]): References => {
      const [root, first, ...rest] = (name ?? "").trim().split(".");
      if (written === "$${" || first === undefined) return none;
      if (root === "matrix") return new Map([[first, origin]]);
      const target = root === "params" && this.#params && nodeAt(this.#params, [first, ...rest]);
      return target ? this.of(target) : none;
    });
    return union(found);
  }
}

/** All of them, each with its first place. */
export function union(all: readonly References[]): References {
  const filled = all.filter(({ size }) => size > 0);
  if (filled.length < 2) return filled[0] ?? none;
  const merged = new Map<string, Origin>();
  for (const each of filled) {
    for (const [name, origin] of each) if (!merged.has(name)) merged.set(name, origin);
  }
  return merged;
}
