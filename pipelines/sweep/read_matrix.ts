/** `matrix:` -> its points, or what is wrong with it. */

import {
  type ConfigNode,
  describeNode,
  type MapEntry,
  type MapNode,
  plainValue,
} from "../config/config_node.ts";
import type { Diagnostics } from "../config/diagnostic.ts";
import { didYouMean } from "../config/did_you_mean.ts";
import { limits } from "../config/limits.ts";
import { matrixPoints, type MatrixValue, type Point } from "./matrix_points.ts";
import { Labels } from "./point_name.ts";
import { describeOrigin, type Origin } from "../config/source.ts";

export interface Matrix {
  /** The stage that it belongs to; undefined for the config's own. */
  readonly owner: string | undefined;
  /** Where each variable is first written, in order; those of `include` come last. */
  readonly variables: ReadonlyMap<string, Origin>;
  readonly points: readonly Point[];
  readonly origin: Origin;
}

const variableRule = /^[A-Za-z_][A-Za-z0-9_-]{0,31}$/;

/** Undefined when nothing of it can be used; every problem is then in `diagnostics`. */
export function readMatrix(
  { keyOrigin, node }: MapEntry,
  owner: string | undefined,
  diagnostics: Diagnostics,
): Matrix | undefined {
  const what = owner === undefined ? '"matrix"' : `"matrix" of stage "${owner}"`;
  if (node.kind !== "map") {
    const message = `${what} must be a map of variables, but is ${describeNode(node)}`;
    diagnostics.add(node.origin, message);
    return undefined;
  }
  return new MatrixReader(what, diagnostics).read(node, owner, keyOrigin);
}

class MatrixReader {
  readonly #what: string;
  readonly #diagnostics: Diagnostics;
  readonly #labels = new Map<string, Labels>();
  readonly #origins = new Map<string, Origin>();

  constructor(what: string, diagnostics: Diagnostics) {
    this.#what = what;
    this.#diagnostics = diagnostics;
  }

  read(map: MapNode, owner: string | undefined, origin: Origin): Matrix | undefined {
    const variables = new Map<string, readonly MatrixValue[]>();
    for (const [name, entry] of map.entries) {
      if (name === "include" || name === "exclude") continue;
      if (!this.#isVariable(name, entry.keyOrigin)) continue;
      variables.set(name, this.#readValues(name, entry.node));
    }
    const count = [...variables.values()].reduce((product, { length }) => product * length, 1);
    if (count > limits.points) {
      const message = `${this.#what} must have at most ${limits.points} points, but has ${count}`;
      this.#diagnostics.add(origin, message);
      return undefined;
    }
    const include = this.#readItems(map.entries.get("include")?.node, "include");
    const exclude = this.#readItems(map.entries.get("exclude")?.node, "exclude", variables);
    const points = matrixPoints({ variables, include, exclude });
    if (points.length === 0 && [...variables.values()].every(({ length }) => length > 0)) {
      const why = variables.size === 0 ? "has no variables" : '"exclude" leaves no point of it';
      this.#diagnostics.add(origin, `${this.#what} must have a point, but ${why}`);
      return undefined;
    }
    if (points.length > limits.points) {
      const found = `has ${points.length}`;
      const message = `${this.#what} must have at most ${limits.points} points, but ${found}`;
      this.#diagnostics.add(origin, message);
      return undefined;
    }
    return { owner, variables: this.#origins, points, origin };
  }

  #isVariable(name: string, origin: Origin): boolean {
    if (!variableRule.test(name)) {
      const shown = name.length > 60 ? `${name.slice(0, 57)}...` : name;
      const rule = 'must be letters, digits, "_" or "-" and have at most 32 characters';
      this.#diagnostics.add(origin, `A variable's name ${rule}, but is "${shown}"`);
      return false;
    }
    if (!this.#origins.has(name)) this.#origins.set(name, origin);
    return true;
  }

  #readValues(name: string, node: ConfigNode): readonly MatrixValue[] {
    if (node.kind !== "list") {
      const hint = () => node.kind === "scalar" ? `Write [${describeNode(node)}]` : undefined;
      const found = describeNode(node);
      const message = `Variable "${name}" must be a list of values, but is ${found}`;
      this.#diagnostics.add(node.origin, message, hint);
      return [];
    }
    if (node.items.length === 0) {
      this.#diagnostics.add(node.origin, `Variable "${name}" must have at least one value`);
    }
    const values = new Map<string, MatrixValue>();
    for (const item of node.items) {
      const value = this.#valueOf(name, item);
      const before = values.get(value.id);
      if (before !== undefined) {
        const message = `Variable "${name}" has the value ${describeNode(item)} twice`;
        const place = describeOrigin(before.node.origin);
        this.#diagnostics.add(item.origin, message, () => `The first is at ${place}`);
      }
      values.set(value.id, value);
    }
    return [...values.values()];
  }

  /** @param known Variables that an item may name; any when absent. */
  #readItems(
    node: ConfigNode | undefined,
    key: string,
    known?: ReadonlyMap<string, unknown>,
  ): readonly Point[] {
    if (node === undefined) return [];
    const rule = `"${key}" of ${this.#what} must be a list of maps`;
    if (node.kind !== "list") {
      this.#diagnostics.add(node.origin, `${rule}, but is ${describeNode(node)}`);
      return [];
    }
    if (node.items.length > limits.points) {
      const message = `"${key}" of ${this.#what} must have at most ${limits.points} items`;
      this.#diagnostics.add(node.origin, `${message}, but has ${node.items.length}`);
      return [];
    }
    return node.items.flatMap((item) => {
      if (item.kind === "map" && item.entries.size > 0) return [this.#readItem(item, key, known)];
      const found = item.kind === "map" ? "an empty map" : describeNode(item);
      this.#diagnostics.add(item.origin, `${rule}, but has ${found} in it`);
      return [];
    });
  }

  #readItem(item: MapNode, key: string, known?: ReadonlyMap<string, unknown>): Point {
    const point = new Map<string, MatrixValue>();
    for (const [name, { keyOrigin, node }] of item.entries) {
      if (known === undefined ? !this.#isVariable(name, keyOrigin) : !known.has(name)) {
        const message = `Unknown variable "${name}" in "${key}" of ${this.#what}`;
        if (known !== undefined) {
          this.#diagnostics.add(keyOrigin, message, () => didYouMean(name, known.keys()));
        }
        continue;
      }
      point.set(name, this.#valueOf(name, node));
    }
    return point;
  }

  #valueOf(name: string, node: ConfigNode): MatrixValue {
    const labels = this.#labels.get(name) ?? new Labels(name);
    this.#labels.set(name, labels);
    const id = identityOf(node);
    const scalar = node.kind === "scalar" ? String(node.value) : undefined;
    return { id, label: labels.of(id, scalar), node };
  }
}

/** Equal for equal values: JSON with sorted keys. */
export function identityOf(node: ConfigNode): string {
  return JSON.stringify(plainValue(node), (_, value: unknown) => {
    if (typeof value !== "object" || value === null || Array.isArray(value)) return value;
    return Object.fromEntries(Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1)));
  });
}
