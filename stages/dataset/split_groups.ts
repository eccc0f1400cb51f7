/** Splitting a set so that what belongs together stays together. */

import { permutation, Stream } from "../../numerics/random.ts";

export interface GroupedItem {
  /** Items that share any of these texts go to the same split. */
  readonly groups: readonly string[];
  /** Class, for a fair share of each in every split. */
  readonly label: number;
}

export interface Shares {
  /** Shares of all items, each from 0 on, below 1 together. */
  readonly validation: number;
  readonly test: number;
}

export const splitNames = ["train", "validation", "test"] as const;

export type SplitName = (typeof splitNames)[number];

/**
 * Assigns each item to a split. Groups that share an item are one; class by class and in an order
 * shuffled by the seed, each goes where most items are missing.
 *
 * So each split has its share of all items and of each class, up to the size of a group.
 * @returns Indices of the items of each split, rising.
 */
export function splitGroups(
  items: readonly GroupedItem[],
  shares: Shares,
  seed: bigint,
): Readonly<Record<SplitName, readonly number[]>> {
  const groups = mergeGroups(items);
  const shuffled = permutation({ seed, stream: Stream.selection, step: 0 }, groups.length);
  const order = [...shuffled].map((index) => groups[index]!);
  // A stable sort: within a class the order stays shuffled.
  order.sort((a, b) => items[a[0]!]!.label - items[b[0]!]!.label);
  const wanted = { ...shares, train: 1 - shares.validation - shares.test };
  const splits: Record<SplitName, number[]> = { train: [], validation: [], test: [] };
  let seen = 0;
  for (const group of order) {
    seen += group.length;
    const missing = (name: SplitName) =>
      wanted[name] === 0 ? -Infinity : wanted[name] * seen - splits[name].length;
    const [neediest] = [...splitNames].sort((a, b) => missing(b) - missing(a));
    splits[neediest!].push(...group);
  }
  for (const name of splitNames) splits[name].sort((a, b) => a - b);
  return splits;
}

/**
 * Splits of items that have one already. Where no item is for validation, its share is taken from the
 * training items, as `splitGroups` does.
 */
export function splitItems(
  items: readonly GroupedItem[],
  fixed: readonly SplitName[],
  { validation }: Pick<Shares, "validation">,
  seed: bigint,
): Readonly<Record<SplitName, readonly number[]>> {
  const of = (name: SplitName) => items.flatMap((_, index) => fixed[index] === name ? index : []);
  const splits = { train: of("train"), validation: of("validation"), test: of("test") };
  if (splits.validation.length > 0) return splits;
  const { train } = splits;
  const parts = splitGroups(train.map((index) => items[index]!), { validation, test: 0 }, seed);
  return {
    ...splits,
    train: parts.train.map((place) => train[place]!),
    validation: parts.validation.map((place) => train[place]!),
  };
}

/** Indices of items that belong together, in the order of their first items. */
function mergeGroups(items: readonly GroupedItem[]): number[][] {
  const parents = items.map((_, index) => index);
  const rootOf = (index: number): number => {
    let root = index;
    while (parents[root] !== root) root = parents[root]!;
    parents[index] = root;
    return root;
  };
  const firstOf = new Map<string, number>();
  items.forEach(({ groups }, index) => {
    for (const group of groups) {
      const first = firstOf.get(group);
      if (first === undefined) {
        firstOf.set(group, index);
        continue;
      }
      const [a, b] = [rootOf(first), rootOf(index)];
      parents[Math.max(a, b)] = Math.min(a, b);
    }
  });
  const members = new Map<number, number[]>();
  items.forEach((_, index) => {
    const root = rootOf(index);
    const group = members.get(root);
    if (group) group.push(index);
    else members.set(root, [index]);
  });
  return [...members.values()];
}
