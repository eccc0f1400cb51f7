/** Pickles and PyTorch files put together by hand, for files that torch would never write. */

import { writeZip } from "../../artifacts/write_zip.ts";

export type Bytes = readonly number[];

/** Opcodes of protocol 2, as functions that give bytes. */
export const op = {
  start: [0x80, 2],
  stop: [0x2e],
  mark: [0x28],
  none: [0x4e],
  emptyDict: [0x7d],
  emptyList: [0x5d],
  emptyTuple: [0x29],
  tuple: [0x74],
  append: [0x61],
  appends: [0x65],
  setItem: [0x73],
  setItems: [0x75],
  reduce: [0x52],
  build: [0x62],
  persistent: [0x51],
  false: [0x89],
  global: (module: string, name: string): Bytes => [
    0x63,
    ...new TextEncoder().encode(`${module}\n${name}\n`),
  ],
  text: (text: string): Bytes => [0x58, ...uint32(text.length), ...new TextEncoder().encode(text)],
  python2Text: (text: string): Bytes => [0x55, text.length, ...new TextEncoder().encode(text)],
  integer: (value: number): Bytes => [0x4a, ...uint32(value)],
  put: (index: number): Bytes => [0x72, ...uint32(index)],
  get: (index: number): Bytes => [0x6a, ...uint32(index)],
} as const;

export function uint32(value: number): Bytes {
  return [value, value >>> 8, value >>> 16, value >>> 24].map((byte) => byte & 255);
}

/** A tuple of values that bytes make. */
export function tuple(...items: readonly Bytes[]): Bytes {
  return [...op.mark, ...items.flat(), ...op.tuple];
}

/** A storage by its persistent id. */
export function storage(count: number, { type = "FloatStorage", key = "0" } = {}): Bytes {
  return [
    ...tuple(
      op.text("storage"),
      op.global("torch", type),
      op.text(key),
      op.text("cpu"),
      op.integer(count),
    ),
    ...op.persistent,
  ];
}

export interface TensorParts {
  readonly from: Bytes;
  readonly offset?: number;
  readonly shape: readonly number[];
  readonly strides: readonly number[];
}

/** A tensor over a storage. */
export function tensor({ from, offset = 0, shape, strides }: TensorParts): Bytes {
  const hooks = [...op.global("collections", "OrderedDict"), ...op.emptyTuple, ...op.reduce];
  return [
    ...op.global("torch._utils", "_rebuild_tensor_v2"),
    ...tuple(
      from,
      op.integer(offset),
      tuple(...shape.map(op.integer)),
      tuple(...strides.map(op.integer)),
      op.false,
      hooks,
    ),
    ...op.reduce,
  ];
}

/** A dict of one key. */
export function dictOf(key: string, value: Bytes): Bytes {
  return [...op.emptyDict, ...op.text(key), ...value, ...op.setItem];
}

/** A whole pickle. */
export function pickle(...value: readonly Bytes[]): Uint8Array {
  return Uint8Array.from([...op.start, ...value.flat(), ...op.stop]);
}

/** An archive as torch writes it: the pickle and storages by key. */
export function archive(
  data: Uint8Array,
  storages: Readonly<Record<string, Uint8Array>> = {},
): Uint8Array {
  return writeZip(
    new Map([
      ["archive/data.pkl", data],
      ...Object.entries(storages).map(([key, bytes]) => [`archive/data/${key}`, bytes] as const),
    ]),
  );
}

/** The bytes of float32 numbers. */
export function floats(...numbers: readonly number[]): Uint8Array {
  return new Uint8Array(Float32Array.from(numbers).buffer);
}
