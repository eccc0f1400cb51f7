/** Trained networks as ONNX files that any runtime reads. */

import * as tf from "@tensorflow/tfjs-core";
import type { ForwardFunction } from "../../engine.ts";
import { encodeModel, type PortNotes } from "../graph/encode_model.ts";
import type { Graph, Port, Value } from "../graph/graph.ts";
import { registerOnnxBackend } from "../register_backend.ts";
import { freeBatch, freeShape, sampleBatches } from "./free_batch.ts";
import { recordForward } from "./record_forward.ts";

export interface ExportOptions {
  /** Of the graph; viewers show it. */
  readonly name: string;
  /** A number, or "any", which leaves the first extent of inputs free. */
  readonly batch: number | "any";
  /** Version of this program. */
  readonly producerVersion: string;
  readonly metadata: Readonly<Record<string, string>>;
}

/** Arrays in memory; float32, row major. */
type Arrays = Readonly<
  Record<string, { readonly shape: readonly number[]; readonly data: Float32Array }>
>;

/**
 * Writes a forward function as a model of standard ONNX operators (opset 17, IR 8), weights inside.
 *
 * No session is made and nothing runs; tfjs's "onnx" backend is the global one afterwards.
 * @throws {RangeError} When no free batch is possible, naming the operator.
 */
export async function exportModel(
  forward: ForwardFunction,
  weights: Arrays,
  options: ExportOptions,
): Promise<Uint8Array<ArrayBuffer>> {
  registerOnnxBackend();
  await tf.setBackend("onnx");
  const tensors = Object.fromEntries(
    Object.entries(weights).map(([name, { shape, data }]) => [name, tf.tensor(data, [...shape])]),
  );
  try {
    const { graph, shapes } = options.batch === "any"
      ? recordAnyBatch(forward, tensors)
      : fixed(recordForward(forward, tensors, options.batch));
    const { producerVersion, name, metadata } = options;
    const ports = notesOf(forward, shapes);
    return encodeModel(graph, { producerVersion, name, doc: forward.summary, metadata, ports });
  } finally {
    tf.dispose(tensors);
  }
}

type Shapes = ReadonlyMap<Value, readonly (number | string)[]>;

function recordAnyBatch(forward: ForwardFunction, weights: Record<string, tf.Tensor>) {
  const [a, b, c] = sampleBatches;
  const sample = (batch: number) => ({ batch, graph: recordForward(forward, weights, batch) });
  const samples = [sample(a), sample(b), sample(c)] as const;
  const ports = samples.map(({ graph }) => [...graph.inputs, ...graph.outputs]);
  const shapes = new Map(
    ports[0]!.map(({ name }, i) => [name, freeShape(ports.map((each) => each[i]!.type.shape))]),
  );
  return { graph: freeBatch(samples), shapes };
}

function fixed(graph: Graph): { readonly graph: Graph; readonly shapes: Shapes } {
  const ports: readonly Port[] = [...graph.inputs, ...graph.outputs];
  return { graph, shapes: new Map(ports.map(({ name, type }) => [name, type.shape])) };
}

/** "[batch, 64, 64, 1] float32. A frame in [0, 1]" */
function notesOf({ inputs, outputs }: ForwardFunction, shapes: Shapes): Map<Value, PortNotes> {
  const given = Object.entries(inputs).map(([name, { doc, dtype = "float32" }]) =>
    [name, doc, dtype] as const
  );
  const results = Object.entries(outputs).map(([name, doc]) => [name, doc, "float32"] as const);
  return new Map(
    [...given, ...results].map(([name, doc, dtype]) => {
      const shape = shapes.get(name) ?? [];
      return [name, { shape, doc: `[${shape.join(", ")}] ${dtype}. ${doc}` }];
    }),
  );
}
