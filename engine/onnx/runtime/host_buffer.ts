/** Memory of a tensor, and the native value through which ONNX Runtime sees it. */

import { onnxTypes } from "../graph/encode_model.ts";
import type { TensorDtype } from "../symbolic_tensor.ts";
import { type Handle, ortApi, outHandle } from "./ort_api.ts";
import { cpuMemory } from "./environment.ts";

export type HostArray = Float32Array | Int32Array | Uint8Array;

const constructors = { float32: Float32Array, int32: Int32Array, bool: Uint8Array };

/** A zeroed array of the type that holds a dtype. */
export function allocate(dtype: TensorDtype, length: number): HostArray {
  return new constructors[dtype](length);
}

let liveValues = 0;

/** Releases values whose owner was collected without `drop()`: a net, not the rule. */
const orphans = new FinalizationRegistry<Handle>((handle) => releaseHandle(handle));

/** Number of native values not yet released. */
export function liveNativeValues(): number {
  return liveValues;
}

export class HostBuffer {
  readonly data: HostArray;
  readonly dtype: TensorDtype;
  /**
   * Whether only the engine has seen this memory. Memory that came from or was handed to the user
   * is never written again.
   */
  isPrivate: boolean;
  /** By shape: a tensor and its reshaped view share this memory, even in one call. */
  readonly #handles = new Map<string, Handle>();
  #runs = 0;
  #isDropped = false;

  constructor(data: HostArray, dtype: TensorDtype, isPrivate: boolean) {
    this.data = data;
    this.dtype = dtype;
    this.isPrivate = isPrivate;
  }

  /** A native value over this memory; made once for each shape and kept for later calls. */
  nativeValue(shape: readonly number[]): Handle {
    const key = shape.join();
    const known = this.#handles.get(key);
    if (known !== undefined) return known;
    const handle = createValue(this.data, shape, this.dtype);
    this.#handles.set(key, handle);
    orphans.register(this, handle, this);
    return handle;
  }

  /** Whether a program reads or writes this memory now. */
  get isRunning(): boolean {
    return this.#runs > 0;
  }

  /** Keeps the native values alive until `endRun()`. */
  beginRun(): void {
    this.#runs++;
  }

  endRun(): void {
    this.#runs--;
    if (this.#isDropped && this.#runs === 0) this.#free();
  }

  /** No tensor refers to this memory any more: frees the native values when no run uses it. */
  drop(): void {
    this.#isDropped = true;
    if (this.#runs === 0) this.#free();
  }

  /** A tensor refers to this memory again. */
  revive(): void {
    this.#isDropped = false;
  }

  #free(): void {
    orphans.unregister(this);
    for (const handle of this.#handles.values()) releaseHandle(handle);
    this.#handles.clear();
  }
}

function createValue(data: HostArray, shape: readonly number[], dtype: TensorDtype): Handle {
  // V8 keeps arrays of a few bytes inside the moving heap until someone asks for their buffer;
  // the native value keeps the address, so the memory has to stay where it is.
  const bytes = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
  const address = Deno.UnsafePointer.of(bytes.length === 0 ? new Uint8Array(8) : bytes);
  const dims = BigInt64Array.from(shape, BigInt);
  const handle = outHandle((out) =>
    ortApi().createTensor(
      cpuMemory(),
      address,
      BigInt(data.byteLength),
      dims,
      BigInt(shape.length),
      onnxTypes[dtype],
      out,
    )
  );
  liveValues++;
  return handle;
}

function releaseHandle(handle: Handle): void {
  ortApi().releaseValue(handle);
  liveValues--;
}
