/** A sweep written out: each stage once for every point that makes a difference to it. */

import { choosePoints } from "./choose_points.ts";
import {
  type ConfigNode,
  type MapEntry,
  type MapNode,
  mapNode,
  type ScalarNode,
  scalarNode,
} from "../config/config_node.ts";
import type { Diagnostics } from "../config/diagnostic.ts";
import { interpolate, Interpolator } from "../config/interpolate.ts";
import { limits } from "../config/limits.ts";
import { type Point, pointId, pointLabel, project } from "./matrix_points.ts";
import { ReferenceFinder, type References } from "./matrix_references.ts";
import { splitReference } from "./point_name.ts";
import type { Matrix } from "./read_matrix.ts";
import { readMatrices, reportUnusable, reportUnused } from "./sweep_scope.ts";
import { PointSets } from "./point_sets.ts";
import { spreadVariables } from "./spread_variables.ts";
import { pointsOfStages } from "./stage_points.ts";

/**
 * Interpolates a config and writes its sweep out: a stage is expanded over the variables that it, its
 * seed or a stage upstream of it uses, and reads from the points of the others that agree with its own.
 * Stages that use none stay single, so whatever points share is there once.
 *
 * In the result an expanded stage has its `point`, and its `seed` where the seed of the run is swept.
 * @param choices `--point` texts.
 * @throws {ConfigError} When the sweep itself is wrong: nothing can be said of its points then.
 * @throws {PointChoiceError} When there is no such point.
 */
export function expandMatrix(
  root: MapNode,
  choices: readonly string[],
  diagnostics: Diagnostics,
): MapNode {
  const stages = root.entries.get("stages")?.node;
  const params = root.entries.get("params")?.node;
  const paramMap = params?.kind === "map" ? params : undefined;
  const isSweep = root.entries.has("matrix") || stages?.kind === "map" &&
      [...stages.entries.values()].some(({ node }) =>
        node.kind === "map" && node.entries.has("matrix")
      );
  if (!isSweep || stages?.kind !== "map") {
    choosePoints([], choices);
    return interpolate(root, diagnostics);
  }
  const matrices = readMatrices(root, stages, paramMap, diagnostics);
  diagnostics.throwIfAny();
  const chosen = choosePoints(matrices, choices);
  return new Expander(root, stages, paramMap, chosen, diagnostics).expand();
}

/** A stage before it is written out. */
interface Template {
  readonly entry: MapEntry;
  readonly node: MapNode;
  /** What it uses itself. */
  readonly own: ReadonlySet<string>;
}

class Expander {
  readonly #root: MapNode;
  readonly #params: MapNode | undefined;
  readonly #matrices: readonly Matrix[];
  readonly #diagnostics: Diagnostics;
  readonly #finder: ReferenceFinder;
  readonly #interpolators = new Map<string, Interpolator>();
  readonly #templates = new Map<string, Template>();
  readonly #others: ReadonlyMap<string, MapEntry>;
  readonly #sets: PointSets;
  #size = 0;

  constructor(
    root: MapNode,
    stages: MapNode,
    params: MapNode | undefined,
    matrices: readonly Matrix[],
    diagnostics: Diagnostics,
  ) {
    this.#root = root;
    this.#params = params;
    this.#matrices = matrices;
    this.#diagnostics = diagnostics;
    this.#finder = new ReferenceFinder(params);
    this.#sets = new PointSets(matrices);
    const seed = root.entries.get("seed");
    const others = new Map<string, MapEntry>();
    for (const [name, entry] of stages.entries) {
      const { node } = entry;
      if (node.kind !== "map") {
        others.set(name, entry);
        continue;
      }
      const isSeeded = seed !== undefined && !node.entries.has("seed");
      const entries = new Map(isSeeded && this.#uses(seed.node) ? [["seed", seed]] : []);
      for (const [key, value] of node.entries) if (key !== "matrix") entries.set(key, value);
      const bare = mapNode(entries, node.origin);
      const own = new Set(this.#finder.of(bare).keys());
      this.#templates.set(name, { entry, node: bare, own });
    }
    this.#others = others;
  }

  expand(): MapNode {
    const references = new Map<string, References>();
    for (const [name, { node }] of this.#templates) references.set(name, this.#finder.of(node));
    const outside = [...this.#root.entries].filter(([key]) => !isSwept(key));
    reportUnusable(
      { references, matrices: this.#matrices, finder: this.#finder, outside },
      this.#diagnostics,
    );
    this.#diagnostics.throwIfAny();

    const spread = spreadVariables(
      new Map([...this.#templates].map(([name, template]) => [name, {
        own: template.own,
        upstream: this.#upstreamOf(name, template),
      }])),
      this.#matrices,
    );
    reportUnused({ references, matrices: this.#matrices, spread }, this.#diagnostics);
    this.#diagnostics.throwIfAny();
    return this.#withStages(this.#writeOut(spread.variables));
  }

  #uses(node: ConfigNode): boolean {
    return this.#finder.of(node).size > 0;
  }

  /** Stages that a stage reads from at some point. */
  #upstreamOf(name: string, template: Template): ReadonlySet<string> {
    const found = new Set<string>();
    const written = template.node.entries.get("inputs")?.node;
    if (written === undefined) return found;
    const points = this.#sets.of(new Set(this.#finder.of(written).keys())).points;
    for (const point of points.length === 0 ? [new Map()] : points) {
      const inputs = this.#interpolator(point).visit(written, []);
      if (inputs.kind !== "map" || !this.#hasRoom(inputs, template.entry)) break;
      for (const { node } of inputs.entries.values()) {
        const [stage = ""] = splitReference(textOf(node) ?? "");
        if (stage !== name && this.#templates.has(stage)) found.add(stage);
      }
    }
    return found;
  }

  #writeOut(variables: ReadonlyMap<string, readonly string[]>): Map<string, MapEntry> {
    const stages = new Map(this.#others);
    const places = Array.from(
      this.#templates,
      ([name, { entry }]) => [name, entry.keyOrigin] as const,
    );
    const all = pointsOfStages(new Map(places), variables, this.#sets, this.#diagnostics);
    this.#diagnostics.throwIfAny();
    for (const [name, template] of this.#templates) {
      const { keyOrigin } = template.entry;
      const points = all.get(name);
      if (points === undefined) {
        stages.set(name, { keyOrigin, node: this.#interpolated(template, new Map()) });
        continue;
      }
      if (template.node.entries.has("point")) {
        this.#diagnostics.add(keyOrigin, `Stage "${name}" must not give its "point" itself`);
      }
      for (const point of points) {
        const node = this.#written(template, point, variables);
        if (!this.#hasRoom(node, template.entry)) return stages;
        stages.set(`${name}@${pointLabel(point)}`, { keyOrigin, node });
      }
    }
    return stages;
  }

  /** Counts values, so that a small file cannot fill the memory. */
  #hasRoom({ size }: ConfigNode, { keyOrigin }: MapEntry): boolean {
    this.#size += size;
    if (this.#size <= limits.expandedNodes) return true;
    const message = `A sweep may have at most ${limits.expandedNodes} values in its stages`;
    this.#diagnostics.add(keyOrigin, message);
    return false;
  }

  /** One point of a stage, wired to the points of its inputs that agree with it. */
  #written(
    template: Template,
    point: Point,
    variables: ReadonlyMap<string, readonly string[]>,
  ): MapNode {
    const node = this.#interpolated(template, project(point, template.own));
    const entries = new Map(node.entries);
    const inputs = entries.get("inputs");
    if (inputs?.node.kind === "map") {
      const wired = new Map<string, MapEntry>();
      for (const [port, input] of inputs.node.entries) {
        wired.set(port, { ...input, node: this.#wired(input.node, point, variables) });
      }
      entries.set("inputs", { ...inputs, node: mapNode(wired, inputs.node.origin) });
    }
    const values = new Map<string, MapEntry>();
    for (const [name, { node }] of point) values.set(name, { keyOrigin: node.origin, node });
    const { keyOrigin } = template.entry;
    entries.set("point", { keyOrigin, node: mapNode(values, node.origin) });
    return mapNode(entries, node.origin);
  }

  #wired(
    node: ConfigNode,
    point: Point,
    variables: ReadonlyMap<string, readonly string[]>,
  ): ConfigNode {
    const [stage = "", ...rest] = splitReference(textOf(node) ?? "");
    const used = variables.get(stage) ?? [];
    if (used.length === 0) return node;
    const name = `${stage}@${pointLabel(project(point, used))}`;
    const { origin, usedAt } = node;
    const wired: ScalarNode = scalarNode([name, ...rest].join("."), origin);
    return usedAt === undefined ? wired : { ...wired, usedAt };
  }

  #interpolated({ node }: Template, point: Point): MapNode {
    const visited = this.#interpolator(point).visit(node, []);
    return visited.kind === "map" ? visited : node;
  }

  /** Equal points share an interpolator, and so what it has replaced already. */
  #interpolator(point: Point): Interpolator {
    const id = pointId(point);
    const interpolator = this.#interpolators.get(id) ??
      new Interpolator(this.#params, this.#diagnostics, {
        valueOf: (variable) => point.get(variable)?.node,
      });
    this.#interpolators.set(id, interpolator);
    return interpolator;
  }

  /** The config with these stages, and the seed of the first point for the run. */
  #withStages(stages: ReadonlyMap<string, MapEntry>): MapNode {
    const first = new Map<string, ConfigNode>();
    for (const { points } of this.#matrices) {
      for (const [name, { node }] of points[0] ?? []) first.set(name, node);
    }
    const scope = { valueOf: (variable: string) => first.get(variable) };
    const interpolator = new Interpolator(this.#params, this.#diagnostics, scope);
    const entries = new Map<string, MapEntry>();
    for (const [key, { keyOrigin, node }] of this.#root.entries) {
      if (key === "matrix") continue;
      const isKept = key === "profiles" || key === "extends" || key === "stages";
      const written = key === "stages" ? mapNode(stages, node.origin) : node;
      entries.set(key, { keyOrigin, node: isKept ? written : interpolator.visit(node, []) });
    }
    return mapNode(entries, this.#root.origin);
  }
}

/** Keys in which the variables may be used; profiles are used only where they were laid over. */
function isSwept(key: string): boolean {
  return ["stages", "params", "seed", "matrix", "profiles"].includes(key);
}

function textOf(node: ConfigNode): string | undefined {
  return node.kind === "scalar" && typeof node.value === "string" ? node.value : undefined;
}
