/** YAML text -> located values: the JSON part of YAML 1.2, within limits, or diagnostics. */

import {
  isAlias,
  isMap,
  isScalar,
  isSeq,
  type Node,
  parseDocument,
  type Scalar,
  type YAMLMap,
} from "yaml";
import { type ConfigNode, listNode, type MapEntry, mapNode, scalarNode } from "./config_node.ts";
import type { Diagnostics } from "./diagnostic.ts";
import { findDeepPlace } from "./estimate_depth.ts";
import { limits } from "./limits.ts";
import { describeOrigin, type Origin, type Source } from "./source.ts";

/** Never own keys of ours: code that merges maps must not meet them. */
const forbiddenKeys: ReadonlySet<string> = new Set(["__proto__", "constructor", "prototype"]);

const coreTags: ReadonlySet<string> = new Set(
  ["str", "int", "float", "bool", "null", "map", "seq"].map((name) => `tag:yaml.org,2002:${name}`),
);

/**
 * Parses a source from `start` on. Whatever is wrong goes to `diagnostics`; undefined means that it
 * made no sense to go on.
 */
export function parseYaml(
  source: Source,
  diagnostics: Diagnostics,
  start = 0,
): ConfigNode | undefined {
  const text = source.text.slice(start);
  const at = (from: number, to: number): Origin => ({
    source,
    start: start + from,
    end: start + to,
  });
  if (new TextEncoder().encode(text).length > limits.bytes) {
    diagnostics.add(at(0, 1), `A config file must be at most ${limits.bytes / 1024} KiB`);
    return undefined;
  }
  const deep = findDeepPlace(text, limits.depth);
  if (deep !== undefined) {
    diagnostics.add(at(deep.offset, deep.offset + 1), tooDeep);
    return undefined;
  }
  const document = parseDocument(text, {
    schema: "core",
    version: "1.2",
    merge: false,
    prettyErrors: false,
    logLevel: "error",
    // Both are checked below: the library's own check of keys is quadratic.
    uniqueKeys: false,
  });
  if (document.directives.yaml.explicit === true) {
    diagnostics.add(at(0, 1), "A config must be one YAML document without directives");
  }
  for (const { message, pos } of document.errors) {
    diagnostics.add(at(pos[0], pos[1]), `Cannot read YAML: ${message.replace(/\.?\s*$/, "")}`);
  }
  if (!diagnostics.isEmpty) return undefined;
  if (document.contents === null) return scalarNode(null, at(0, 1));
  return new Converter(at, diagnostics).convert(document.contents);
}

const tooDeep = `Maps and lists must nest at most ${limits.depth} levels deep`;

class Converter {
  readonly #at: (from: number, to: number) => Origin;
  readonly #diagnostics: Diagnostics;
  /** Latest node of each anchor; undefined while it is still open. */
  readonly #anchors = new Map<string, ConfigNode | undefined>();
  #isTooLarge = false;

  constructor(at: (from: number, to: number) => Origin, diagnostics: Diagnostics) {
    this.#at = at;
    this.#diagnostics = diagnostics;
  }

  convert(node: Node): ConfigNode {
    const origin = this.#originOf(node);
    if (isAlias(node)) return this.#resolveAlias(node.source, origin);
    const anchor = isMap(node) || isSeq(node) || isScalar(node) ? node.anchor : undefined;
    if (anchor !== undefined) this.#anchors.set(anchor, undefined);
    const content = this.#hasGoodTag(node, origin)
      ? this.#convertContent(node, origin)
      : scalarNode(null, origin);
    const converted = this.#checkSize(content);
    if (anchor !== undefined) this.#anchors.set(anchor, converted);
    return converted;
  }

  #convertContent(node: Node, origin: Origin): ConfigNode {
    if (isMap(node)) return this.#convertMap(node, origin);
    if (isSeq(node)) {
      // An empty item ("-" alone) is a null that stands where its dash is.
      const items = node.items as readonly (Node | null)[];
      return listNode(
        items.map((item) => item === null ? scalarNode(null, origin) : this.convert(item)),
        origin,
      );
    }
    return this.#convertScalar(isScalar(node) ? node : undefined, origin);
  }

  #convertMap(node: YAMLMap, origin: Origin): ConfigNode {
    const entries = new Map<string, MapEntry>();
    for (const { key, value } of node.items as { key: Node | null; value: Node | null }[]) {
      const keyOrigin = key === null ? origin : this.#originOf(key);
      const name = isScalar(key) ? key.value : undefined;
      const complaint = complaintAboutKey(name, entries);
      const first = typeof name === "string" ? entries.get(name)?.keyOrigin : undefined;
      if (complaint !== undefined) {
        const hint = () => first && `It is first set at ${describeOrigin(first)}`;
        this.#diagnostics.add(keyOrigin, complaint, hint);
      }
      const content = value === null ? scalarNode(null, keyOrigin) : this.convert(value);
      if (complaint === undefined) entries.set(String(name), { keyOrigin, node: content });
    }
    return mapNode(entries, origin);
  }

  #convertScalar(node: Scalar | undefined, origin: Origin): ConfigNode {
    const value: unknown = node?.value ?? null;
    switch (typeof value) {
      case "number": {
        const complaint = complaintAboutNumber(value, node?.source);
        if (complaint !== undefined) this.#diagnostics.add(origin, complaint);
        return scalarNode(value, origin);
      }
      case "string":
        if (!value.isWellFormed()) {
          this.#diagnostics.add(origin, "Text must be well-formed Unicode");
        }
        return scalarNode(value, origin);
      case "boolean":
        return scalarNode(value, origin);
      default:
        if (value !== null) this.#diagnostics.add(origin, "A value must be one that JSON can hold");
        return scalarNode(null, origin);
    }
  }

  #resolveAlias(name: string, origin: Origin): ConfigNode {
    const target = this.#anchors.get(name);
    if (target !== undefined) return target;
    const why = this.#anchors.has(name) ? "contains itself" : "has no anchor before it";
    this.#diagnostics.add(origin, `Alias "*${name}" ${why}`);
    return scalarNode(null, origin);
  }

  #hasGoodTag(node: Node, origin: Origin): boolean {
    const { tag } = node as { tag?: string };
    if (tag === undefined || coreTags.has(tag)) return true;
    const shown = tag.replace("tag:yaml.org,2002:", "!!");
    this.#diagnostics.add(
      origin,
      `Tag "${shown}" is not allowed: a config holds plain JSON values`,
    );
    return false;
  }

  #checkSize(node: ConfigNode): ConfigNode {
    const isDeep = node.depth > limits.depth;
    if (this.#isTooLarge || (!isDeep && node.size <= limits.nodes)) return node;
    this.#isTooLarge = true;
    this.#diagnostics.add(node.origin, isDeep ? tooDeep : tooManyValues);
    return node;
  }

  #originOf(node: Node): Origin {
    const [from, to] = node.range ?? [0, 1, 1];
    return this.#at(from, to);
  }
}

export const tooManyValues =
  `A config must hold at most ${limits.nodes} values, counted after aliases and interpolation`;

function complaintAboutKey(name: unknown, seen: ReadonlyMap<string, unknown>): string | undefined {
  if (typeof name !== "string") return "A key must be text";
  if (name === "<<") return `Merge key "<<" is not allowed: compose files with "extends" instead`;
  if (forbiddenKeys.has(name)) return `Key "${name}" is not allowed`;
  if (seen.has(name)) return `Key "${name}" is already set in this map`;
  return undefined;
}

function complaintAboutNumber(value: number, written: string | undefined): string | undefined {
  if (!Number.isFinite(value)) return "A number must be finite";
  if (Object.is(value, -0)) return "A number must not be -0: write 0";
  if (Number.isInteger(value) && !Number.isSafeInteger(value) && !/[.eE]/.test(written ?? "")) {
    return "An integer must be within ±(2^53 - 1): quote it to keep its digits";
  }
  return undefined;
}
