/** Cases of kernels, recorded for any block size and evaluated in float64. */

import * as tf from "@tensorflow/tfjs-core";
import type { Graph } from "../../../engine/onnx/graph/graph.ts";
import { removeDeadNodes } from "../../../engine/onnx/graph/passes.ts";
import { recordProgram } from "../../../engine/onnx/record_program.ts";
import { registerOnnxBackend } from "../../../engine/onnx/register_backend.ts";
import type { BlockSize } from "../../../engine/onnx/trace.ts";
import { leavesOf } from "../../../engine/tensor_tree.ts";
import { difference } from "../difference.ts";
import { type HostTensor, scattered, toTensor } from "../host_tensor.ts";
import {
  asTree,
  cotangent,
  float32Tolerance,
  type KernelCase,
  reference,
  withGradients,
} from "../kernel_suite.ts";
import { type Evaluated, evaluateGraph } from "./evaluate_graph.ts";

/**
 * What differs between a case evaluated as recorded for `blockSize`, and the "cpu" backend; or
 * between its gradients and quotients of differences. Null when nothing does. The "onnx" backend must
 * be the active one.
 */
export async function evaluatedFailure(
  kernelCase: KernelCase,
  blockSize: BlockSize,
): Promise<string | null> {
  try {
    const expected = await reference(kernelCase);
    const recorded = recordCase(kernelCase, expected.value, blockSize);
    const found = recorded.evaluate(recorded.graph, kernelCase.inputs);
    for (const [position, name] of recorded.names.entries()) {
      const tolerance = kernelCase.tolerance ?? float32Tolerance;
      const what = difference(toHost(found[position]!), expected[name]!, tolerance);
      if (what !== null) return `${kernelCase.name}: ${name}: ${what}`;
    }
    const slope = slopeFailure(recorded, kernelCase, found);
    return slope === null ? null : `${kernelCase.name}: ${slope}`;
  } catch (error) {
    return `${kernelCase.name}: ${error instanceof Error ? error.message : String(error)}`;
  }
}

interface RecordedCase {
  readonly graph: Graph;
  /** Names of the outputs, in order. */
  readonly names: readonly string[];
  /** Evaluates the graph, or a part of it, for inputs like the case's own. */
  evaluate(graph: Graph, inputs: readonly { readonly data: ArrayLike<number> }[]): Evaluated[];
}

function recordCase(
  kernelCase: KernelCase,
  value: HostTensor,
  blockSize: BlockSize,
): RecordedCase {
  const { backend } = registerOnnxBackend();
  const dy = cotangent(value);
  const tree = asTree(kernelCase.inputs.map(toTensor), toTensor(dy));
  const paths = leavesOf(tree).map(({ path }) => path);
  const program = withGradients(kernelCase, value);
  const options = { name: kernelCase.name, blockSize, isVerified: true };
  let names: string[] = [];
  const { graph, captured } = recordProgram(
    backend,
    (given: Record<string, tf.Tensor>) => {
      const outputs = program(given);
      names = leavesOf(outputs).map(({ path }) => path);
      return outputs;
    },
    [tree],
    options,
  );
  tf.dispose(tree);
  const behind = captured.map(({ buffer }) => buffer.data.slice());
  for (const { buffer } of captured) buffer.drop();
  return {
    graph,
    names,
    evaluate(part, inputs) {
      const given = paths.map((path) =>
        path === "cotangent" ? dy.data : inputs[Number(path.slice(1))]!.data
      );
      return evaluateGraph(part, [...given, ...behind], blockSize);
    },
  };
}

/** Half the distance over which differences are taken: rounding costs 1e-16 / 1e-5, curvature 1e-10. */
const step = 1e-5;

/**
 * Holds all gradients at once against the slope of sum(f(x) * cotangent) along one direction:
 * sum(gradient * direction) = (s(x + h direction) - s(x - h direction)) / 2 h.
 */
function slopeFailure(
  { graph, names, evaluate }: RecordedCase,
  kernelCase: KernelCase,
  found: readonly Evaluated[],
): string | null {
  const gradients = names.flatMap((name, output) =>
    name.startsWith("gradient ") ? [{ input: Number(name.slice(9)), output }] : []
  );
  if (gradients.length === 0) return null;
  const valueAt = names.indexOf("value");
  const forward = removeDeadNodes(graph.with({ outputs: [graph.outputs[valueAt]!] }));
  const directions = new Map(gradients.map(({ input }) => [
    input,
    scattered(kernelCase.inputs[input]!.shape, { salt: 77 + input }).data,
  ]));
  const sumAt = (distance: number) => {
    const moved = kernelCase.inputs.map(({ data }, input) => {
      const direction = directions.get(input);
      return {
        data: direction === undefined
          ? data
          : Float64Array.from(data, (x, i) => x + distance * direction[i]!),
      };
    });
    const [value] = evaluate(forward, moved);
    const weights = cotangent(value!).data;
    return value!.data.reduce((sum, x, i) => sum + x * weights[i]!, 0);
  };
  let [expected, scale] = [0, 1e-3];
  for (const { input, output } of gradients) {
    const direction = directions.get(input)!;
    found[output]!.data.forEach((slope, i) => {
      expected += slope * direction[i]!;
      scale += Math.abs(slope * direction[i]!);
    });
  }
  const measured = (sumAt(step) - sumAt(-step)) / (2 * step);
  const error = Math.abs(measured - expected) / scale;
  return error <= slopeTolerance
    ? null
    : `slope ${measured}, but the gradients say ${expected} (${error.toExponential(1)} relative)`;
}

/** Constants in gradients are float32: 6e-8 of their terms. A wrong term is of the order of 1. */
const slopeTolerance = 1e-6;

function toHost({ shape, dtype, data }: Evaluated): HostTensor {
  if (dtype === "float32") return { shape, dtype, data: Float32Array.from(data) };
  if (dtype === "int32") return { shape, dtype, data: Int32Array.from(data) };
  return { shape, dtype: "bool", data: Uint8Array.from(data) };
}
