/** Tensors of a PyTorch file: a shape and strides over a storage that several tensors may share. */

import { damagedPickle, PickleObject, type PickleValue } from "./pickle_values.ts";

/** Number types by the name of their storage class. Complex, quantised and float8 numbers are not read. */
const dtypes = {
  DoubleStorage: { dtype: "float64", width: 8 },
  FloatStorage: { dtype: "float32", width: 4 },
  HalfStorage: { dtype: "float16", width: 2 },
  BFloat16Storage: { dtype: "bfloat16", width: 2 },
  LongStorage: { dtype: "int64", width: 8 },
  IntStorage: { dtype: "int32", width: 4 },
  ShortStorage: { dtype: "int16", width: 2 },
  CharStorage: { dtype: "int8", width: 1 },
  ByteStorage: { dtype: "uint8", width: 1 },
  BoolStorage: { dtype: "bool", width: 1 },
} as const;

export type StorageClass = keyof typeof dtypes;
export type PytorchDtype = (typeof dtypes)[StorageClass]["dtype"];

/** The storage class that a name of Python's means, as "torch.FloatStorage". */
export function storageClassOf(name: string): StorageClass | undefined {
  // Files of the years before 1.6 say "torch.cuda." for tensors that were on a GPU.
  const short = /^torch\.(?:cuda\.)?(\w+)$/.exec(name)?.[1] ?? "";
  return Object.hasOwn(dtypes, short) ? short as StorageClass : undefined;
}

/** A run of numbers of one type; its bytes may become known later than its size. */
export class PytorchStorage extends PickleObject {
  readonly key: string;
  readonly dtype: PytorchDtype;
  readonly count: number;
  readonly byteLength: number;
  #bytes: Uint8Array | undefined;
  #numbers: Float32Array | undefined;

  constructor(key: string, storageClass: StorageClass, count: number) {
    super();
    const { dtype, width } = dtypes[storageClass];
    this.key = key;
    this.dtype = dtype;
    this.count = count;
    this.byteLength = count * width;
  }

  /** Gives the storage its bytes, little-endian. */
  fill(bytes: Uint8Array): void {
    if (bytes.length !== this.byteLength) {
      throw damagedPickle(
        `storage ${this.key} of ${this.count} ${this.dtype} takes ${this.byteLength} bytes, ` +
          `but has ${bytes.length}`,
      );
    }
    this.#bytes = bytes;
  }

  /** All numbers as float32. @throws {TypeError} When an integer would lose digits. */
  numbers(): Float32Array {
    if (this.#bytes === undefined) throw damagedPickle(`storage ${this.key} has no bytes`);
    // Copied, because the file may place the data at any byte.
    return this.#numbers ??= toFloat32(this.#bytes.slice().buffer, this.dtype);
  }
}

/** What `torch._utils._rebuild_tensor_v2` makes. */
export class PytorchTensor extends PickleObject {
  readonly storage: PytorchStorage;
  readonly offset: number;
  readonly shape: readonly number[];
  readonly strides: readonly number[];
  readonly count: number;

  /** @throws {SyntaxError} When an element lies outside the storage. */
  constructor(args: readonly PickleValue[], sizes: (value: PickleValue | undefined) => number[]) {
    super();
    const [storage, offset, shape, strides] = args;
    if (args.length !== 6 || !(storage instanceof PytorchStorage) || !isIndex(offset)) {
      throw damagedPickle(
        "a tensor must be made of a storage, an offset, a shape, strides and two more, " +
          `but it is made of ${args.length} values or of others`,
      );
    }
    this.storage = storage;
    this.offset = offset;
    this.shape = sizes(shape);
    this.strides = sizes(strides);
    this.count = this.shape.reduce((product, size) => product * size, 1);
    // One step per axis from the first element to the last.
    const reach = this.shape.reduce((sum, size, i) => sum + (size - 1) * this.strides[i]!, 0);
    const isInside = this.shape.length === this.strides.length &&
      (this.count === 0 ? offset <= storage.count : offset + reach < storage.count);
    if (!isInside || !Number.isSafeInteger(this.count)) {
      throw damagedPickle(
        `a tensor [${this.shape}] with strides [${this.strides}] from element ${offset} ` +
          `must lie inside storage ${storage.key}, which has ${storage.count} elements`,
      );
    }
  }

  /** The elements, row major, as float32 of their own. */
  toFloat32(): Float32Array {
    const numbers = this.storage.numbers();
    if (this.#isContiguous()) return numbers.slice(this.offset, this.offset + this.count);
    const result = new Float32Array(this.count);
    const index = this.shape.map(() => 0);
    let source = this.offset;
    for (let target = 0; target < result.length; target++) {
      result[target] = numbers[source]!;
      for (let axis = index.length - 1; axis >= 0; axis--) {
        source += this.strides[axis]!;
        index[axis] = index[axis]! + 1;
        if (index[axis]! < this.shape[axis]!) break;
        source -= this.shape[axis]! * this.strides[axis]!;
        index[axis] = 0;
      }
    }
    return result;
  }

  #isContiguous(): boolean {
    let expected = 1;
    for (let axis = this.shape.length - 1; axis >= 0; axis--) {
      const size = this.shape[axis]!;
      if (size !== 1 && this.strides[axis] !== expected) return false;
      expected *= size;
    }
    return true;
  }
}

export function isIndex(value: PickleValue | undefined): value is number {
  return typeof value === "number" && Number.isSafeInteger(value) && value >= 0;
}

function toFloat32(buffer: ArrayBuffer, dtype: PytorchDtype): Float32Array {
  switch (dtype) {
    case "float32":
      return new Float32Array(buffer);
    case "float64":
      return Float32Array.from(new Float64Array(buffer));
    case "float16":
      return Float32Array.from(new Float16Array(buffer));
    case "bfloat16":
      // A bfloat16 is the upper half of a float32.
      return new Float32Array(
        Uint32Array.from(new Uint16Array(buffer), (bits) => bits << 16).buffer,
      );
    case "int64":
      return exactly(Array.from(new BigInt64Array(buffer), Number), dtype);
    case "int32":
      return exactly(new Int32Array(buffer), dtype);
    case "int16":
      return Float32Array.from(new Int16Array(buffer));
    case "int8":
      return Float32Array.from(new Int8Array(buffer));
    case "uint8":
      return Float32Array.from(new Uint8Array(buffer));
    case "bool":
      return Float32Array.from(new Uint8Array(buffer), (byte) => byte === 0 ? 0 : 1);
  }
}

/** Above 2^24 float32 skips integers, and a silently changed index is worse than an error. */
function exactly(integers: ArrayLike<number>, dtype: PytorchDtype): Float32Array {
  const result = Float32Array.from(integers);
  for (let i = 0; i < result.length; i++) {
    if (Math.abs(result[i]!) > 2 ** 24) {
      throw new TypeError(
        `an ${dtype} must be at most 2^24 to be exact as float32, but one is ${integers[i]}`,
      );
    }
  }
  return result;
}
