/** The name a person probably meant. */

/** `Did you mean "steps"?`, else the names there are when they are few, else undefined. */
export function didYouMean(name: string, known: Iterable<string>): string | undefined {
  const names = [...known];
  const near = nearestName(name, names);
  if (near !== undefined) return `Did you mean "${near}"?`;
  if (names.length === 0 || names.length > 16) return undefined;
  return `Known: ${names.join(", ")}`;
}

/**
 * The known name with the fewest edits (insert, delete, replace, swap neighbours); of equals one with
 * the same first letter, then the first. Undefined when even that one needs more than two fifths of
 * the letters changed.
 */
export function nearestName(name: string, known: Iterable<string>): string | undefined {
  let best: string | undefined;
  let allowed = Math.max(1, Math.round(name.length * 0.4)) + 1;
  const wanted = name.toLowerCase();
  for (const candidate of known) {
    if (Math.abs(candidate.length - name.length) >= allowed) continue;
    const known = candidate.toLowerCase();
    const edits = editDistance(wanted, known) + (known[0] === wanted[0] ? 0 : 0.5);
    if (edits < allowed) [best, allowed] = [candidate, edits];
  }
  return best;
}

/** Optimal string alignment distance, O(a b) time. */
function editDistance(a: string, b: string): number {
  let [beforeLast, last]: [number[], number[]] = [
    [],
    Array.from({ length: b.length + 1 }, (_, j) => j),
  ];
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const replace = (last[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      let least = Math.min(replace, (last[j] ?? 0) + 1, (row[j - 1] ?? 0) + 1);
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) {
        least = Math.min(least, (beforeLast[j - 2] ?? 0) + 1);
      }
      row.push(least);
    }
    [beforeLast, last] = [last, row];
  }
  return last[b.length] ?? 0;
}
