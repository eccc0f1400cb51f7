/** Sessions by what they compute: programs with equal graphs share one. */

import { encodeModel } from "./graph/encode_model.ts";
import type { Graph } from "./graph/graph.ts";
import { graphHash } from "./graph/graph_hash.ts";
import { type Model, Session } from "./runtime/session.ts";

export interface CompiledGraph {
  readonly hash: string;
  readonly session: Session;
  readonly encodeMs: number;
  readonly sessionMs: number;
}

interface Shared {
  readonly compiled: Promise<CompiledGraph>;
  users: number;
}

export class SessionCache {
  readonly #shared = new Map<string, Shared>();
  readonly #threads: number;

  constructor(threads: number) {
    this.#threads = threads;
  }

  /** Compiles a graph, or takes the session of an equal one. Each call asks for one `release()`. */
  async acquire(graph: Graph): Promise<CompiledGraph> {
    const hash = graphHash(graph);
    let shared = this.#shared.get(hash);
    if (shared === undefined) {
      shared = { compiled: this.#compile(graph, hash), users: 0 };
      this.#shared.set(hash, shared);
    }
    shared.users++;
    try {
      return await shared.compiled;
    } catch (error) {
      this.#shared.delete(hash);
      throw error;
    }
  }

  release(hash: string): void {
    const shared = this.#shared.get(hash);
    if (shared === undefined) return;
    shared.users--;
    if (shared.users > 0) return;
    this.#shared.delete(hash);
    shared.compiled.then(({ session }) => session.release());
  }

  async #compile(graph: Graph, hash: string): Promise<CompiledGraph> {
    const start = performance.now();
    const model = modelOf(graph, this.#threads);
    const encoded = performance.now();
    const session = await Session.create(model);
    return { hash, session, encodeMs: encoded - start, sessionMs: performance.now() - encoded };
  }
}

export function modelOf(graph: Graph, threads: number): Model {
  return {
    bytes: encodeModel(graph),
    inputs: graph.inputs.map((port) => port.name),
    outputs: graph.outputs.map((port) => port.name),
    threads,
  };
}
