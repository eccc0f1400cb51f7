/**
 * The safetensors file format: named tensors behind a JSON header, no code.
 *
 * Layout: u64 little-endian header length n; n bytes of JSON, padded with spaces; data, without holes.
 * Source: https://github.com/huggingface/safetensors (README "Format" and `tensor.rs`).
 */

import { duplicateKey } from "./duplicate_key.ts";

const MAX_HEADER_BYTES = 100_000_000;

/** Bytes of one item, by dtype. Dtypes of less than a byte are not read. */
const ITEM_BYTES = {
  BOOL: 1,
  U8: 1,
  I8: 1,
  F8_E5M2: 1,
  F8_E4M3: 1,
  U16: 2,
  I16: 2,
  F16: 2,
  BF16: 2,
  U32: 4,
  I32: 4,
  F32: 4,
  U64: 8,
  I64: 8,
  F64: 8,
  C64: 8,
} as const;

export type SafetensorsDtype = keyof typeof ITEM_BYTES;

export interface SafetensorsEntry {
  readonly dtype: SafetensorsDtype;
  readonly shape: readonly number[];
  /** Little endian, row major. */
  readonly bytes: Uint8Array;
}

export interface SafetensorsFile {
  /** In the order of the data. */
  readonly tensors: ReadonlyMap<string, SafetensorsEntry>;
  readonly metadata: Readonly<Record<string, string>>;
}

/**
 * Reads a file, strictly: no holes, overlaps, duplicate names or bytes that no tensor covers.
 *
 * The entries' bytes are views into `file`.
 * @throws {SyntaxError} Naming the tensor and the rule that the file breaks.
 */
export function readSafetensors(file: Uint8Array): SafetensorsFile {
  const { header, data } = splitHeader(file);
  const tensors = new Map<string, SafetensorsEntry>();
  let metadata: Record<string, string> = {};
  const entries: { name: string; entry: HeaderEntry }[] = [];
  for (const [name, value] of Object.entries(header)) {
    if (name === "__metadata__") metadata = parseMetadata(value);
    else entries.push({ name, entry: parseEntry(name, value) });
  }
  entries.sort((a, b) => a.entry.begin - b.entry.begin || a.entry.end - b.entry.end);
  let position = 0;
  for (const { name, entry: { dtype, shape, begin, end } } of entries) {
    if (begin !== position) {
      throw fail(`tensor "${name}" must begin at ${position}, but it begins at ${begin}`);
    }
    if (end > data.length) {
      throw fail(`tensor "${name}" ends at ${end}, but there are ${data.length} bytes of data`);
    }
    tensors.set(name, { dtype, shape, bytes: data.subarray(begin, end) });
    position = end;
  }
  if (position !== data.length) {
    throw fail(`tensors cover ${position} bytes, but there are ${data.length} bytes of data`);
  }
  return { tensors, metadata };
}

/**
 * Writes a file: equal tensors give equal bytes, whatever their order.
 *
 * Larger items come first, then names in order, as the reference writer does; so all data is aligned.
 * @throws {RangeError} When an entry's bytes do not fit its shape.
 */
export function writeSafetensors(
  tensors: ReadonlyMap<string, SafetensorsEntry>,
  metadata: Readonly<Record<string, string>> = {},
): Uint8Array {
  const ordered = [...tensors].sort(([a, x], [b, y]) =>
    ITEM_BYTES[y.dtype] - ITEM_BYTES[x.dtype] || (a < b ? -1 : 1)
  );
  const fields: string[] = [];
  if (Object.keys(metadata).length > 0) {
    const sorted = Object.entries(metadata).sort(([a], [b]) => a < b ? -1 : 1);
    fields.push(`"__metadata__":${JSON.stringify(Object.fromEntries(sorted))}`);
  }
  let position = 0;
  for (const [name, { dtype, shape, bytes }] of ordered) {
    if (byteCount(dtype, shape) !== bytes.length) {
      throw new RangeError(
        `Cannot write tensor "${name}": ${dtype} [${shape}] takes ${
          byteCount(dtype, shape)
        } bytes, ` +
          `but there are ${bytes.length}`,
      );
    }
    const entry = { dtype, shape, data_offsets: [position, position + bytes.length] };
    fields.push(`${JSON.stringify(name)}:${JSON.stringify(entry)}`);
    position += bytes.length;
  }
  const json = new TextEncoder().encode(`{${fields.join(",")}}`);
  const headerBytes = Math.ceil(json.length / 8) * 8;
  const file = new Uint8Array(8 + headerBytes + position);
  new DataView(file.buffer).setBigUint64(0, BigInt(headerBytes), true);
  file.set(json, 8);
  file.fill(0x20, 8 + json.length, 8 + headerBytes);
  let offset = 8 + headerBytes;
  for (const [, { bytes }] of ordered) {
    file.set(bytes, offset);
    offset += bytes.length;
  }
  return file;
}

interface HeaderEntry {
  readonly dtype: SafetensorsDtype;
  readonly shape: readonly number[];
  readonly begin: number;
  readonly end: number;
}

function splitHeader(file: Uint8Array): { header: Record<string, unknown>; data: Uint8Array } {
  if (file.length < 8) throw fail(`the file must have at least 8 bytes, but it has ${file.length}`);
  const length = new DataView(file.buffer, file.byteOffset, 8).getBigUint64(0, true);
  if (length > BigInt(MAX_HEADER_BYTES)) {
    throw fail(`the header may have ${MAX_HEADER_BYTES} bytes, but it says ${length}`);
  }
  const end = 8 + Number(length);
  if (end > file.length) {
    throw fail(`the header should end at byte ${end}, but the file has ${file.length} bytes`);
  }
  if (file[8] !== 0x7b) throw fail(`the header must begin with "{"`);
  const header = parseJson(file.subarray(8, end));
  if (!isRecord(header)) throw fail("the header must be a JSON object");
  return { header, data: file.subarray(end) };
}

function parseJson(bytes: Uint8Array): unknown {
  let text: string;
  let value: unknown;
  try {
    text = new TextDecoder("utf-8", { fatal: true }).decode(bytes);
    value = JSON.parse(text);
  } catch (error) {
    throw new SyntaxError("Cannot read safetensors: the header must be JSON in UTF-8", {
      cause: error,
    });
  }
  const twice = duplicateKey(text);
  if (twice !== undefined) throw fail(`the header has the key "${twice}" twice`);
  return value;
}

function parseMetadata(value: unknown): Record<string, string> {
  if (!isRecord(value)) throw fail("__metadata__ must be an object of strings");
  return Object.fromEntries(
    Object.entries(value).map(([key, text]) => {
      if (typeof text !== "string") throw fail(`metadata "${key}" must be a string`);
      return [key, text];
    }),
  );
}

function parseEntry(name: string, value: unknown): HeaderEntry {
  if (!isRecord(value)) throw fail(`the entry of tensor "${name}" must be an object`);
  const { dtype, shape, data_offsets: offsets, ...others } = value;
  const unknown = Object.keys(others)[0];
  if (unknown !== undefined) throw fail(`tensor "${name}" has the unknown field "${unknown}"`);
  if (!isDtype(dtype)) {
    const known = Object.keys(ITEM_BYTES).join(", ");
    throw fail(`dtype of tensor "${name}" must be one of ${known}; it is ${JSON.stringify(dtype)}`);
  }
  if (!isSizes(shape)) throw fail(`shape of tensor "${name}" must be a list of sizes`);
  if (!isSizes(offsets) || offsets.length !== 2) {
    throw fail(`data_offsets of tensor "${name}" must be two positions`);
  }
  const [begin = 0, end = 0] = offsets;
  const needed = byteCount(dtype, shape);
  if (end - begin !== needed) {
    throw fail(
      `tensor "${name}" of ${dtype} [${shape}] takes ${needed} bytes, but it has ${end - begin}`,
    );
  }
  return { dtype, shape, begin, end };
}

function byteCount(dtype: SafetensorsDtype, shape: readonly number[]): number {
  return shape.reduce((product, size) => {
    const next = product * size;
    if (!Number.isSafeInteger(next)) throw fail(`a tensor of shape [${shape}] is too large`);
    return next;
  }, ITEM_BYTES[dtype]);
}

function isDtype(value: unknown): value is SafetensorsDtype {
  return typeof value === "string" && Object.hasOwn(ITEM_BYTES, value);
}

function isSizes(value: unknown): value is number[] {
  return Array.isArray(value) && value.every((size) => Number.isSafeInteger(size) && size >= 0);
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function fail(what: string): SyntaxError {
  return new SyntaxError(`Cannot read safetensors: ${what}`);
}
