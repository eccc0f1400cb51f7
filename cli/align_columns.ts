/** Rows of cells as lines of equal columns. */

/** First column to the left, the others to the right, unless `left` names them; no spaces at ends of lines. */
export function alignColumns(
  rows: readonly (readonly string[])[],
  left: ReadonlySet<number> = new Set([0]),
): string[] {
  const count = Math.max(0, ...rows.map((row) => row.length));
  const widths = Array.from(
    { length: count },
    (_, i) => rows.reduce((width, row) => Math.max(width, row[i]?.length ?? 0), 0),
  );
  return rows.map((row) =>
    row.map((cell, i) => left.has(i) ? cell.padEnd(widths[i] ?? 0) : cell.padStart(widths[i] ?? 0))
      .join("  ").trimEnd()
  );
}
