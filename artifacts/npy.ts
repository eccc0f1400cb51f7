/**
 * NumPy's .npy format, versions 1 to 3.
 *
 * Source: https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html. Layout: magic, version,
 * header length (u16 or u32, little-endian), a Python dict as text padded to a multiple of 64, raw data.
 */

export type NpyData =
  | Uint8Array
  | Int8Array
  | Uint16Array
  | Int16Array
  | Uint32Array
  | Int32Array
  | BigUint64Array
  | BigInt64Array
  | Float32Array
  | Float64Array;

export interface NpyArray {
  readonly shape: readonly number[];
  /** Row major, native byte order. */
  readonly data: NpyData;
}

/** Number types by NumPy's code: width in bytes, and a constructor over little-endian bytes. */
const dtypes: Readonly<Record<string, { width: number; view(buffer: ArrayBuffer): NpyData }>> = {
  u1: { width: 1, view: (buffer) => new Uint8Array(buffer) },
  b1: { width: 1, view: (buffer) => new Uint8Array(buffer) },
  i1: { width: 1, view: (buffer) => new Int8Array(buffer) },
  u2: { width: 2, view: (buffer) => new Uint16Array(buffer) },
  i2: { width: 2, view: (buffer) => new Int16Array(buffer) },
  u4: { width: 4, view: (buffer) => new Uint32Array(buffer) },
  i4: { width: 4, view: (buffer) => new Int32Array(buffer) },
  u8: { width: 8, view: (buffer) => new BigUint64Array(buffer) },
  i8: { width: 8, view: (buffer) => new BigInt64Array(buffer) },
  f2: { width: 2, view: (buffer) => Float32Array.from(new Float16Array(buffer)) },
  f4: { width: 4, view: (buffer) => new Float32Array(buffer) },
  f8: { width: 8, view: (buffer) => new Float64Array(buffer) },
};

/** NumPy itself writes some hundred bytes and reads 10,000. */
const MAX_HEADER_BYTES = 65_536;
/** As NumPy 2. */
const MAX_AXES = 64;
/** Of an empty array the other axes together: a reader that loops over them must come to an end. */
const MAX_EMPTY = 2 ** 24;

const MAGIC = [0x93, ...new TextEncoder().encode("NUMPY")];

/** Encodes a row-major array as version 1.0. @throws {RangeError} When the shape does not fit the data. */
export function encodeNpy(shape: readonly number[], data: NpyData): Uint8Array<ArrayBuffer> {
  const count = elementCount(shape);
  if (count !== data.length) {
    throw new RangeError(
      `Cannot write .npy: shape [${shape}] must have ${count} elements, but there are ${data.length}`,
    );
  }
  const tuple = shape.length === 1 ? `(${shape[0]},)` : `(${shape.join(", ")})`;
  const dict = `{'descr': '${descrOf(data)}', 'fortran_order': False, 'shape': ${tuple}, }`;
  const padded = dict.padEnd(Math.ceil((dict.length + 11) / 64) * 64 - 11) + "\n";
  const bytes = new Uint8Array(10 + padded.length + data.byteLength);
  bytes.set(MAGIC);
  bytes[6] = 1;
  new DataView(bytes.buffer).setUint16(8, padded.length, true);
  bytes.set(new TextEncoder().encode(padded), 10);
  bytes.set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength), 10 + padded.length);
  return bytes;
}

/** Decodes an array; float16 becomes float32, booleans become 0 and 1. @throws {SyntaxError} Naming what is wrong. */
export function decodeNpy(bytes: Uint8Array): NpyArray {
  const { text, dataStart } = readHeader(bytes);
  const { descr, fortranOrder, shape } = parseHeader(text);
  const code = descr.slice(1);
  const dtype = Object.hasOwn(dtypes, code) ? dtypes[code] : undefined;
  if (dtype === undefined || !"<>|".includes(descr[0] ?? "?")) {
    throw damaged(`descr must be a number type such as <f4, but it is ${descr}`);
  }
  const expected = elementCount(shape) * dtype.width;
  // Copied, because typed arrays need an aligned start.
  const data = bytes.slice(dataStart);
  if (data.length !== expected) {
    throw damaged(
      `shape (${
        shape.join(", ")
      }) of ${descr} must have ${expected} bytes, but there are ${data.length}`,
    );
  }
  if (descr[0] === ">") swapBytes(data, dtype.width);
  const values = dtype.view(data.buffer);
  return { shape, data: fortranOrder ? toRowMajor(values, shape) : values };
}

function descrOf(data: NpyData): string {
  const width = data.BYTES_PER_ELEMENT;
  if (width === 1) return data instanceof Uint8Array ? "|u1" : "|i1";
  if (data instanceof Float32Array || data instanceof Float64Array) return `<f${width}`;
  const signed = data instanceof Int16Array || data instanceof Int32Array ||
    data instanceof BigInt64Array;
  return `<${signed ? "i" : "u"}${width}`;
}

function readHeader(bytes: Uint8Array): { text: string; dataStart: number } {
  const version = bytes[6] ?? 0;
  if (MAGIC.some((byte, index) => bytes[index] !== byte) || version < 1 || version > 3) {
    throw damaged("the file must start with \\x93NUMPY and version 1, 2 or 3");
  }
  const lengthStart = 8;
  const headerStart = version === 1 ? 10 : 12;
  if (bytes.length < headerStart) throw damaged("the file ends inside its header");
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const length = version === 1
    ? view.getUint16(lengthStart, true)
    : view.getUint32(lengthStart, true);
  if (length > MAX_HEADER_BYTES) {
    throw damaged(`the header may have ${MAX_HEADER_BYTES} bytes, but it says ${length}`);
  }
  const dataStart = headerStart + length;
  if (dataStart > bytes.length) throw damaged("the file ends inside its header");
  const decoder = new TextDecoder(version === 3 ? "utf-8" : "latin1");
  return { text: decoder.decode(bytes.subarray(headerStart, dataStart)), dataStart };
}

/** Reads the three fields that the format requires; nothing is evaluated. */
function parseHeader(text: string) {
  const descr = /'descr'\s*:\s*'([^']*)'/.exec(text)?.[1];
  const order = /'fortran_order'\s*:\s*(True|False)/.exec(text)?.[1];
  const tuple = /'shape'\s*:\s*\(([\d\s,]*)\)/.exec(text)?.[1];
  if (descr === undefined) throw damaged("the header must have 'descr' as a string");
  if (order === undefined) throw damaged("the header must have 'fortran_order' True or False");
  if (tuple === undefined) {
    throw damaged("the header must have 'shape' as a tuple of whole numbers");
  }
  const sizes = tuple.split(",").map((size) => size.trim()).filter((size) => size !== "");
  const shape = sizes.map(Number);
  if (shape.length > MAX_AXES || !shape.every(Number.isSafeInteger)) {
    throw damaged(`shape must have at most ${MAX_AXES} whole sizes, but it has ${sizes.length}`);
  }
  const isEmpty = shape.includes(0);
  if (isEmpty && elementCount(shape.filter((size) => size > 0)) > MAX_EMPTY) {
    throw damaged(`an empty array must not be larger than ${MAX_EMPTY} along its other axes`);
  }
  return { descr, fortranOrder: order === "True", shape };
}

function swapBytes(bytes: Uint8Array, width: number): void {
  for (let start = 0; start < bytes.length; start += width) {
    bytes.subarray(start, start + width).reverse();
  }
}

/** Column major -> row major. */
function toRowMajor(values: NpyData, shape: readonly number[]): NpyData {
  const result = values.slice();
  const strides = shape.map((_, axis) => elementCount(shape.slice(0, axis)));
  const index = shape.map(() => 0);
  for (let target = 0; target < values.length; target++) {
    const source = index.reduce((sum, at, axis) => sum + at * (strides[axis] ?? 0), 0);
    result[target] = values[source] ?? 0;
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      const next = (index[axis] ?? 0) + 1;
      index[axis] = next === shape[axis] ? 0 : next;
      if (index[axis] !== 0) break;
    }
  }
  return result;
}

function elementCount(shape: readonly number[]): number {
  return shape.reduce((product, size) => product * size, 1);
}

function damaged(reason: string): SyntaxError {
  return new SyntaxError(`Cannot read .npy: ${reason}`);
}
