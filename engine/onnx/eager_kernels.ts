/** Kernels called outside of `jit`: each runs at once, as a program of its own kept for the next time. */

import type { TensorInfo } from "@tensorflow/tfjs-core";
import type { Kernel } from "./define_kernel.ts";
import { type Graph, sizeOf, type Value } from "./graph/graph.ts";
import { runPasses } from "./graph/passes.ts";
import type { OnnxBackend } from "./onnx_backend.ts";
import { allocate, HostBuffer } from "./runtime/host_buffer.ts";
import { type Bound, Session } from "./runtime/session.ts";
import { modelOf } from "./session_cache.ts";
import type { SymbolicTensor, TensorDtype } from "./symbolic_tensor.ts";
import { type BlockSize, Trace } from "./trace.ts";

/** Programs kept; the oldest are released first. */
const capacity = 512;

type Compiled =
  | { readonly kind: "uniform"; readonly value: number; readonly output: SymbolicTensor }
  /** The result is an input's memory under another shape. */
  | { readonly kind: "alias"; readonly input: number; readonly output: SymbolicTensor }
  | {
    readonly kind: "session";
    readonly session: Session;
    readonly outputs: readonly SymbolicTensor[];
    readonly isList: boolean;
  };

export class EagerKernels {
  readonly #backend: OnnxBackend;
  readonly #compiled = new Map<string, Compiled>();
  #blockSize: BlockSize = 0;

  constructor(backend: OnnxBackend) {
    this.#backend = backend;
  }

  /** Forgets all programs; later ones use this block size. */
  reset(blockSize: BlockSize): void {
    for (const compiled of this.#compiled.values()) release(compiled);
    this.#compiled.clear();
    this.#blockSize = blockSize;
  }

  run(
    kernel: Kernel,
    given: readonly (TensorInfo | undefined)[],
    attrs: unknown,
  ): TensorInfo | TensorInfo[] {
    const types = given.map((input) => input ? `${input.dtype}[${input.shape}]` : "-").join();
    const key = `${kernel.name} ${types} ${JSON.stringify(attrs)}`;
    let compiled = this.#compiled.get(key);
    if (compiled === undefined) {
      compiled = compile(kernel, given, attrs, this.#blockSize);
      this.#compiled.set(key, compiled);
      this.#evict();
    }
    return this.#execute(compiled, given.filter((input) => input !== undefined));
  }

  #execute(compiled: Compiled, inputs: readonly TensorInfo[]): TensorInfo | TensorInfo[] {
    if (compiled.kind === "alias") return this.#alias(inputs[compiled.input], compiled.output);
    if (compiled.kind === "uniform") {
      const { shape } = compiled.output;
      const buffer = outputBuffer(compiled.output);
      buffer.data.fill(compiled.value);
      return this.#backend.addHost(buffer, shape);
    }
    const bound = inputs.map((input): Bound => ({
      buffer: this.#backend.hostEntry(input.dataId).buffer,
      shape: input.shape,
    }));
    const outputs = compiled.outputs.map((output): Bound => ({
      buffer: outputBuffer(output),
      shape: output.shape,
    }));
    compiled.session.runSync(bound, outputs);
    const infos = outputs.map(({ buffer, shape }) => this.#backend.addHost(buffer, shape));
    const [first] = infos;
    return compiled.isList || first === undefined ? infos : first;
  }

  #alias(input: TensorInfo | undefined, output: SymbolicTensor): TensorInfo {
    if (input === undefined) throw new Error("Internal error: a kernel's input is missing");
    this.#backend.incRef(input.dataId);
    return { dataId: input.dataId, shape: [...output.shape], dtype: output.dtype };
  }

  #evict(): void {
    if (this.#compiled.size <= capacity) return;
    const [oldest] = this.#compiled;
    if (oldest === undefined) return;
    release(oldest[1]);
    this.#compiled.delete(oldest[0]);
  }
}

function compile(
  kernel: Kernel,
  infos: readonly (TensorInfo | undefined)[],
  attrs: unknown,
  blockSize: BlockSize,
): Compiled {
  const trace = new Trace(blockSize);
  const inputs = infos.map((info) => info && trace.input(info.shape, dtypeOf(info)));
  const result = kernel.lower(trace, inputs, attrs);
  if (!Array.isArray(result) && result.uniformValue !== undefined) {
    return { kind: "uniform", value: result.uniformValue, output: result };
  }
  const outputs = Array.isArray(result) ? result : [result];
  const recorded = trace.finish(outputs);
  const alias = Array.isArray(result) ? -1 : aliasedInput(recorded);
  if (alias >= 0 && !Array.isArray(result)) return { kind: "alias", input: alias, output: result };
  // One thread: a pool of threads for each small program would cost more than it gains.
  const session = Session.createSync(modelOf(runPasses(recorded), 1));
  return { kind: "session", session, outputs, isList: Array.isArray(result) };
}

/** The input that the only output is, up to its shape; or -1. */
function aliasedInput(graph: Graph): number {
  const makers = new Map<Value, Graph["nodes"][number]>();
  for (const node of graph.nodes) for (const output of node.outputs) makers.set(output, node);
  let value = graph.outputs[0]?.name ?? "";
  for (let node = makers.get(value); node?.op === "Reshape"; node = makers.get(value)) {
    value = node.inputs[0] ?? "";
  }
  return graph.inputs.findIndex((port) => port.name === value);
}

function release(compiled: Compiled): void {
  if (compiled.kind === "session") compiled.session.release();
}

function outputBuffer({ shape, dtype }: SymbolicTensor): HostBuffer {
  return new HostBuffer(allocate(dtype, sizeOf(shape)), dtype, true);
}

function dtypeOf(info: TensorInfo): TensorDtype {
  return info.dtype === "int32" || info.dtype === "bool" ? info.dtype : "float32";
}
