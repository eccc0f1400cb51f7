import assert from "node:assert/strict";
import * as tf from "@tensorflow/tfjs-core";
import * as z from "zod";
import { createEngine, type InternalEngineOptions } from "../../engine/create_engine.ts";
import type { Engine } from "../../engine/engine.ts";
import {
  imageDenoiser,
  imageDenoiserBuffers,
  type ImageDenoiserConfig,
} from "../../models/image_denoiser.ts";
import type { Parameters } from "../../models/parameters.ts";
import { toHost, toTensor } from "../support/host_tensor.ts";
import {
  cotangentSalt,
  differenceFromTorch,
  readTorchValues,
  type TorchCase,
  waves,
} from "../support/torch_values.ts";

const settingsSchema = z.strictObject({
  kind: z.string(),
  config: z.record(z.string(), z.unknown()),
  mode: z.enum(["train", "eval"]),
  timesteps: z.array(z.int()),
  labels: z.array(z.int()),
});

/**
 * 800 units of float32 rounding relative to the largest element. One side is float64, so this is the error of
 * float32 alone through some thirty layers and back; norms over few values amplify it. A wrong epsilon, order of
 * operations or skip changes results by 1e-3 and more.
 */
const tolerance = 5e-5;

const engines: Readonly<Record<string, InternalEngineOptions>> = {
  "cpu": { backend: "cpu", threads: 1 },
  "onnx": { backend: "onnx", threads: 2 },
  "onnx with portable operators": { backend: "onnx", threads: 2, blockSize: 0 },
};

/** Values, gradients of all parameters and new buffers of small networks, on every backend. */
export function testAgainstTorch(kind: ImageDenoiserConfig["kind"]): void {
  for (const [title, options] of Object.entries(engines)) {
    Deno.test(`${kind} on ${title} gives PyTorch's values, gradients and buffers`, async () => {
      const { cases } = await readTorchValues(kind, "models");
      const engine = await createEngine(options);
      const failures: string[] = [];
      for (const [name, torchCase] of Object.entries(cases)) {
        failures.push(...(await failuresOf(engine, torchCase)).map((what) => `${name}: ${what}`));
      }
      engine.dispose();
      assert.equal(failures.length, 0, failures.join("\n"));
      assert.ok(Object.keys(cases).length > 0);
    });
  }
}

async function failuresOf(engine: Engine, { parameters, inputs, outputs }: TorchCase) {
  const { kind, mode, timesteps, labels, config: sizes } = settingsSchema.parse(parameters);
  const config = { kind, ...sizes } as ImageDenoiserConfig;
  const names = inputs.map(({ name }) => name);
  const run = (given: Parameters, buffers: Parameters, batch: Parameters) =>
    imageDenoiser({ ...given, ...buffers }, config, {
      noisy: given.noisy!,
      timesteps: batch.timesteps!,
      labels: batch.labels!,
      mode,
    });
  const program = engine.jit((given: Parameters, buffers: Parameters, batch: Parameters) => {
    const gradients = tf.grads((...tensors) => {
      const record = Object.fromEntries(names.map((name, i) => [name, tensors[i]!]));
      return run(record, buffers, batch).output;
    })(names.map((name) => given[name]!), batch.dy);
    const { output, buffers: after } = run(given, buffers, batch);
    return {
      value: output,
      ...Object.fromEntries(names.map((name, i) => [name, gradients[i]!])),
      ...Object.fromEntries(Object.entries(after).map(([name, t]) => [`buffer ${name}`, t])),
    };
  });
  const given = Object.fromEntries(
    inputs.map(({ name, shape, scale, salt }) => [name, toTensor(waves(shape, salt, scale))]),
  );
  const buffers = Object.fromEntries(
    Object.keys(imageDenoiserBuffers(config)).map((
      name,
    ) => [name, firstBuffer(config, name, mode)]),
  );
  const batch = {
    timesteps: tf.tensor1d(timesteps, "float32"),
    labels: tf.tensor1d(labels, "int32"),
    dy: toTensor(waves(outputs.value!.shape, cotangentSalt)),
  };
  const results: Parameters = await program(given, buffers, batch);
  assert.deepEqual(Object.keys(results).sort(), Object.keys(outputs).sort());
  const failures = Object.entries(outputs).flatMap(([name, expected]) => {
    const what = differenceFromTorch(toHost(results[name]!), expected, tolerance);
    return what === null ? [] : [`${name}: ${what}`];
  });
  tf.dispose([given, buffers, batch, results]);
  program.dispose();
  return failures;
}

/** As make_image_values.py sets them: PyTorch's start in training, waves in mode "eval". */
function firstBuffer(config: ImageDenoiserConfig, name: string, mode: "train" | "eval"): tf.Tensor {
  const { shape } = imageDenoiserBuffers(config)[name]!;
  const isVariance = name.endsWith("variance");
  if (mode === "train") return tf.fill([...shape], isVariance ? 1 : 0);
  const values = waves(shape, 1, 0.2);
  return toTensor({ ...values, data: values.data.map((value) => value + (isVariance ? 1 : 0)) });
}
