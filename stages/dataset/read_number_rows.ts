/** Tables of numbers as CSV files without a header. */

export interface TableShape {
  readonly rows: number;
  readonly columns: number;
}

/**
 * Reads lines of numbers between commas; spaces around a number, "\r\n" and a last line end are allowed.
 * @param file For errors.
 * @returns `[rows, columns]`.
 * @throws {SyntaxError} Naming the file and the first line (from 1) and cell (from 1) that are wrong: a
 * number of lines or cells, or a cell that is no finite number in float32.
 */
export function readNumberRows(
  text: string,
  { rows, columns }: TableShape,
  file: string,
): Float32Array {
  const lines = text.replace(/\r?\n$/, "").split(/\r?\n/);
  const values = new Float32Array(rows * columns);
  const wrong = (line: number, what: string) =>
    new SyntaxError(`Cannot read "${file}": line ${line}${what}`);
  for (const [row, line] of lines.slice(0, rows).entries()) {
    const cells = line.split(",");
    for (const [column, cell] of cells.slice(0, columns).entries()) {
      const value = numberOf(cell);
      if (value === undefined) {
        throw wrong(
          row + 1,
          `, cell ${column + 1} must be a finite number, but it is ${quoted(cell)}`,
        );
      }
      values[row * columns + column] = value;
    }
    if (cells.length !== columns) {
      throw wrong(row + 1, ` must have ${columns} cells, but it has ${cells.length}`);
    }
  }
  if (lines.length === rows) return values;
  const all =
    `there must be ${rows} lines, one for each frame and no header, but there are ${lines.length}`;
  throw lines.length < rows
    ? wrong(lines.length + 1, ` is missing: ${all}`)
    : wrong(rows + 1, ` is too much: ${all}`);
}

/** Decimal numbers only: what `Number` takes besides, as "", "0x1f" or "Infinity", is a mistake here. */
function numberOf(cell: string): number | undefined {
  const text = cell.trim();
  if (!/^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(text)) return undefined;
  const value = Math.fround(Number(text));
  return Number.isFinite(value) ? value : undefined;
}

/** At most 40 characters of it. */
function quoted(cell: string): string {
  return JSON.stringify(cell.length > 40 ? `${cell.slice(0, 40)}...` : cell);
}
