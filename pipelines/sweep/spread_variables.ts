/** Which variables of a sweep make a difference to which stage. */

import type { Matrix } from "./read_matrix.ts";

export interface Spread {
  /** By stage, in the order of the matrices; none for a stage that stays single. */
  readonly variables: ReadonlyMap<string, readonly string[]>;
  /** Stages with a matrix of their own that each stage is, or reads from. */
  readonly owners: ReadonlyMap<string, ReadonlySet<string>>;
}

interface Links {
  readonly own: ReadonlySet<string>;
  readonly upstream: ReadonlySet<string>;
}

/** Carries variables along the edges until nothing changes; circles are found elsewhere. */
export function spreadVariables(
  stages: ReadonlyMap<string, Links>,
  matrices: readonly Matrix[],
): Spread {
  const used = new Map<string, Set<string>>();
  const owners = new Map<string, Set<string>>();
  const downstream = new Map<string, string[]>();
  for (const [name, { own, upstream }] of stages) {
    used.set(name, new Set(own));
    owners.set(name, new Set(matrices.some(({ owner }) => owner === name) ? [name] : []));
    for (const source of upstream) {
      downstream.set(source, [...downstream.get(source) ?? [], name]);
    }
  }
  const waiting = [...stages.keys()];
  for (let name = waiting.pop(); name !== undefined; name = waiting.pop()) {
    for (const target of downstream.get(name) ?? []) {
      const isNew = addAll(used.get(target), used.get(name));
      const isOwned = addAll(owners.get(target), owners.get(name));
      if (isNew || isOwned) waiting.push(target);
    }
  }
  const order = [...new Set(matrices.flatMap(({ variables }) => [...variables.keys()]))];
  const variables = new Map(
    Array.from(used, ([name, own]) => [name, order.filter((variable) => own.has(variable))]),
  );
  return { variables, owners };
}

function addAll(to: Set<string> | undefined, from: Iterable<string> | undefined): boolean {
  if (to === undefined) return false;
  const before = to.size;
  for (const each of from ?? []) to.add(each);
  return to.size > before;
}
