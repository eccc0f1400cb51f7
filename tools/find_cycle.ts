/** Finds a circle of imports. */

import type { Import } from "./module_graph.ts";

/** The first circle found, first and last module equal; undefined when there is none. */
export function findCycle(imports: readonly Import[]): string[] | undefined {
  const edges = new Map<string, string[]>();
  for (const { from, to } of imports) edges.set(from, [...(edges.get(from) ?? []), to]);
  const done = new Set<string>();
  for (const start of edges.keys()) {
    const cycle = visit(start, [], edges, done);
    if (cycle) return cycle;
  }
  return undefined;
}

function visit(
  module: string,
  path: readonly string[],
  edges: ReadonlyMap<string, readonly string[]>,
  done: Set<string>,
): string[] | undefined {
  const seenAt = path.indexOf(module);
  if (seenAt >= 0) return [...path.slice(seenAt), module];
  if (done.has(module)) return undefined;
  for (const next of edges.get(module) ?? []) {
    const cycle = visit(next, [...path, module], edges, done);
    if (cycle) return cycle;
  }
  done.add(module);
  return undefined;
}
