/** Compiled functions: traced once per signature, then run as one ONNX Runtime session. */

import type * as tf from "@tensorflow/tfjs-core";
import type { JitOptions, Jitted, ProgramInfo, TensorTree } from "../engine.ts";
import { signatureOf } from "../signature.ts";
import { type Leaf, leavesOf } from "../tensor_tree.ts";
import { checkMemory } from "./check_memory.ts";
import { HeldArguments, takeMemory } from "./held_arguments.ts";
import type { OnnxBackend } from "./onnx_backend.ts";
import { Program } from "./program.ts";
import { recordProgram } from "./record_program.ts";
import type { SessionCache } from "./session_cache.ts";
import type { BlockSize } from "./trace.ts";

/** What compiled functions of one engine share. */
export interface JitContext {
  readonly backend: OnnxBackend;
  readonly sessions: SessionCache;
  readonly blockSize: BlockSize;
  readonly isVerified: boolean;
  /** Bytes that a program may take; undefined for what is free. */
  readonly memoryLimit: number | undefined;
}

export function jit<Arguments extends readonly TensorTree[], Result extends TensorTree>(
  context: JitContext,
  fn: (...args: Arguments) => Result,
  options: JitOptions,
): Jitted<Arguments, Result> {
  const name = options.name ?? (fn.name || "function");
  const programs = new Map<string, Promise<Program>>();
  /** The one that ran last: most likely the next one, too. */
  let latest: Program | undefined;

  const compile = (args: Arguments, leaves: readonly Leaf[][]): Promise<Program> => {
    const signature = signatureOf(leaves);
    const known = programs.get(signature);
    if (known !== undefined) return known;
    const program = compileProgram(context, fn, args, name);
    programs.set(signature, program);
    program.catch(() => programs.delete(signature));
    return program;
  };

  const call = async (...args: Arguments): Promise<Result> => {
    const leaves = args.map(leavesOf);
    const donated = new Set<tf.Tensor>();
    for (const position of options.donate ?? []) {
      for (const { tensor } of leaves[position] ?? []) donated.add(tensor);
    }
    try {
      assertNotTracing(context.backend, name);
      assertAlive(leaves, name);
      const compiling = compile(args, leaves);
      const tensors = leaves.flatMap((list) => list.map((leaf) => leaf.tensor));
      const held = new HeldArguments(context.backend, tensors, donated);
      const program = await compiling.catch((error) => {
        held.abandon();
        throw error;
      });
      latest = program;
      // The tree was built by `fn` itself while it was traced, so it is a `Result`.
      const running = program.run(held)
        .catch((error) => Promise.reject(named(error, `Cannot run "${name}"`)));
      return await running as Result;
    } finally {
      for (const tensor of donated) if (!tensor.isDisposed) tensor.dispose();
    }
  };

  const inspect = async (...args: Arguments): Promise<ProgramInfo> => {
    const leaves = args.map(leavesOf);
    assertAlive(leaves, name);
    return (await compile(args, leaves)).info;
  };

  const reuse = (tree: TensorTree): void => {
    const tensors = new Set(leavesOf(tree).map((leaf) => leaf.tensor));
    const memory = takeMemory(context.backend, tensors);
    if (latest) latest.recycle(memory);
    else for (const buffer of memory) buffer.drop();
  };

  const dispose = () => {
    latest = undefined;
    for (const program of programs.values()) {
      program.then((compiled) => compiled.dispose(), () => {});
    }
    programs.clear();
  };
  return Object.assign(call, { inspect, reuse, dispose });
}

async function compileProgram<Arguments extends readonly TensorTree[]>(
  { backend, sessions, blockSize, isVerified, memoryLimit }: JitContext,
  fn: (...args: Arguments) => TensorTree,
  args: Arguments,
  name: string,
): Promise<Program> {
  const start = performance.now();
  const recorded = recordProgram(backend, fn, args, { name, blockSize, isVerified });
  const traceMs = performance.now() - start;
  checkMemory(recorded.graph, { name, blockSize, limit: memoryLimit });
  const compiled = await sessions.acquire(recorded.graph)
    .catch((error) => Promise.reject(named(error, `Cannot compile "${name}"`)));
  return new Program({ backend, sessions, recorded, compiled, traceMs });
}

/** An error of ONNX Runtime, which knows no names of ours. */
function named(error: unknown, attempt: string): unknown {
  if (!(error instanceof Error) || !error.message.startsWith("ONNX Runtime: ")) return error;
  return new Error(`${attempt}: ${error.message}`, { cause: error });
}

function assertNotTracing({ recording }: OnnxBackend, name: string): void {
  if (recording === null) return;
  throw new Error(
    `Cannot run "${name}" while "${recording.name}" is traced: call the plain function instead`,
  );
}

function assertAlive(leaves: readonly Leaf[][], name: string): void {
  leaves.forEach((list, position) => {
    for (const { path, tensor } of list) {
      if (!tensor.isDisposed) continue;
      throw new Error(
        `Cannot run "${name}": argument ${position}${
          path && ` "${path}"`
        } must be a live tensor, ` +
          `but it has been disposed or donated`,
      );
    }
  });
}
