/** An order in which each stage comes after all that it needs. */

export interface Ordering {
  readonly order: readonly string[];
  /** Circles, some of them when there are many, each as the names along it; the first needs the second, ..., the last needs the first. */
  readonly cycles: readonly (readonly string[])[];
}

/** Writing out each of very many circles would take quadratic time. */
const maxCycles = 20;

/**
 * Depth-first from the first name on, needs before those who need them; otherwise the given order is
 * kept. O(names + needs), without recursion: a chain of 10,000 stages is fine.
 *
 * @param needsOf Names that a name needs; all must be among `names`.
 */
export function orderStages(
  names: Iterable<string>,
  needsOf: (name: string) => readonly string[],
): Ordering {
  const order: string[] = [];
  const cycles: string[][] = [];
  const states = new Map<string, "open" | "done">();
  for (const root of names) {
    if (states.has(root)) continue;
    const path = [{ name: root, needs: needsOf(root), next: 0 }];
    states.set(root, "open");
    for (let top = path.at(-1); top !== undefined; top = path.at(-1)) {
      const need = top.needs[top.next++];
      if (need === undefined) {
        states.set(top.name, "done");
        order.push(top.name);
        path.pop();
      } else if (!states.has(need)) {
        states.set(need, "open");
        path.push({ name: need, needs: needsOf(need), next: 0 });
      } else if (states.get(need) === "open" && cycles.length < maxCycles) {
        const names = path.map(({ name }) => name);
        cycles.push(names.slice(names.indexOf(need)));
      }
    }
  }
  return { order, cycles };
}
