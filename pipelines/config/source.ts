/** Where a value was written: a stretch of some text that a person can open. */

/** A text with a name: a config file, or the value of a command-line option. */
export interface Source {
  /** As shown to people: "configs/tiny.yaml", or "--set". */
  readonly file: string;
  readonly text: string;
  readonly kind: "file" | "option";
}

/** Characters `[start, end)` of a source. */
export interface Origin {
  readonly source: Source;
  readonly start: number;
  readonly end: number;
}

/** Line and column count from 1, in UTF-16 units. */
export interface Position {
  readonly file: string;
  readonly line: number;
  readonly column: number;
  /** Characters to underline on this line, at least 1. */
  readonly length: number;
  readonly sourceLine: string;
}

/** Line, column and text of an origin; O(log lines) after the first call for its source. */
export function locate(origin: Origin): Position {
  const { source } = origin;
  const starts = lineStarts(source);
  const offset = Math.min(Math.max(origin.start, 0), source.text.length);
  const index = lastAtMost(starts, offset);
  const start = starts[index] ?? 0;
  const next = starts[index + 1];
  const sourceLine = source.text.slice(start, next).replace(/\r?\n$/, "");
  const column = offset - start + 1;
  const room = Math.max(sourceLine.length - (column - 1), 1);
  const length = Math.min(Math.max(origin.end - offset, 1), room);
  return { file: source.file, line: index + 1, column, length, sourceLine };
}

/** `configs/tiny.yaml:5:3`, or the option as it was typed: `--set clips.with.digits=3`. */
export function describeOrigin(origin: Origin): string {
  if (origin.source.kind === "option") return `${origin.source.file} ${origin.source.text}`;
  const { file, line, column } = locate(origin);
  return `${file}:${line}:${column}`;
}

const startsBySource = new WeakMap<Source, readonly number[]>();

function lineStarts(source: Source): readonly number[] {
  const known = startsBySource.get(source);
  if (known !== undefined) return known;
  const starts = [0];
  for (let at = source.text.indexOf("\n"); at >= 0; at = source.text.indexOf("\n", at + 1)) {
    starts.push(at + 1);
  }
  startsBySource.set(source, starts);
  return starts;
}

function lastAtMost(sorted: readonly number[], value: number): number {
  let low = 0;
  let high = sorted.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if ((sorted[middle] ?? 0) <= value) low = middle;
    else high = middle - 1;
  }
  return low;
}
