/** Reads what TensorBoard reads: records, and of their messages the fields that we write. */

import { maskedCrc32c } from "../../cli/tensorboard/crc32c.ts";

export interface ReadEvent {
  readonly step: number;
  readonly wallTime: number;
  readonly version?: string;
  readonly isStart?: boolean;
  /** By tag: a number, the text, or the bytes of a picture. */
  readonly values: Readonly<Record<string, number | string | Uint8Array>>;
}

/** @throws {Error} When a record is cut short or a checksum differs. */
export function readEventFile(bytes: Uint8Array): ReadEvent[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset);
  const events: ReadEvent[] = [];
  for (let offset = 0; offset < bytes.length;) {
    const length = Number(view.getBigUint64(offset, true));
    const data = bytes.subarray(offset + 12, offset + 12 + length);
    check(view.getUint32(offset + 8, true), bytes.subarray(offset, offset + 8));
    check(view.getUint32(offset + 12 + length, true), data);
    events.push(readEvent(data));
    offset += 16 + length;
  }
  return events;
}

function check(checksum: number, data: Uint8Array): void {
  if (checksum !== maskedCrc32c(data)) throw new Error("The checksum of a record differs");
}

function readEvent(data: Uint8Array): ReadEvent {
  const fields = readMessage(data);
  const version = fields.get(3)?.[0];
  const session = fields.get(7)?.[0];
  const summary = fields.get(5)?.[0];
  const values = summary === undefined ? [] : readMessage(bytesOf(summary)).get(1) ?? [];
  return {
    step: Number(fields.get(2)?.[0] ?? 0),
    wallTime: Number(fields.get(1)?.[0]),
    ...(version === undefined ? {} : { version: textOf(version) }),
    ...(session === undefined ? {} : { isStart: readMessage(bytesOf(session)).get(1)?.[0] === 1 }),
    values: Object.fromEntries(values.map((value) => readValue(bytesOf(value)))),
  };
}

function readValue(data: Uint8Array): [string, number | string | Uint8Array] {
  const fields = readMessage(data);
  const tag = textOf(fields.get(1)![0]!);
  const [image, tensor] = [fields.get(4)?.[0], fields.get(8)?.[0]];
  if (image !== undefined) return [tag, bytesOf(readMessage(bytesOf(image)).get(4)![0]!)];
  if (tensor !== undefined) return [tag, textOf(readMessage(bytesOf(tensor)).get(8)![0]!)];
  return [tag, Number(fields.get(2)![0])];
}

type FieldValue = number | Uint8Array;

function readMessage(data: Uint8Array): Map<number, FieldValue[]> {
  const view = new DataView(data.buffer, data.byteOffset, data.byteLength);
  const fields = new Map<number, FieldValue[]>();
  let offset = 0;
  const varint = () => {
    for (let value = 0, scale = 1;; scale *= 128) {
      const byte = data[offset++]!;
      value += (byte & 127) * scale;
      if (byte < 128) return value;
    }
  };
  const fixed = (size: 4 | 8) => {
    offset += size;
    return size === 4 ? view.getFloat32(offset - 4, true) : view.getFloat64(offset - 8, true);
  };
  const piece = () => {
    const length = varint();
    offset += length;
    return data.slice(offset - length, offset);
  };
  while (offset < data.length) {
    const tag = varint();
    const wire = tag % 8;
    const value = wire === 0 ? varint() : wire === 1 ? fixed(8) : wire === 5 ? fixed(4) : piece();
    fields.set(tag >> 3, [...fields.get(tag >> 3) ?? [], value]);
  }
  return fields;
}

function bytesOf(value: FieldValue): Uint8Array {
  if (typeof value === "number") throw new TypeError("A field must have bytes, but has a number");
  return value;
}

function textOf(value: FieldValue): string {
  return new TextDecoder().decode(bytesOf(value));
}
