/**
 * The tfjs backend "onnx". While a function is traced, kernels record what they would do;
 * otherwise each kernel runs at once as a small program of its own.
 */

import {
  type backend_util,
  DataStorage,
  type DataType,
  engine,
  KernelBackend,
  type Tensor,
  type TensorInfo,
} from "@tensorflow/tfjs-core";
import { sizeOf } from "./graph/graph.ts";
import type { Entry, HostEntry, Recording } from "./recording.ts";
import { allocate, type HostArray, HostBuffer } from "./runtime/host_buffer.ts";
import type { SymbolicTensor, TensorDtype } from "./symbolic_tensor.ts";

export class OnnxBackend extends KernelBackend {
  /** The function being traced, if any. */
  recording: Recording | null = null;
  readonly #entries = new DataStorage<Entry>(this, engine());

  // ---- What tfjs calls

  override write(values: backend_util.BackendValues, shape: number[], dtype: DataType): object {
    const dataId = {};
    this.move(dataId, values, shape, dtype, 1);
    return dataId;
  }

  override move(
    dataId: object,
    values: backend_util.BackendValues | null,
    shape: number[],
    dtype: DataType,
    references: number,
  ): void {
    const type = supported(dtype);
    const buffer = values === null || values === undefined
      ? new HostBuffer(allocate(type, sizeOf(shape)), type, true)
      : new HostBuffer(arrayOf(values, type), type, false);
    this.#entries.set(dataId, { kind: "host", buffer, dtype: type, shape, references });
  }

  override readSync(dataId: object): backend_util.BackendValues {
    const { buffer } = this.hostEntry(dataId);
    buffer.isPrivate = false; // The reader may keep it.
    return buffer.data;
  }

  override read(dataId: object): Promise<backend_util.BackendValues> {
    return Promise.resolve(this.readSync(dataId));
  }

  override incRef(dataId: object): void {
    this.#entries.get(dataId).references++;
  }

  decRef(dataId: object): void {
    if (this.#entries.has(dataId)) this.#entries.get(dataId).references--;
  }

  override refCount(dataId: object): number {
    return this.#entries.has(dataId) ? this.#entries.get(dataId).references : 0;
  }

  override disposeData(dataId: object, force = false): boolean {
    if (!this.#entries.has(dataId)) return true;
    const entry = this.#entries.get(dataId);
    entry.references--;
    if (!force && entry.references > 0) return false;
    this.#entries.delete(dataId);
    if (entry.kind === "host") entry.buffer.drop();
    return true;
  }

  override numDataIds(): number {
    return this.#entries.numDataIds();
  }

  override memory(): { unreliable: boolean } {
    return { unreliable: false };
  }

  override epsilon(): number {
    return 1e-7;
  }

  override floatPrecision(): 16 | 32 {
    return 32;
  }

  override timerAvailable(): boolean {
    return true;
  }

  override async time(run: () => void): Promise<{ kernelMs: number }> {
    const start = performance.now();
    await run();
    return { kernelMs: performance.now() - start };
  }

  override dispose(): void {}

  // ---- What the engine calls

  entry(dataId: object): Entry {
    return this.#entries.get(dataId);
  }

  /** The memory of a tensor. @throws {Error} When it is a traced one. */
  hostEntry(dataId: object): HostEntry {
    const entry = this.#entries.get(dataId);
    if (entry.kind === "host") return entry;
    throw new Error(
      `Cannot read a value inside "${entry.recording.name}": while the function is traced its ` +
        `tensors have shapes but no values; return the tensor and read it outside`,
    );
  }

  /** Registers a symbolic tensor of the function being traced. */
  addTraced(tensor: SymbolicTensor, recording: Recording): TensorInfo {
    const dataId = {};
    this.#entries.set(dataId, { kind: "traced", tensor, recording, references: 1 });
    return { dataId, shape: [...tensor.shape], dtype: tensor.dtype };
  }

  /** Registers memory as data of a new tensor. */
  addHost(buffer: HostBuffer, shape: readonly number[]): TensorInfo {
    const dataId = {};
    buffer.revive();
    this.#entries.set(dataId, {
      kind: "host",
      buffer,
      dtype: buffer.dtype,
      shape,
      references: 1,
    });
    return { dataId, shape: [...shape], dtype: buffer.dtype };
  }

  /** A tensor over memory that the engine has filled. */
  makeTensor(buffer: HostBuffer, shape: readonly number[]): Tensor {
    return engine().makeTensorFromTensorInfo(this.addHost(buffer, shape), this);
  }
}

function supported(dtype: DataType): TensorDtype {
  if (dtype === "float32" || dtype === "int32" || dtype === "bool") return dtype;
  throw new TypeError(
    `Cannot store a tensor: the "onnx" backend requires float32, int32 or bool, but it is ${dtype}`,
  );
}

/** The values in the array type of their dtype; without a copy where they are already. */
function arrayOf(values: backend_util.BackendValues, dtype: TensorDtype): HostArray {
  const isRight = dtype === "float32"
    ? values instanceof Float32Array
    : dtype === "int32"
    ? values instanceof Int32Array
    : values instanceof Uint8Array;
  if (isRight) return values as HostArray;
  const array = allocate(dtype, values.length);
  for (let index = 0; index < values.length; index++) array[index] = Number(values[index]);
  return array;
}
