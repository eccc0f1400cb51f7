/** Reading a moving shape back from one frame. */

export interface ShapeFacts {
  /** Centre of mass of the coverage, in pixels. */
  readonly x: number;
  readonly y: number;
  /** Sum of the coverage, in pixels. */
  readonly area: number;
  /** Colour of the pixel that differs most from the background, 0..255. */
  readonly colour: readonly number[];
  /** Area over that of the box around it: 1 of a square, π/4 of a circle. */
  readonly fullness: number;
}

/**
 * Takes the pixel that differs most from the background for one of the shape alone; every other pixel's
 * coverage is its distance from the background over that pixel's.
 * @param frame uint8 `[size, size, 3]`.
 */
export function shapeFacts(
  frame: Uint8Array | Float32Array,
  size: number,
  background: number,
): ShapeFacts {
  const distances = Float64Array.from({ length: size * size }, (_, pixel) => {
    const [red, green, blue] = [frame[pixel * 3]!, frame[pixel * 3 + 1]!, frame[pixel * 3 + 2]!];
    return Math.hypot(red - background, green - background, blue - background);
  });
  const most = distances.reduce((largest, distance) => Math.max(largest, distance));
  const best = distances.indexOf(most);
  let [area, x, y] = [0, 0, 0];
  const [rows, columns] = [new Float64Array(size), new Float64Array(size)];
  for (let pixel = 0; pixel < size * size; pixel++) {
    const share = distances[pixel]! / most;
    const [row, column] = [Math.floor(pixel / size), pixel % size];
    area += share;
    x += share * (column + 0.5);
    y += share * (row + 0.5);
    rows[row] = Math.max(rows[row]!, share);
    columns[column] = Math.max(columns[column]!, share);
  }
  // The largest coverage of each line adds up to the shape's extent, whole pixels or not.
  const extent = (lines: Float64Array) => lines.reduce((sum, share) => sum + share, 0);
  return {
    x: x / area,
    y: y / area,
    area,
    colour: [...frame.subarray(best * 3, best * 3 + 3)],
    fullness: area / (extent(rows) * extent(columns)),
  };
}
