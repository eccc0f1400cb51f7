import { deepEqual, equal, ok } from "node:assert/strict";
import fc from "fast-check";
import { type GroupedItem, splitGroups, splitNames } from "../../../stages/dataset/split_groups.ts";

const item = fc.record({
  groups: fc.array(fc.integer({ min: 0, max: 40 }).map(String), { maxLength: 3 }),
  label: fc.integer({ min: 0, max: 3 }),
});
const shares = fc.record({
  validation: fc.double({ min: 0, max: 0.45, noNaN: true }),
  test: fc.double({ min: 0, max: 0.45, noNaN: true }),
});

Deno.test("splitGroups() uses every item once and never parts a group", () => {
  fc.assert(
    fc.property(fc.array(item), shares, fc.bigInt({ min: 0n, max: 99n }), (items, s, seed) => {
      const splits = splitGroups(items, s, seed);
      const all = splitNames.flatMap((name) => splits[name]);
      deepEqual(all.toSorted((a, b) => a - b), items.map((_, index) => index));
      const owner = new Map<string, string>();
      for (const name of splitNames) {
        for (const index of splits[name]) {
          for (const group of items[index]!.groups) {
            equal(owner.get(group) ?? name, name, `group ${group} is in two splits`);
            owner.set(group, name);
          }
        }
      }
    }),
  );
});

Deno.test("splitGroups() gives single items exactly their shares, of each class as of all", () => {
  const items: GroupedItem[] = Array.from({ length: 400 }, (_, i) => {
    return { groups: [], label: Math.floor(i / 100) };
  });
  const splits = splitGroups(items, { validation: 0.1, test: 0.2 }, 7n);
  for (const label of [0, 1, 2, 3]) {
    const count = (name: typeof splitNames[number]) =>
      splits[name].filter((index) => items[index]!.label === label).length;
    deepEqual(splitNames.map(count), [70, 10, 20]);
  }
});

Deno.test("splitGroups() depends on the seed, and gives nothing to a share of 0", () => {
  const items: GroupedItem[] = Array.from({ length: 50 }, () => ({ groups: [], label: 0 }));
  const split = (seed: bigint) => splitGroups(items, { validation: 0.2, test: 0 }, seed);
  deepEqual(split(1n), split(1n));
  ok(split(1n).validation.join() !== split(2n).validation.join());
  deepEqual(split(1n).test, []);
});
