/** Resampling a picture, line by line. */

import type { WeightRow } from "./resample_weights.ts";

export interface GridResampling {
  /** Weights along the lines: one row for each column of the result. */
  readonly columns: readonly WeightRow[];
  /** Weights across the lines: one row for each line of the result. */
  readonly rows: readonly WeightRow[];
  /** Samples in a line that is read, values of one sample together. */
  readonly width: number;
  readonly channels: number;
  /** Fills one line `[width, channel]` of the picture; lines are asked for in rising order, once. */
  readLine(row: number, into: Float64Array): void;
  /** Takes one line `[columns, channel]` of the result, valid until the next. */
  writeLine(row: number, line: Float64Array): void;
}

/**
 * Filters along lines, then across them, in float64; keeps only the lines in reach of a result, so that
 * a large picture takes little memory.
 */
export function resampleGrid(resampling: GridResampling): void {
  const { columns, rows, width, channels, readLine, writeLine } = resampling;
  const line = new Float64Array(width * channels);
  const result = new Float64Array(columns.length * channels);
  let lines: Float64Array[] = [];
  let start = 0;
  let read = 0;
  for (const [row, { first, weights }] of rows.entries()) {
    lines = lines.slice(first - start);
    start = first;
    while (lines.length < weights.length) {
      // Where rows leave lines out, these are passed over.
      if (read < start) read = start;
      readLine(read++, line);
      lines.push(filterLine(line, columns, channels));
    }
    result.fill(0);
    for (let k = 0; k < weights.length; k++) {
      const [weight, from] = [weights[k]!, lines[k]!];
      for (let i = 0; i < result.length; i++) result[i] = result[i]! + weight * from[i]!;
    }
    writeLine(row, result);
  }
}

function filterLine(
  line: Float64Array,
  columns: readonly WeightRow[],
  channels: number,
): Float64Array {
  const result = new Float64Array(columns.length * channels);
  for (let x = 0; x < columns.length; x++) {
    const { first, weights } = columns[x]!;
    for (let k = 0, at = first * channels; k < weights.length; k++) {
      const weight = weights[k]!;
      for (let c = x * channels; c < (x + 1) * channels; c++) {
        result[c] = result[c]! + weight * line[at++]!;
      }
    }
  }
  return result;
}
