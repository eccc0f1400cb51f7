/**
 * Writes messages in the wire format of Protocol Buffers, as far as TensorBoard's events need it.
 *
 * Source: https://protobuf.dev/programming-guides/encoding/.
 */

/** How a value is written, the low three bits of a field's tag. */
const WIRE = { varint: 0, eightBytes: 1, length: 2, fourBytes: 5 } as const;

/** One field of a message. */
export type Field = Uint8Array;

/** A message: its fields one after the other. */
export function message(...fields: readonly Field[]): Uint8Array {
  const bytes = new Uint8Array(fields.reduce((sum, { length }) => sum + length, 0));
  let offset = 0;
  for (const field of fields) {
    bytes.set(field, offset);
    offset += field.length;
  }
  return bytes;
}

/** An int32, int64 or enum field. @param value A whole number in [0, 2^53). */
export function wholeField(number: number, value: number): Field {
  return Uint8Array.from([...tag(number, WIRE.varint), ...varint(value)]);
}

export function doubleField(number: number, value: number): Field {
  const bytes = new Uint8Array(8);
  new DataView(bytes.buffer).setFloat64(0, value, true);
  return message(tag(number, WIRE.eightBytes), bytes);
}

/** A float field: rounds to 32 bits. */
export function floatField(number: number, value: number): Field {
  const bytes = new Uint8Array(4);
  new DataView(bytes.buffer).setFloat32(0, value, true);
  return message(tag(number, WIRE.fourBytes), bytes);
}

/** A string, bytes or message field; text as UTF-8. */
export function bytesField(number: number, value: Uint8Array | string): Field {
  const bytes = typeof value === "string" ? new TextEncoder().encode(value) : value;
  return message(tag(number, WIRE.length), varint(bytes.length), bytes);
}

function tag(number: number, wire: number): Uint8Array {
  return varint(number * 8 + wire);
}

/** Seven bits a byte, the lowest first; all but the last have their high bit set. */
function varint(value: number): Uint8Array {
  if (!Number.isSafeInteger(value) || value < 0) {
    throw new RangeError(`Cannot write varint: it must be a whole number >= 0, but is ${value}`);
  }
  const bytes: number[] = [];
  let rest = value;
  for (; rest > 127; rest = Math.floor(rest / 128)) bytes.push((rest % 128) | 128);
  bytes.push(rest);
  return Uint8Array.from(bytes);
}
