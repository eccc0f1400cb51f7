/** Replaces `${params.x}` and `${matrix.x}`. */

import type { ConfigNode, MapEntry, MapNode } from "./config_node.ts";
import { describeNode, listNode, mapNode, nodeAt, scalarNode } from "./config_node.ts";
import type { Diagnostics } from "./diagnostic.ts";
import { didYouMean } from "./did_you_mean.ts";
import { limits } from "./limits.ts";
import { tooManyValues } from "./parse_yaml.ts";
import type { Origin } from "./source.ts";

/** What `${matrix.x}` stands for while one point of a sweep is written out. */
export interface MatrixScope {
  /** The variable's value; undefined for a name whose use was already found to be wrong. */
  valueOf(variable: string): ConfigNode | undefined;
}

/**
 * A string that is `${params.x}` and nothing else becomes that parameter, whatever its type; inside
 * a longer string a scalar parameter is written out. `$${` stands for a literal `${`. Parameters may
 * refer to one another. There is nothing else to interpolate: no environment, no code.
 *
 * @param root The config; its `params` map gives the values. `profiles` are left as they are.
 */
export function interpolate(root: MapNode, diagnostics: Diagnostics): MapNode {
  const params = root.entries.get("params")?.node;
  const interpolator = new Interpolator(params?.kind === "map" ? params : undefined, diagnostics);
  const entries = new Map<string, MapEntry>();
  for (const [key, { keyOrigin, node }] of root.entries) {
    const kept = key === "profiles" || key === "extends";
    entries.set(key, { keyOrigin, node: kept ? node : interpolator.visit(node, []) });
  }
  return mapNode(entries, root.origin);
}

/** `$${` or `${...}`, the latter with its content. */
export const reference = /\$\$\{|\$\{([^}]*)\}?/g;

/** Remembers what it has replaced, so that a shared value costs once. */
export class Interpolator {
  readonly #params: MapNode | undefined;
  readonly #diagnostics: Diagnostics;
  readonly #matrix: MatrixScope | undefined;
  readonly #known = new Map<ConfigNode, ConfigNode>();
  readonly #open = new Set<ConfigNode>();
  #isTooLarge = false;

  /** @param matrix Absent where no sweep is: `${matrix.x}` is then an error. */
  constructor(params: MapNode | undefined, diagnostics: Diagnostics, matrix?: MatrixScope) {
    this.#params = params;
    this.#diagnostics = diagnostics;
    this.#matrix = matrix;
  }

  /**
   * @param trail Parameters that led here.
   * @param at Where the node is asked for.
   */
  visit(node: ConfigNode, trail: readonly string[], at = () => node.origin): ConfigNode {
    if (!hasReference(node)) return this.#checkSize(node);
    const known = this.#known.get(node);
    if (known !== undefined) return known;
    if (this.#open.has(node)) {
      const loop = [...trail, ...trail.slice(0, 1)].join(" -> ");
      this.#diagnostics.add(at(), `Parameters refer to each other in a circle: ${loop}`);
      return scalarNode(null, node.origin);
    }
    this.#open.add(node);
    const visited = this.#checkSize(this.#visitContent(node, trail));
    this.#open.delete(node);
    // A whole reference is as quickly resolved again, and a sweep has very many.
    if (visited.usedAt === undefined) this.#known.set(node, visited);
    return visited;
  }

  #visitContent(node: ConfigNode, trail: readonly string[]): ConfigNode {
    switch (node.kind) {
      case "scalar":
        if (typeof node.value !== "string" || !node.value.includes("${")) return node;
        return this.#visitString(node.value, node.origin, trail);
      case "list":
        return listNode(node.items.map((item) => this.visit(item, trail)), node.origin);
      case "map": {
        const entries = new Map<string, MapEntry>();
        for (const [key, entry] of node.entries) {
          entries.set(key, { keyOrigin: entry.keyOrigin, node: this.visit(entry.node, trail) });
        }
        return mapNode(entries, node.origin);
      }
    }
    node satisfies never;
  }

  #visitString(text: string, origin: Origin, trail: readonly string[]): ConfigNode {
    const whole = /^\$\{([^}]*)\}$/.exec(text);
    if (whole !== null) {
      const value = this.#resolve(whole[1] ?? "", () => place(origin, text), trail);
      return value === undefined ? scalarNode(null, origin) : { ...value, usedAt: origin };
    }
    const parts: string[] = [];
    let length = 0;
    let end = 0;
    for (const match of text.matchAll(reference)) {
      const written = match[0] === "$${"
        ? "${"
        : this.#writeOut(match[0], match[1] ?? "", origin, trail);
      parts.push(text.slice(end, match.index), written);
      end = match.index + match[0].length;
      length += written.length;
      if (length > limits.stringLength) {
        this.#diagnostics.add(
          origin,
          `Text must be at most ${limits.stringLength} characters long`,
        );
        return scalarNode("", origin);
      }
    }
    return scalarNode(parts.join("") + text.slice(end), origin);
  }

  #writeOut(written: string, name: string, origin: Origin, trail: readonly string[]): string {
    const at = place(origin, written);
    if (!written.endsWith("}")) {
      this.#diagnostics.add(
        at,
        'Interpolation must end with "}"',
        () => 'Write "$${" for a plain "${"',
      );
      return "";
    }
    const value = this.#resolve(name, () => at, trail);
    if (value === undefined || value.kind === "scalar") return String(value?.value ?? "");
    const found = describeNode(value);
    this.#diagnostics.add(at, `"\${${name}}" inside text must be a scalar, but is ${found}`);
    return "";
  }

  #resolve(name: string, at: () => Origin, trail: readonly string[]): ConfigNode | undefined {
    const path = name.trim().split(".");
    if (path[0] === "matrix" && path.length > 1) return this.#resolveVariable(path, at);
    if (path[0] !== "params" || path.length < 2) {
      const rule = "Only parameters can be interpolated";
      this.#diagnostics.add(at(), `${rule}, as in "\${params.name}", but not "\${${name}}"`);
      return undefined;
    }
    const target = this.#params && nodeAt(this.#params, path.slice(1));
    if (target === undefined) {
      const known = this.#params?.entries.keys() ?? [];
      const hint = () => didYouMean(path[1] ?? "", known);
      this.#diagnostics.add(at(), `Unknown parameter "${path.slice(1).join(".")}"`, hint);
      return undefined;
    }
    const id = path.join(".");
    if (trail.length >= limits.interpolationDepth) {
      const rule =
        `Parameters may refer to each other over at most ${limits.interpolationDepth} steps`;
      this.#diagnostics.add(at(), rule);
      return undefined;
    }
    return this.visit(target, [...trail, id], at);
  }

  #resolveVariable(path: readonly string[], at: () => Origin): ConfigNode | undefined {
    const [, variable = "", ...rest] = path;
    if (this.#matrix === undefined) {
      const message = `Unknown variable "${variable}": no matrix can be used here`;
      this.#diagnostics.add(at(), message);
      return undefined;
    }
    const value = this.#matrix.valueOf(variable);
    const found = value && nodeAt(value, rest);
    if (value !== undefined && found === undefined) {
      const known = value.kind === "map" ? value.entries.keys() : [];
      const message = `Variable "${variable}" is ${describeNode(value)} without "${
        rest.join(".")
      }"`;
      this.#diagnostics.add(at(), message, () => didYouMean(rest[0] ?? "", known));
    }
    return found;
  }

  #checkSize(node: ConfigNode): ConfigNode {
    if (node.depth <= limits.depth && node.size <= limits.nodes) return node;
    if (!this.#isTooLarge) this.#diagnostics.add(node.origin, tooManyValues);
    this.#isTooLarge = true;
    // Cut here: whatever contains this must not grow further.
    return scalarNode(null, node.origin);
  }
}

const referring = new WeakMap<ConfigNode, boolean>();

/** Whether anything below a node is to be replaced: what is not is shared by all points of a sweep. */
function hasReference(node: ConfigNode): boolean {
  const known = referring.get(node);
  if (known !== undefined) return known;
  const found = node.kind === "scalar"
    ? typeof node.value === "string" && node.value.includes("${")
    : node.kind === "list"
    ? node.items.some(hasReference)
    : [...node.entries.values()].some((entry) => hasReference(entry.node));
  referring.set(node, found);
  return found;
}

/** Where a piece of a scalar is written, when it can be found in the text as it stands. */
function place(origin: Origin, piece: string): Origin {
  const raw = origin.source.text.slice(origin.start, origin.end);
  const index = raw.indexOf(piece);
  if (index < 0) return origin;
  return { ...origin, start: origin.start + index, end: origin.start + index + piece.length };
}
