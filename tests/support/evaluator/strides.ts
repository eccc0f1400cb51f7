/** Positions in row-major memory. */

/** Elements between neighbours along each axis. */
export function stridesOf(shape: readonly number[]): number[] {
  const strides = new Array<number>(shape.length);
  let stride = 1;
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    strides[axis] = stride;
    stride *= shape[axis]!;
  }
  return strides;
}

/** Where each element of `to` comes from in a tensor of shape `from` that is stretched to it. */
export function broadcastPositions(from: readonly number[], to: readonly number[]): Int32Array {
  const strides = stridesOf(from);
  const offset = to.length - from.length;
  const steps = to.map((_, axis) =>
    axis < offset || from[axis - offset] === 1 ? 0 : strides[axis - offset]!
  );
  return positionsOf(to, steps, 0);
}

/** `start` plus the sum of index times step over all axes, for each element of a shape. */
export function positionsOf(
  shape: readonly number[],
  steps: readonly number[],
  start: number,
): Int32Array {
  let positions = Int32Array.of(start);
  shape.forEach((extent, axis) => {
    const next = new Int32Array(positions.length * extent);
    positions.forEach((position, i) => {
      for (let k = 0; k < extent; k++) next[i * extent + k] = position + k * steps[axis]!;
    });
    positions = next;
  });
  return positions;
}
