/** The matrices of a config, and whether their variables are used where they can be. */

import type { MapEntry, MapNode } from "../config/config_node.ts";
import type { Diagnostics } from "../config/diagnostic.ts";
import { didYouMean } from "../config/did_you_mean.ts";
import { Interpolator } from "../config/interpolate.ts";
import type { ReferenceFinder, References } from "./matrix_references.ts";
import { type Matrix, readMatrix } from "./read_matrix.ts";
import { describeOrigin, type Origin } from "../config/source.ts";
import type { Spread } from "./spread_variables.ts";

/** The config's own matrix first, then those of stages; their values may use `${params.x}`. */
export function readMatrices(
  root: MapNode,
  stages: MapNode,
  params: MapNode | undefined,
  diagnostics: Diagnostics,
): readonly Matrix[] {
  const interpolator = new Interpolator(params, diagnostics);
  const read = (entry: MapEntry | undefined, owner: string | undefined) => {
    if (entry === undefined) return [];
    const node = interpolator.visit(entry.node, []);
    return readMatrix({ ...entry, node }, owner, diagnostics) ?? [];
  };
  const matrices = [
    read(root.entries.get("matrix"), undefined),
    ...Array.from(
      stages.entries,
      ([name, { node }]) => node.kind === "map" ? read(node.entries.get("matrix"), name) : [],
    ),
  ].flat();
  reportRepeated(matrices, diagnostics);
  return matrices;
}

/** One name, one variable: a stage downstream of two could not tell them apart. */
function reportRepeated(matrices: readonly Matrix[], diagnostics: Diagnostics): void {
  const first = new Map<string, Origin>();
  for (const { variables } of matrices) {
    for (const [name, origin] of variables) {
      const before = first.get(name);
      if (before === undefined) {
        first.set(name, origin);
        continue;
      }
      const message = `Variable "${name}" is in two matrices`;
      const place = describeOrigin(before);
      const hint = () => `The other is at ${place}; write it once, in the "matrix" of the config`;
      diagnostics.add(origin, message, hint);
    }
  }
}

interface Uses {
  /** By stage. */
  readonly references: ReadonlyMap<string, References>;
  readonly matrices: readonly Matrix[];
}

/** Variables that do not exist, and those used where there is one value for all points. */
export function reportUnusable(
  { references, matrices, finder, outside }: Uses & {
    readonly finder: ReferenceFinder;
    readonly outside: readonly (readonly [string, MapEntry])[];
  },
  diagnostics: Diagnostics,
): void {
  const known = new Set(matrices.flatMap(({ variables }) => [...variables.keys()]));
  for (const used of references.values()) {
    for (const [name, origin] of used) {
      if (known.has(name)) continue;
      diagnostics.add(origin, `Unknown variable "${name}"`, () => didYouMean(name, known));
    }
  }
  for (const [key, { node }] of outside) {
    for (const [name, origin] of finder.of(node)) {
      const message = `"${key}" must not use "\${matrix.${name}}": it is one for the whole sweep`;
      diagnostics.add(origin, message);
    }
  }
}

/** Variables that make no difference, and those of a stage used where its points do not reach. */
export function reportUnused(
  { references, matrices, spread }: Uses & { readonly spread: Spread },
  diagnostics: Diagnostics,
): void {
  for (const { owner, variables } of matrices) {
    for (const [name, origin] of variables) {
      const users = [...references].filter(([, used]) => used.has(name)).map(([user]) => user);
      if (owner === undefined ? users.length === 0 : !users.includes(owner)) {
        const who = owner === undefined ? "no stage" : `stage "${owner}" does not`;
        const message = `Variable "${name}" is not used: ${who}`;
        const verb = owner === undefined ? " has" : " have";
        diagnostics.add(origin, `${message}${verb} "\${matrix.${name}}"`);
      }
      for (const user of owner === undefined ? [] : users) {
        if (spread.owners.get(user)?.has(owner ?? "")) continue;
        const at = references.get(user)?.get(name) ?? origin;
        const reason = `it belongs to stage "${owner}", which "${user}" does not read from`;
        diagnostics.add(at, `Stage "${user}" cannot use "\${matrix.${name}}": ${reason}`);
      }
    }
  }
}
