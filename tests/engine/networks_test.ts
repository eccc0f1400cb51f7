/** Whole networks: the loss and all gradients of the compiled program against the "cpu" backend. */

import assert from "node:assert/strict";
import * as tf from "@tensorflow/tfjs-core";
import { convGruPredictor } from "../../bench/networks/conv_gru.ts";
import { convStack } from "../../bench/networks/conv_stack.ts";
import type { Network } from "../../bench/networks/network.ts";
import { unet } from "../../bench/networks/unet.ts";
import { createEngine } from "../../engine/create_engine.ts";
import { toDevice } from "../../training/host_tensor.ts";
import { initialise } from "../../training/initialise.ts";
import { type HostTensor, toHost } from "../support/host_tensor.ts";
import { onReference } from "../support/reference_backend.ts";

type Tree = Readonly<Record<string, tf.Tensor>>;
type Results = Readonly<Record<string, HostTensor>>;

/** The bench's networks, small, with channels that do and do not fill the blocks. */
const networks: Readonly<Record<string, Network>> = {
  "a stack of convolutions": convStack({ layers: 3, channels: 32, batch: 2, edge: 8 }),
  "a U-Net in whole blocks": unet({
    widths: [16, 32],
    blocks: 1,
    groups: 4,
    embedding: 32,
    batch: 2,
    edge: 8,
  }),
  "a U-Net in no blocks": unet({
    widths: [12, 20],
    blocks: 1,
    groups: 4,
    embedding: 24,
    batch: 3,
    edge: 8,
  }),
  "a ConvGRU network": convGruPredictor({ hidden: [16, 16, 32], frames: 2, batch: 2, edge: 16 }),
};

/**
 * Float32 through some twenty layers and their gradients on both sides; largest found 5e-6.
 * Relative to the largest element of a gradient, or 1e-3 of the largest gradient of all: the bias
 * of attention's keys has no influence, so its gradient is rounding noise.
 */
const tolerance = 5e-5;

for (const [name, network] of Object.entries(networks)) {
  Deno.test(`${name} has the cpu backend's loss and gradients`, async () => {
    const compute = lossAndGradients(network);
    const expected = await onReference(() => toHosts(compute(...deviceInputs(network))));
    for (const blockSize of [undefined, 0] as const) {
      const forced = blockSize === undefined ? {} : { blockSize };
      const engine = await createEngine({ backend: "onnx", threads: 2, ...forced });
      const found = toHosts(await engine.jit(compute)(...deviceInputs(network)));
      assertNear(found, expected);
      engine.dispose();
    }
  });
}

function lossAndGradients({ loss }: Network) {
  return (parameters: Tree, batch: Tree): Record<string, tf.Tensor> => {
    const names = Object.keys(parameters);
    const { value, grads } = tf.valueAndGrads((...tensors: tf.Tensor[]) =>
      loss(Object.fromEntries(names.map((name, i) => [name, tensors[i]!])), batch)
    )(names.map((name) => parameters[name]!));
    return { loss: value, ...Object.fromEntries(names.map((name, i) => [name, grads[i]!])) };
  };
}

function deviceInputs({ specs, batch }: Network): [Tree, Tree] {
  // Small values instead of the zeros of some layers, behind which nothing would have a gradient.
  const lively = Object.fromEntries(
    Object.entries(specs).map(([name, { shape, init }]) => [
      name,
      { shape, init: init.kind === "zeros" ? { kind: "normal" as const, std: 0.1 } : init },
    ]),
  );
  return [toDevice(initialise(lively, 7n)), toDevice(batch)];
}

function toHosts(tree: Tree): Results {
  return Object.fromEntries(Object.entries(tree).map(([name, tensor]) => [name, toHost(tensor)]));
}

function assertNear(found: Results, expected: Results): void {
  const largest = Math.max(...Object.values(expected).map(magnitude));
  for (const [name, values] of Object.entries(expected)) {
    const scale = Math.max(magnitude(values), 1e-3 * largest);
    const error = largestDifference(found[name]!, values) / scale;
    assert.ok(error <= tolerance, `${name} is off by ${error.toExponential(1)}`);
  }
}

function largestDifference(a: HostTensor, b: HostTensor): number {
  assert.deepEqual(a.shape, b.shape);
  return magnitude({ ...a, data: Float32Array.from(a.data, (value, i) => value - b.data[i]!) });
}

function magnitude({ data }: HostTensor): number {
  let largest = 0;
  // Math.max() passes NaN on, so a NaN is never near anything.
  for (const value of data) largest = Math.max(largest, Math.abs(value));
  return largest;
}
