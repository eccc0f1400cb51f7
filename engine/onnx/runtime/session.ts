/** A compiled model in ONNX Runtime. */

import { environment, logFailures } from "./environment.ts";
import type { HostBuffer } from "./host_buffer.ts";
import { inputPorts, type ModelPort, outputPorts } from "./model_ports.ts";
import { type NativeResult, readValue } from "./read_value.ts";
import { cString, type Handle, ortApi, outHandle } from "./ort_api.ts";

/**
 * "Basic" graph optimisation: the lowered graph leaves nothing for the higher levels, which only
 * make sessions slower to create (530 ms against 830-1070 for a UNet's training step).
 */
const basicOptimisation = 1;

/**
 * Threads wait for work by spinning. Each session has its own, so those of one that is done must not
 * spin on while another computes: steps of MoCoGAN's three networks took a sixth longer.
 */
const sessionConfig: Readonly<Record<string, string>> = { "session.force_spinning_stop": "1" };

let live = 0;

/** Number of sessions not yet released. */
export function liveSessions(): number {
  return live;
}

type RunArguments = Parameters<ReturnType<typeof ortApi>["runAsync"]>;

/** A buffer and the shape it has for this call. */
export interface Bound {
  readonly buffer: HostBuffer;
  readonly shape: readonly number[];
}

export class Session {
  #handle: Handle;
  #runs = 0;
  #isReleased = false;
  readonly #inputNames: Names;
  readonly #outputNames: Names;

  private constructor(handle: Handle, model: Model) {
    this.#handle = handle;
    this.#inputNames = new Names(model.inputs ?? inputPorts(handle).map((port) => port.name));
    this.#outputNames = new Names(model.outputs ?? outputPorts(handle).map((port) => port.name));
    live++;
  }

  /** Compiles a model, blocking. */
  static createSync(model: Model): Session {
    const { args, out, free } = prepare(model);
    try {
      ortApi().createSession(...args);
    } finally {
      free();
    }
    return new Session(handleIn(out), model);
  }

  /** Compiles a model on another thread. */
  static async create(model: Model): Promise<Session> {
    const { args, out, free } = prepare(model);
    try {
      await ortApi().createSessionAsync(...args);
    } finally {
      free();
    }
    return new Session(handleIn(out), model);
  }

  /** Reads the inputs and writes the outputs in place, blocking. */
  runSync(inputs: readonly Bound[], outputs: readonly Bound[]): void {
    const call = this.#prepareRun(inputs, outputs);
    ortApi().run(...call.args);
    keepAlive(call, inputs, outputs);
  }

  /** The same on another thread; the buffers must not be written or released meanwhile. */
  async run(inputs: readonly Bound[], outputs: readonly Bound[]): Promise<void> {
    await this.#runAsync(this.#prepareRun(inputs, outputs));
    keepAlive(inputs, outputs);
  }

  /** Runs for the first output only, into memory that ONNX Runtime allocates and this copies. */
  async runFirstOutput(inputs: readonly Bound[]): Promise<NativeResult> {
    const call = this.#prepareRun(inputs, [], 1);
    await this.#runAsync(call);
    keepAlive(inputs);
    const value = Deno.UnsafePointer.create(call.results[0] ?? 0n);
    try {
      return readValue(value);
    } finally {
      ortApi().releaseValue(value);
    }
  }

  /** What the model says of its inputs and outputs; axes without a fixed extent are -1. */
  describe(): { inputs: readonly ModelPort[]; outputs: readonly ModelPort[] } {
    return { inputs: inputPorts(this.#handle), outputs: outputPorts(this.#handle) };
  }

  /** Frees the session as soon as no run uses it. */
  release(): void {
    this.#isReleased = true;
    if (this.#runs > 0 || this.#handle === null) return;
    ortApi().releaseSession(this.#handle);
    this.#handle = null;
    live--;
  }

  async #runAsync(call: { readonly args: RunArguments }): Promise<void> {
    this.#runs++;
    try {
      await ortApi().runAsync(...call.args);
      keepAlive(call);
    } finally {
      this.#runs--;
      if (this.#isReleased) this.release();
    }
  }

  #prepareRun(
    inputs: readonly Bound[],
    outputs: readonly Bound[],
    outputCount = outputs.length,
  ) {
    if (this.#isReleased) throw new Error("Cannot run a program: it has been disposed");
    const values = addresses(inputs.map(({ buffer, shape }) => buffer.nativeValue(shape)));
    // Null where there is no buffer: ONNX Runtime then allocates one.
    const results = addresses(
      Array.from({ length: outputCount }, (_, position) => {
        const output = outputs[position];
        return output === undefined ? null : output.buffer.nativeValue(output.shape);
      }),
    );
    const args: RunArguments = [
      this.#handle,
      null,
      this.#inputNames.pointer,
      Deno.UnsafePointer.of(values),
      BigInt(inputs.length),
      this.#outputNames.pointer,
      BigInt(outputCount),
      Deno.UnsafePointer.of(results),
    ];
    return { args, values, results };
  }
}

/** Bytes of a model with the names by which it will be fed. */
export interface Model {
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** Asked of the model itself when left out. */
  readonly inputs?: readonly string[];
  readonly outputs?: readonly string[];
  /** Threads inside one operator. */
  readonly threads: number;
}

/** C strings and an array of pointers to them, which live as long as this object. */
class Names {
  readonly #bytes: Uint8Array<ArrayBuffer>;
  readonly #pointers: BigUint64Array<ArrayBuffer>;

  constructor(names: readonly string[]) {
    const encoded = names.map((name) => new TextEncoder().encode(name + "\0"));
    const total = encoded.reduce((sum, bytes) => sum + bytes.length, 0);
    this.#bytes = new Uint8Array(new ArrayBuffer(total));
    this.#pointers = new BigUint64Array(new ArrayBuffer(8 * Math.max(1, names.length)));
    const base = total === 0 ? 0n : Deno.UnsafePointer.value(Deno.UnsafePointer.of(this.#bytes));
    let offset = 0;
    encoded.forEach((bytes, position) => {
      this.#bytes.set(bytes, offset);
      this.#pointers[position] = base + BigInt(offset);
      offset += bytes.length;
    });
  }

  get pointer(): Handle {
    return Deno.UnsafePointer.of(this.#pointers);
  }
}

function prepare(model: Model) {
  const api = ortApi();
  const options = outHandle((out) => api.createSessionOptions(out));
  api.setIntraOpThreads(options, model.threads);
  // Memory patterns cost 250-550 MB on a UNet's training step and gain nothing.
  api.disableMemPattern(options);
  api.setLogSeverity(options, logFailures);
  api.setOptimizationLevel(options, basicOptimisation);
  for (const [key, value] of Object.entries(sessionConfig)) {
    api.addSessionConfigEntry(options, cString(key), cString(value));
  }
  const out = new BigUint64Array(new ArrayBuffer(8));
  const args = [
    environment(),
    Deno.UnsafePointer.of(model.bytes),
    BigInt(model.bytes.length),
    options,
    Deno.UnsafePointer.of(out),
  ] as const;
  return { args, out, free: () => api.releaseSessionOptions(options) };
}

function handleIn(out: BigUint64Array): Handle {
  return Deno.UnsafePointer.create(out[0] ?? 0n);
}

/** Addresses of handles in memory that does not move during a call on another thread. */
function addresses(handles: readonly Handle[]): BigUint64Array<ArrayBuffer> {
  const array = new BigUint64Array(new ArrayBuffer(8 * Math.max(1, handles.length)));
  handles.forEach((handle, position) => array[position] = BigInt(Deno.UnsafePointer.value(handle)));
  return array;
}

/** Referring to memory after a call keeps the garbage collector from it during the call. */
function keepAlive(...objects: unknown[]): void {
  void objects;
}
