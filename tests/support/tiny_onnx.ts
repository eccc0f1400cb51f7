/** A model file small enough to write by hand: one operator from one input to one output. */

type Field = readonly [number: number, value: number | string | Uint8Array];

/**
 * An ONNX model of one node.
 * @param shape Of the input; -1 for an axis without a fixed extent.
 */
export function tinyOnnx(operator: string, shape: readonly number[]): Uint8Array {
  const dims = shape.map((size, axis): Field => [
    1,
    message(size < 0 ? [[2, `axis${axis}`]] : [[1, size]]),
  ]);
  const float = 1;
  const type = (fields: readonly Field[]) => message([[1, message([[1, float], ...fields])]]);
  const graph = message([
    [1, message([[1, "frames"], [2, "features"], [4, operator]])],
    [2, "tiny"],
    [11, message([[1, "frames"], [2, type([[2, message(dims)]])]])],
    [12, message([[1, "features"], [2, type([])]])],
  ]);
  return message([[1, 8], [8, message([[1, ""], [2, 13]])], [7, graph]]);
}

/** Protocol buffers: varints and length-delimited fields are all that is needed. */
function message(fields: readonly Field[]): Uint8Array {
  return Uint8Array.from(fields.flatMap(([number, value]) => {
    if (typeof value === "number") return [...varint(number << 3), ...varint(value)];
    const bytes = typeof value === "string" ? new TextEncoder().encode(value) : value;
    return [...varint((number << 3) | 2), ...varint(bytes.length), ...bytes];
  }));
}

function varint(value: number): number[] {
  return value < 128 ? [value] : [(value & 127) | 128, ...varint(value >>> 7)];
}
