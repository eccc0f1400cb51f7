/** `--profile name` and `--set a.b.c=value`. */

import {
  type ConfigNode,
  describeNode,
  listNode,
  type MapEntry,
  type MapNode,
  mapNode,
} from "./config_node.ts";
import type { Diagnostics } from "./diagnostic.ts";
import { didYouMean } from "./did_you_mean.ts";
import { mergeNodes } from "./merge_nodes.ts";
import { parseYaml } from "./parse_yaml.ts";
import type { Origin, Source } from "./source.ts";

/** Keys of a config that `--set` reaches; other first segments are names of stages. */
const settable: readonly string[] = ["name", "seed", "params", "matrix", "stages"];
export const stageKeys: readonly string[] = [
  "uses",
  "with",
  "inputs",
  "resources",
  "retry",
  "timeout",
  "seed",
  "matrix",
];

/** Lays the named profiles over the config, in order. */
export function applyProfiles(
  root: MapNode,
  names: readonly string[],
  diagnostics: Diagnostics,
): MapNode {
  const profiles = root.entries.get("profiles")?.node;
  let result: ConfigNode = root;
  for (const name of names) {
    const source: Source = { file: "--profile", text: name, kind: "option" };
    const profile = profiles?.kind === "map" ? profiles.entries.get(name)?.node : undefined;
    if (profile === undefined) {
      const known = profiles?.kind === "map" ? profiles.entries.keys() : [];
      const origin = { source, start: 0, end: name.length };
      const hint = () => didYouMean(name, known) ?? "The config has no profiles";
      diagnostics.add(origin, `Unknown profile "${name}"`, hint);
    } else if (profile.kind === "map") {
      // The place that a map has is the place of the file's own.
      result = { ...mergeNodes(result, profile), origin: root.origin };
    }
  }
  return result.kind === "map" ? result : root;
}

/**
 * Sets one value: `a.b.c=value`, the value being YAML. The first segment is a key of the config or
 * the name of a stage; below `with` and `inputs` new keys may be set, since the stage's schema checks
 * them; elsewhere a key must exist.
 */
export function applyOverride(root: MapNode, text: string, diagnostics: Diagnostics): MapNode {
  const source: Source = { file: "--set", text, kind: "option" };
  const equals = text.indexOf("=");
  if (equals <= 0) {
    const origin = { source, start: 0, end: Math.max(text.length, 1) };
    diagnostics.add(origin, "An override must look like stage.with.key=value");
    return root;
  }
  const value = parseYaml(source, diagnostics, equals + 1);
  if (value === undefined) return root;
  const segments = segmentsOf(source, equals);
  const first = segments[0];
  const stages = root.entries.get("stages")?.node;
  if (first !== undefined && !settable.includes(first.key)) {
    const names = stages?.kind === "map" ? [...stages.entries.keys()] : [];
    if (!names.includes(first.key)) {
      const hint = () => didYouMean(first.key, [...names, ...settable]);
      diagnostics.add(first.origin, `Unknown stage "${first.key}"`, hint);
      return root;
    }
    segments.unshift({ key: "stages", origin: first.origin });
  }
  const changed = new Setter(segments, value, diagnostics).set(root, 0);
  return changed.kind === "map" ? changed : root;
}

interface Segment {
  readonly key: string;
  readonly origin: Origin;
}

function segmentsOf(source: Source, end: number): Segment[] {
  let start = 0;
  return source.text.slice(0, end).split(".").map((key) => {
    const origin = { source, start, end: Math.max(start + key.length, start + 1) };
    start += key.length + 1;
    return { key, origin };
  });
}

class Setter {
  readonly #segments: readonly Segment[];
  readonly #value: ConfigNode;
  readonly #diagnostics: Diagnostics;

  constructor(segments: readonly Segment[], value: ConfigNode, diagnostics: Diagnostics) {
    this.#segments = segments;
    this.#value = value;
    this.#diagnostics = diagnostics;
  }

  /** The node with the value set below it, at the path from `depth` on. */
  set(node: ConfigNode, depth: number): ConfigNode {
    const segment = this.#segments[depth];
    if (segment === undefined) return this.#value;
    if (node.kind === "list") return this.#setItem(node.items, node.origin, segment, depth);
    if (node.kind === "scalar") {
      const path = this.#segments.slice(0, depth).map(({ key }) => key).join(".");
      const message = `Cannot set "${segment.key}": "${path}" is ${describeNode(node)}, not a map`;
      this.#diagnostics.add(segment.origin, message);
      return node;
    }
    const below = node.entries.get(segment.key);
    if (below === undefined && !this.#complain(node, segment, depth)) return node;
    const start = below?.node ?? mapNode(new Map(), segment.origin);
    const entry: MapEntry = { keyOrigin: segment.origin, node: this.set(start, depth + 1) };
    return mapNode(new Map(node.entries).set(segment.key, entry), node.origin);
  }

  #setItem(
    items: readonly ConfigNode[],
    origin: Origin,
    segment: Segment,
    depth: number,
  ): ConfigNode {
    const index = /^\d{1,6}$/.test(segment.key) ? Number(segment.key) : -1;
    const item = items[index];
    if (item === undefined) {
      const message = `Cannot set item "${segment.key}" of a list with ${items.length} items`;
      this.#diagnostics.add(segment.origin, message, () => "Items count from 0");
      return listNode(items, origin);
    }
    return listNode(items.with(index, this.set(item, depth + 1)), origin);
  }

  /** Whether a new key may be made here; says so when not. */
  #complain(node: ConfigNode, segment: Segment, depth: number): boolean {
    const [top, , field] = this.#segments.map(({ key }) => key);
    const isForbidden = ["__proto__", "constructor", "prototype", "<<", ""].includes(segment.key);
    const known = top === "stages" && depth === 2 ? stageKeys : knownKeys(node);
    const isFree = depth === 0 ? settable.includes(segment.key) : top === "stages" &&
      (depth === 2 ? stageKeys.includes(segment.key) : depth > 2 && field !== "uses");
    if (isFree && !isForbidden) return true;
    const things: Readonly<Record<string, string>> = { params: "parameter", matrix: "variable" };
    const what = top === "stages" && depth === 1 ? "stage" : things[top ?? ""] ?? "key";
    const hint = () => didYouMean(segment.key, known);
    this.#diagnostics.add(segment.origin, `Unknown ${what} "${segment.key}"`, hint);
    return false;
  }
}

function knownKeys(node: ConfigNode): readonly string[] {
  return node.kind === "map" ? [...node.entries.keys()] : [];
}
