/** Runs an exported model with onnxruntime-node's own library, and the function it was made from. */

import type * as tf from "@tensorflow/tfjs-core";
import type { NamedArrays } from "../../artifacts/weights.ts";
import type { Engine, ForwardFunction } from "../../engine/engine.ts";
import { allocate, HostBuffer } from "../../engine/onnx/runtime/host_buffer.ts";
import { Session } from "../../engine/onnx/runtime/session.ts";
import { Stream, uniforms } from "../../numerics/random.ts";
import { disposeAll, toDevice } from "../../training/host_tensor.ts";

type Numbers = Float32Array | Int32Array;

type Values = Readonly<
  Record<string, { readonly shape: readonly number[]; readonly data: Numbers }>
>;

/** Values that any input may have: in (0, 1), and whole numbers for classes. */
export function inputsFor({ inputs }: ForwardFunction, batch: number): Values {
  return Object.fromEntries(
    Object.entries(inputs).map(([name, { shape: [, ...rest], dtype }], lane) => {
      const shape = [batch, ...rest];
      const length = shape.reduce((product, extent) => product * extent, 1);
      const drawn = uniforms({ seed: 9n, stream: Stream.noise, step: 0, lane }, length);
      const data = dtype === "int32" ? Int32Array.from(drawn, (x) => Math.floor(x * 3)) : drawn;
      return [name, { shape, data }];
    }),
  );
}

/** What the engine makes of the function. */
export async function runForward(
  engine: Engine,
  forward: ForwardFunction,
  weights: NamedArrays,
  inputs: Values,
): Promise<Values> {
  const program = engine.jit((own: Tensors, given: Tensors) => forward.run(own, given));
  const device = { weights: toDevice(weights), inputs: toDevice(inputs) };
  const outputs = await program(device.weights, device.inputs);
  const values: [string, Values[string]][] = [];
  for (const [name, tensor] of Object.entries(outputs)) {
    values.push([name, { shape: tensor.shape, data: Float32Array.from(await tensor.data()) }]);
  }
  disposeAll({ ...device, outputs });
  program.dispose();
  return Object.fromEntries(values);
}

type Tensors = Readonly<Record<string, tf.Tensor>>;

/** What the model makes of the same inputs. @param like Names and shapes of the outputs. */
export async function runModel(
  bytes: Uint8Array<ArrayBuffer>,
  inputs: Values,
  like: Values,
): Promise<Values> {
  const [inputNames, outputNames] = [Object.keys(inputs), Object.keys(like)];
  const model = { bytes, inputs: inputNames, outputs: outputNames, threads: 1 };
  const session = await Session.create(model);
  const given = inputNames.map((name) => {
    const { shape, data } = inputs[name]!;
    const dtype = data instanceof Int32Array ? "int32" : "float32";
    return { buffer: new HostBuffer(data, dtype, false), shape };
  });
  const taken = outputNames.map((name) => {
    const { shape, data } = like[name]!;
    return { buffer: new HostBuffer(allocate("float32", data.length), "float32", true), shape };
  });
  try {
    await session.run(given, taken);
    return Object.fromEntries(
      outputNames.map((name, i) => [
        name,
        { shape: like[name]!.shape, data: taken[i]!.buffer.data as Float32Array },
      ]),
    );
  } finally {
    for (const { buffer } of [...given, ...taken]) buffer.drop();
    session.release();
  }
}

/** Largest |a − b| of any output, over the largest |b| of that output. */
export function largestDifference(found: Values, expected: Values): number {
  let largest = 0;
  for (const [name, { data }] of Object.entries(expected)) {
    const other = found[name]!.data;
    const scale = Float64Array.from(data).reduce(largerSize, 1e-12);
    const differences = Float64Array.from(data, (value, i) => other[i]! - value);
    largest = Math.max(largest, differences.reduce(largerSize, 0) / scale);
  }
  return largest;
}

function largerSize(most: number, value: number): number {
  return Math.max(most, Math.abs(value));
}
