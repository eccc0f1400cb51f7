/** A forward function as a graph of standard operators, with its weights inside. */

import * as tf from "@tensorflow/tfjs-core";
import type { ForwardFunction } from "../../engine.ts";
import { leavesOf } from "../../tensor_tree.ts";
import { makeConstant } from "../graph/constant.ts";
import type { Constant, Graph, Value } from "../graph/graph.ts";
import { removeDeadNodes } from "../graph/passes.ts";
import { type RecordedProgram, recordProgram } from "../record_program.ts";
import { registerOnnxBackend } from "../register_backend.ts";
import { renameValues } from "./rename_values.ts";

type Tensors = Readonly<Record<string, tf.Tensor>>;

/** Operators of ONNX itself, which every runtime has. */
const PORTABLE = 0;

/**
 * Records a function for one size of the batch. In the graph its inputs and outputs have the names that the
 * function gives them, and the weights that it needs are initialisers under their own names.
 * @throws {Error} When the function gives other outputs than it says.
 */
export function recordForward(forward: ForwardFunction, weights: Tensors, batch: number): Graph {
  const { backend } = registerOnnxBackend();
  const inputs = Object.fromEntries(
    Object.entries(forward.inputs).map(([name, { shape: [, ...rest], dtype = "float32" }]) => [
      name,
      tf.zeros([batch, ...rest], dtype),
    ]),
  );
  try {
    const recorded = recordProgram(
      backend,
      (own: Tensors, given: Tensors) => outputsOf(forward, own, given),
      [weights, inputs],
      { name: "forward", blockSize: PORTABLE, isVerified: true },
    );
    const graph = withNames(recorded, weights, [inputs, forward.outputs]);
    const foreign = graph.nodes.find(({ domain }) => domain !== "");
    if (!foreign) return graph;
    throw new Error(
      `Internal error: "${foreign.op}" of ${foreign.domain} is no standard ONNX operator`,
    );
  } finally {
    tf.dispose(inputs);
  }
}

function outputsOf({ run, outputs }: ForwardFunction, weights: Tensors, inputs: Tensors): Tensors {
  const found = run(weights, inputs);
  const [said, given] = [outputs, found].map((record) => Object.keys(record).sort().join(", "));
  if (said === given) return found;
  throw new Error(`Cannot export: the outputs should be ${said}, but the function gives ${given}`);
}

/** Inputs of a recorded graph are all weights, then all inputs, then tensors that the function holds. */
function withNames(
  { graph, captured }: RecordedProgram,
  weights: Tensors,
  [inputs, outputs]: readonly [Tensors, ForwardFunction["outputs"]],
): Graph {
  const own = leavesOf(weights);
  const given = leavesOf(inputs);
  const constants = new Map<Value, Constant>(graph.constants);
  const names = new Map<Value, Value>();
  for (const [i, { name, type }] of graph.inputs.entries()) {
    const weight = own[i];
    const input = given[i - own.length];
    const held = captured[i - own.length - given.length];
    if (weight) constants.set(name, makeConstant(weight.tensor.dataSync(), type.shape, "float32"));
    else if (held) constants.set(name, makeConstant(held.buffer.data, held.shape, type.dtype));
    const outer = weight?.path ?? input?.path;
    if (outer !== undefined) names.set(name, outer);
  }
  const results = Object.keys(outputs).sort();
  for (const [i, { name }] of graph.outputs.entries()) names.set(name, results[i] ?? name);
  const kept = graph.inputs.slice(own.length, own.length + given.length);
  return renameValues(removeDeadNodes(graph.with({ inputs: kept, constants })), names);
}
