/** A compiled function for one signature. */

import type { ProgramInfo, TensorTree } from "../engine.ts";
import { type Port, sizeOf } from "./graph/graph.ts";
import type { HeldArguments } from "./held_arguments.ts";
import type { OnnxBackend } from "./onnx_backend.ts";
import type { RecordedProgram } from "./record_program.ts";
import { allocate, HostBuffer } from "./runtime/host_buffer.ts";
import type { Bound } from "./runtime/session.ts";
import type { CompiledGraph, SessionCache } from "./session_cache.ts";
import type { TensorDtype } from "./symbolic_tensor.ts";

export interface ProgramParts {
  readonly backend: OnnxBackend;
  readonly sessions: SessionCache;
  readonly recorded: RecordedProgram;
  readonly compiled: CompiledGraph;
  readonly traceMs: number;
}

interface Output {
  readonly shape: readonly number[];
  readonly dtype: TensorDtype;
  /** Buffers with equal keys can stand in for each other. */
  readonly key: string;
}

export class Program {
  readonly info: ProgramInfo;
  readonly #parts: ProgramParts;
  readonly #outputs: readonly Output[];
  /** Donated buffers that wait to become results. */
  readonly #free = new Map<string, HostBuffer[]>();
  /** How many buffers of a key one call needs; more are not kept. */
  readonly #needed = new Map<string, number>();

  constructor(parts: ProgramParts) {
    this.#parts = parts;
    const { graph } = parts.recorded;
    this.#outputs = graph.outputs.map(outputOf);
    for (const { key } of this.#outputs) this.#needed.set(key, (this.#needed.get(key) ?? 0) + 1);
    this.info = {
      hash: parts.compiled.hash,
      nodeCount: graph.nodes.length,
      traceMs: parts.traceMs,
      encodeMs: parts.compiled.encodeMs,
      sessionMs: parts.compiled.sessionMs,
      toString: () => graph.toString(),
    };
  }

  /** Runs the program and lets the arguments go. */
  async run(held: HeldArguments): Promise<TensorTree> {
    const { backend, recorded, compiled } = this.#parts;
    const { captured } = recorded;
    const outputs = this.#outputs.map((output): Bound => ({
      buffer: this.#take(output),
      shape: output.shape,
    }));
    const own = [...captured, ...outputs];
    for (const { buffer } of own) buffer.beginRun();
    try {
      await compiled.session.run([...held.inputs, ...captured], outputs);
    } finally {
      for (const { buffer } of own) buffer.endRun();
      held.release();
      this.recycle(held.recyclable);
    }
    return recorded.buildResult(
      outputs.map(({ buffer, shape }) => backend.makeTensor(buffer, shape)),
    );
  }

  /** Keeps memory that nobody else can see for results of later runs, as far as they need it. */
  recycle(buffers: readonly HostBuffer[]): void {
    for (const buffer of buffers) this.#recycle(buffer);
  }

  dispose(): void {
    for (const buffers of this.#free.values()) for (const buffer of buffers) buffer.drop();
    this.#free.clear();
    this.#needed.clear();
    for (const { buffer } of this.#parts.recorded.captured) buffer.drop();
    this.#parts.sessions.release(this.#parts.compiled.hash);
  }

  #take({ shape, dtype, key }: Output): HostBuffer {
    return this.#free.get(key)?.pop() ??
      new HostBuffer(allocate(dtype, sizeOf(shape)), dtype, true);
  }

  #recycle(buffer: HostBuffer): void {
    const key = keyOf(buffer.dtype, buffer.data.length);
    const waiting = this.#free.get(key) ?? [];
    // Another program may still be reading what this one was given for good.
    if (buffer.isRunning || waiting.length >= (this.#needed.get(key) ?? 0)) {
      buffer.drop();
      return;
    }
    waiting.push(buffer);
    this.#free.set(key, waiting);
  }
}

function outputOf({ type }: Port): Output {
  const { dtype, shape } = type;
  if (dtype === "int64") throw new Error("Internal error: a program's result is int64");
  return { shape, dtype, key: keyOf(dtype, sizeOf(shape)) };
}

function keyOf(dtype: TensorDtype, length: number): string {
  return `${dtype}[${length}]`;
}
