/**
 * The contract of a tensor backend: every kernel gives what tfjs's "cpu" backend gives, values and
 * gradients, compiled and eager. Cases are plain tfjs functions; a family of them is one test.
 */

import assert from "node:assert/strict";
import * as tf from "@tensorflow/tfjs-core";
import type { Engine } from "../../engine/engine.ts";
import { difference } from "./difference.ts";
import { type HostTensor, scattered, sizeOf, toHost, toTensor } from "./host_tensor.ts";
import { onReference } from "./reference_backend.ts";

export interface KernelCase {
  readonly name: string;
  readonly inputs: readonly HostTensor[];
  /** A function of the inputs; pure, since it is called several times. */
  run(...inputs: tf.Tensor[]): tf.Tensor;
  /**
   * Which inputs to differentiate by: all float32 ones unless stated. "none" where tfjs-core itself
   * has no gradient or a wrong one.
   */
  readonly gradients?: "all" | "none" | readonly number[];
  /** What the "cpu" backend runs instead of `run`, where its own kernel is missing or wrong. */
  reference?(...inputs: tf.Tensor[]): tf.Tensor;
  /** Allowed error relative to the largest magnitude of a result; see `float32Tolerance`. */
  readonly tolerance?: number;
}

/**
 * 84 units of float32 rounding (2^-24). Both sides round: each sum of n terms is off by about
 * sqrt(n) units of its typical size, n is at most a few thousand here, and ONNX Runtime computes
 * exp, tanh and erf by polynomials good to a few units. A wrong index, a missing term or a wrong
 * constant changes results by 1e-3 and more.
 */
export const float32Tolerance = 5e-6;

/** How a case is run on the backend under test. */
export type Mode = "compiled" | "eager";

/** Fails with the list of all cases whose values or gradients differ from the "cpu" backend's. */
export async function assertKernels(
  engine: Engine,
  mode: Mode,
  cases: readonly KernelCase[],
): Promise<void> {
  const failures: string[] = [];
  for (const kernelCase of cases) {
    const failure = await kernelFailure(engine, mode, kernelCase);
    if (failure !== null) failures.push(failure);
  }
  assert.equal(
    failures.length,
    0,
    `${failures.length} of ${cases.length} cases differ:\n${failures.join("\n")}`,
  );
}

/** What is wrong with one case, or null. */
export async function kernelFailure(
  engine: Engine,
  mode: Mode,
  kernelCase: KernelCase,
): Promise<string | null> {
  let expected: Results;
  let found: Results;
  try {
    expected = await reference(kernelCase);
    found = await resultsOn(engine, mode, kernelCase, expected.value);
  } catch (error) {
    return `${kernelCase.name}: ${error instanceof Error ? error.message : String(error)}`;
  }
  for (const [output, values] of Object.entries(expected)) {
    const what = difference(
      found[output]!,
      values,
      kernelCase.tolerance ?? float32Tolerance,
    );
    if (what !== null) return `${kernelCase.name}: ${output}: ${what}`;
  }
  return null;
}

/** "value" and "gradient 0", "gradient 2", ... by input position. */
export type Results = Readonly<Record<string, HostTensor>> & { readonly value: HostTensor };

/** A case runs on every lowering; its reference is computed once. */
const references = new WeakMap<KernelCase, Results>();

export async function reference(kernelCase: KernelCase): Promise<Results> {
  const known = references.get(kernelCase);
  if (known !== undefined) return known;
  const results = await onReference(() => {
    const inputs = kernelCase.inputs.map(toTensor);
    const run = kernelCase.reference ?? kernelCase.run;
    const value = toHost(run(...inputs));
    const program = withGradients({ ...kernelCase, run }, value);
    return hostResults(program(asTree(inputs, toTensor(cotangent(value)))));
  });
  references.set(kernelCase, results);
  return results;
}

async function resultsOn(
  engine: Engine,
  mode: Mode,
  kernelCase: KernelCase,
  value: HostTensor,
): Promise<Results> {
  const inputs = kernelCase.inputs.map(toTensor);
  const tree = asTree(inputs, toTensor(cotangent(value)));
  const program = withGradients(kernelCase, value);
  const jitted = mode === "compiled" ? engine.jit(program, { name: "case" }) : undefined;
  try {
    const outputs = jitted
      ? await jitted(tree)
      : tf.tidy(() => program(tree) as tf.TensorContainer);
    // Some backends cannot be read synchronously until they have been read once.
    for (const output of Object.values(outputs as Record<string, tf.Tensor>)) await output.data();
    const results = hostResults(outputs as Record<string, tf.Tensor>);
    tf.dispose(outputs as tf.TensorContainer);
    return results;
  } finally {
    jitted?.dispose();
    tf.dispose(tree);
  }
}

/** value = f(x) and gradient i = d(sum(f(x) * cotangent)) / d(x[i]). */
export function withGradients(kernelCase: KernelCase, value: HostTensor) {
  const { inputs, run } = kernelCase;
  const wanted = value.dtype === "float32" ? differentiable(kernelCase) : [];
  return (tree: Record<string, tf.Tensor>): Record<string, tf.Tensor> => {
    const all = inputs.map((_, i) => tree[`x${i}`]!);
    const outputs: Record<string, tf.Tensor> = { value: run(...all) };
    if (wanted.length === 0) return outputs;
    const partial = (...some: tf.Tensor[]) => {
      const replaced = [...all];
      wanted.forEach((position, i) => replaced[position] = some[i]!);
      return run(...replaced);
    };
    const gradients = tf.grads(partial)(wanted.map((position) => all[position]!), tree.cotangent!);
    wanted.forEach((position, i) => outputs[`gradient ${position}`] = gradients[i]!);
    return outputs;
  };
}

function differentiable({ inputs, gradients = "all" }: KernelCase): readonly number[] {
  if (gradients === "none") return [];
  if (gradients !== "all") return gradients;
  return inputs.flatMap(({ dtype }, position) => dtype === "float32" ? [position] : []);
}

/** Positive, so that the gradient of a broadcast operand, a sum, does not cancel to nearly nothing. */
export function cotangent({ shape }: Pick<HostTensor, "shape">): HostTensor {
  return scattered(shape, { low: 0.1, high: 1, salt: 1000 + sizeOf(shape) });
}

export function asTree(inputs: readonly tf.Tensor[], dy: tf.Tensor): Record<string, tf.Tensor> {
  return Object.fromEntries([...inputs.map((x, i) => [`x${i}`, x] as const), ["cotangent", dy]]);
}

function hostResults(outputs: Record<string, tf.Tensor>): Results {
  const { value, ...gradients } = outputs;
  const entries = Object.entries(gradients).map(([name, tensor]) =>
    [name, toHost(tensor)] as const
  );
  return { value: toHost(value!), ...Object.fromEntries(entries) };
}
