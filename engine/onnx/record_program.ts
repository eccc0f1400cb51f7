/** Traces a function of tensors. */

import * as tf from "@tensorflow/tfjs-core";
import type { TensorTree } from "../engine.ts";
import { leavesOf, mapTree } from "../tensor_tree.ts";
import type { Graph } from "./graph/graph.ts";
import { runPasses } from "./graph/passes.ts";
import { verifyGraph, verifyOutputs } from "./graph/verify_graph.ts";
import type { OnnxBackend } from "./onnx_backend.ts";
import { type Captured, Recording } from "./recording.ts";
import type { SymbolicTensor, TensorDtype } from "./symbolic_tensor.ts";
import type { BlockSize } from "./trace.ts";
import { explainTraceError, withDeepStacks } from "./trace_error.ts";
import { watchOperators } from "./watch_operators.ts";

export interface RecordedProgram {
  readonly graph: Graph;
  /** Fed behind the arguments. */
  readonly captured: readonly Captured[];
  /** Rebuilds the result's tree from its leaves, in the order of the graph's outputs. */
  readonly buildResult: (leaves: readonly tf.Tensor[]) => TensorTree;
}

export interface RecordOptions {
  readonly name: string;
  readonly blockSize: BlockSize;
  /** Whether to verify the graph after each pass. */
  readonly isVerified: boolean;
}

/** Calls `fn` once with symbolic tensors in place of the arguments' tensors. */
export function recordProgram<Arguments extends readonly TensorTree[]>(
  backend: OnnxBackend,
  fn: (...args: Arguments) => TensorTree,
  args: Arguments,
  options: RecordOptions,
): RecordedProgram {
  if (backend.recording !== null) {
    throw new Error(
      `Cannot compile "${options.name}": it is called while "${backend.recording.name}" is traced`,
    );
  }
  const active = tf.getBackend();
  if (active !== "onnx") {
    throw new Error(
      `Cannot compile "${options.name}": the active tfjs backend must be "onnx", but is "${active}"`,
    );
  }
  const recording = new Recording(options.name, options.blockSize);
  let recorded: RecordedProgram | undefined;
  backend.recording = recording;
  const trace = () =>
    tf.tidy(() => {
      const symbolic: readonly TensorTree[] = args.map((arg) =>
        mapTree(arg, (tensor) => traced(backend, recording, tensor))
      );
      // It mirrors `args`, element by element; map() forgets that it is a tuple.
      const result = fn(...symbolic as Arguments);
      recorded = finish(backend, recording, result, options);
    });
  try {
    withDeepStacks(() =>
      watchOperators(trace, (error, operator) => explainTraceError(error, options.name, operator))
    );
  } finally {
    backend.recording = null;
  }
  if (recorded === undefined) throw new Error("Internal error: tidy() did not run its function");
  return recorded;
}

function traced(backend: OnnxBackend, recording: Recording, tensor: tf.Tensor): tf.Tensor {
  const dtype: TensorDtype = tensor.dtype === "int32" || tensor.dtype === "bool"
    ? tensor.dtype
    : "float32";
  const input = recording.trace.input(tensor.shape, dtype);
  return tf.engine().makeTensorFromTensorInfo(backend.addTraced(input, recording), backend);
}

function finish(
  backend: OnnxBackend,
  recording: Recording,
  result: TensorTree,
  options: RecordOptions,
): RecordedProgram {
  if (result instanceof Promise) {
    throw new TypeError(`Cannot compile "${recording.name}": the function must not be async`);
  }
  const leaves = leavesOf(result);
  if (leaves.length === 0) {
    throw new TypeError(
      `Cannot compile "${recording.name}": the function must return a tensor, but returned none`,
    );
  }
  const outputs: SymbolicTensor[] = leaves.map(({ tensor }) =>
    recording.symbolic(tensor, backend.entry(tensor.dataId))
  );
  const check = (graph: Graph) => verifyGraph(graph, options.blockSize);
  const recorded = recording.trace.finish(outputs);
  const graph = runPasses(recorded, options.isVerified ? check : undefined);
  if (options.isVerified) verifyOutputs(graph);
  return {
    graph,
    captured: recording.captured,
    buildResult(tensors) {
      let position = 0;
      return mapTree(result, () => {
        const tensor = tensors[position++];
        if (tensor === undefined) throw new Error("Internal error: a result is missing");
        return tensor;
      });
    },
  };
}
