import * as tf from "@tensorflow/tfjs-core";
import { createEngine } from "../../engine/create_engine.ts";
import type { Parameters, ParameterSpecs } from "../../models/parameters.ts";
import { normals, Stream } from "../../numerics/random.ts";
import { toDevice } from "../../training/host_tensor.ts";
import { initialise } from "../../training/initialise.ts";

/** The reference backend, fresh parameters, and standard normal tensors by number. */
export async function setUp(specs: ParameterSpecs): Promise<{
  readonly parameters: Parameters;
  readonly normal: (shape: number[], lane: number) => tf.Tensor;
}> {
  await createEngine({ backend: "cpu", threads: 1 });
  const normal = (shape: number[], lane: number) => {
    const count = shape.reduce((product, size) => product * size, 1);
    return tf.tensor(normals({ seed: 3n, stream: Stream.evaluation, step: 0, lane }, count), shape);
  };
  return { parameters: toDevice(initialise(specs, 5n)), normal };
}
