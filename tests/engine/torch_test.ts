/** Both backends against values and gradients that PyTorch computed once, in float64. */

import assert from "node:assert/strict";
import * as tf from "@tensorflow/tfjs-core";
import { createEngine, type InternalEngineOptions } from "../../engine/create_engine.ts";
import type { Engine } from "../../engine/engine.ts";
import { convGru } from "../../models/layers/conv_gru.ts";
import { groupNorm } from "../../models/layers/group_norm.ts";
import { selfAttention } from "../../models/layers/self_attention.ts";
import { silu } from "../../models/layers/silu.ts";
import { toHost, toTensor } from "../support/host_tensor.ts";
import {
  cotangentSalt,
  differenceFromTorch,
  readTorchValues,
  type TorchCase,
  waves,
} from "../support/torch_values.ts";

type Tensors = Readonly<Record<string, tf.Tensor>>;
type Settings = TorchCase["parameters"];

/**
 * 170 units of float32 rounding relative to the largest element. One side is float64, so this is
 * the error of float32 alone: sums of up to a thousand products, and three recurrent steps.
 */
const tolerance = 1e-5;

const engines: Readonly<Record<string, InternalEngineOptions>> = {
  "cpu": { backend: "cpu", threads: 1 },
  "onnx": { backend: "onnx", threads: 2 },
  "onnx with portable operators": { backend: "onnx", threads: 2, blockSize: 0 },
};

for (const [title, options] of Object.entries(engines)) {
  for (
    const family of ["convolution", "normalisation", "attention", "conv_gru", "resampling"] as const
  ) {
    Deno.test(`${family} on ${title} gives PyTorch's values and gradients`, async () => {
      const { cases } = await readTorchValues(family);
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

async function failuresOf(engine: Engine, torchCase: TorchCase): Promise<string[]> {
  const { parameters, inputs, outputs } = torchCase;
  const names = inputs.map(({ name }) => name);
  const program = engine.jit((given: Record<string, tf.Tensor>, { dy }: { dy: tf.Tensor }) => {
    const run = (...tensors: tf.Tensor[]) =>
      compute(parameters, Object.fromEntries(names.map((name, i) => [name, tensors[i]!])));
    const tensors = names.map((name) => given[name]!);
    const gradients = tf.grads(run)(tensors, dy);
    return {
      value: run(...tensors),
      ...Object.fromEntries(names.map((name, i) => [name, gradients[i]!])),
    };
  });
  const given = Object.fromEntries(
    inputs.map(({ name, shape, scale, salt }) => [name, toTensor(waves(shape, salt, scale))]),
  );
  const dy = toTensor(waves(outputs.value!.shape, cotangentSalt));
  const results: Tensors = await program(given, { dy });
  const failures = Object.entries(outputs).flatMap(([name, expected]) => {
    const what = differenceFromTorch(toHost(results[name]!), expected, tolerance);
    return what === null ? [] : [`${name}: ${what}`];
  });
  tf.dispose([given, dy, results]);
  program.dispose();
  return failures;
}

function compute(settings: Settings, tensors: Tensors): tf.Tensor {
  const numbers = (name: string) => Number(settings[name]);
  const image = tensors.x as tf.Tensor4D;
  switch (settings.kind) {
    case "conv2d":
      return tf.conv2d(
        image,
        tensors.w as tf.Tensor4D,
        numbers("stride"),
        padding(settings.padding),
      );
    case "conv2dTranspose": {
      const stride = numbers("stride");
      const [batch, height, width] = image.shape;
      const filter = tensors.w as tf.Tensor4D;
      const shape: [number, number, number, number] = [
        batch,
        height * stride,
        width * stride,
        filter.shape[2],
      ];
      return tf.conv2dTranspose(image, filter, shape, stride, "same");
    }
    case "conv3d":
      return tf.conv3d(
        tensors.x as tf.Tensor5D,
        tensors.w as tf.Tensor5D,
        numbers("stride"),
        "same",
      );
    case "groupNormSilu":
      return silu(groupNorm(affine(tensors), image, { groups: numbers("groups") }));
    case "softmax":
      return tf.softmax(tensors.x!);
    case "logSoftmax":
      return tf.logSoftmax(tensors.x!);
    case "attention":
      return attention(tensors, numbers("groups"), numbers("heads"));
    case "convGru":
      return unrolledGru(tensors);
    case "maxPool":
      return tf.maxPool(image, numbers("size"), numbers("stride"), poolPadding(settings.padding));
    case "avgPool":
      return tf.avgPool(image, numbers("size"), numbers("stride"), poolPadding(settings.padding));
    case "nearest": {
      const factor = numbers("factor");
      const [, height, width] = image.shape;
      return tf.image.resizeNearestNeighbor(image, [height * factor, width * factor]);
    }
    default:
      throw new Error(`Cannot compare with PyTorch: no program for kind "${settings.kind}"`);
  }
}

function affine({ scale, offset }: Tensors): Tensors {
  return { scale: scale!, shift: offset! };
}

function attention(tensors: Tensors, groups: number, heads: number): tf.Tensor {
  const parameters = {
    "norm.scale": tensors.scale!,
    "norm.shift": tensors.offset!,
    "qkv.kernel": tensors.qkv!,
    "qkv.bias": tensors.qkvBias!,
    "out.kernel": tensors.out!,
    "out.bias": tensors.outBias!,
  };
  return selfAttention(parameters, tensors.x!, { groups, heads });
}

function unrolledGru(tensors: Tensors): tf.Tensor {
  const parameters = {
    "gates.kernel": tensors.gates!,
    "gates.bias": tensors.gatesBias!,
    "candidate.kernel": tensors.candidate!,
    "candidate.bias": tensors.candidateBias!,
  };
  const clip = tensors.clip as tf.Tensor5D;
  const [batch, , height, width] = clip.shape;
  const hidden: tf.Tensor = tf.zeros([batch, height, width, tensors.candidateBias!.size]);
  return tf.unstack(clip, 1).reduce((h, frame) => convGru(parameters, frame, h), hidden);
}

function padding(value: unknown): "same" | "valid" | tf.backend_util.ExplicitPadding {
  if (!Array.isArray(value)) return poolPadding(value);
  const [rows, columns] = value as [[number, number], [number, number]];
  return [[0, 0], rows, columns, [0, 0]];
}

function poolPadding(value: unknown): "same" | "valid" {
  if (value === "same" || value === "valid") return value;
  throw new Error(`Cannot compare with PyTorch: padding must be same or valid, found ${value}`);
}
