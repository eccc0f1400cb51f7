import assert from "node:assert/strict";
import * as tf from "@tensorflow/tfjs-core";
import { createEngine } from "../../engine/create_engine.ts";
import {
  type DenoiserMode,
  imageDenoiser,
  imageDenoiserBuffers,
  type ImageDenoiserConfig,
  imageDenoiserParameters,
  imageDenoiserUniforms,
  requireDivisible,
} from "../../models/image_denoiser.ts";
import { imagePreset } from "../../models/image_presets.ts";
import type { Parameters } from "../../models/parameters.ts";
import { Stream, uniforms } from "../../numerics/random.ts";
import { assertNear } from "./assert_near.ts";
import { setUp } from "./set_up.ts";

const size = { batch: 2, height: 4, width: 8 };
const shape = [2, 4, 8, 3];
const classes = 3;

/** One small network of each kind, with classes. */
const tiny = Object.fromEntries(
  (["modern_tiny", "double_conv_tiny", "simple_tiny"] as const).map((id) => [
    id,
    imagePreset(id, { channels: 3, outputs: 3, classes, size: 8 }),
  ]),
);

for (const [id, config] of Object.entries(tiny)) {
  Deno.test(`${id} answers in the shape that the config asks for`, async () => {
    const { run } = await prepare(config);
    assert.deepEqual(run({}).output.shape, shape);
    const twice = { ...config, outputs: 6 };
    assert.deepEqual((await prepare(twice)).run({}).output.shape, [2, 4, 8, 6]);
  });

  Deno.test(`${id} gives every parameter a gradient`, async () => {
    const { parameters, run } = await prepare(config);
    const names = Object.keys(imageDenoiserParameters(config));
    const loss = (...tensors: tf.Tensor[]) => {
      const record = Object.fromEntries(names.map((name, i) => [name, tensors[i]!]));
      return tf.mean(tf.square(run({ parameters: { ...parameters, ...record } }).output));
    };
    const gradients = tf.grads(loss)(names.map((name) => parameters[name]!));
    for (const [i, gradient] of gradients.entries()) {
      const largest = tf.max(tf.abs(gradient)).dataSync()[0]!;
      // A bias of keys moves all scores of a query alike: its true gradient is 0, and rounding is what is left.
      const least = names[i]!.endsWith("qkv.bias") ? 1e-9 : 1e-7;
      assert.ok(largest > least && Number.isFinite(largest), `${names[i]}: ${largest}`);
    }
  });

  Deno.test(`${id} learns one batch on the compiled backend, as on the reference`, async () => {
    const losses = {
      cpu: await descend(config, "cpu"),
      onnx: await descend(config, "onnx"),
    };
    const [first, last] = [losses.cpu[0]!, losses.cpu.at(-1)!];
    assert.ok(last < 0.9 * first, `the loss went from ${first} to ${last}`);
    losses.cpu.forEach((loss, i) => {
      // Float32 rounding, amplified by a few steps of descent; a wrong gradient is off by per cents.
      assert.ok(Math.abs(loss - losses.onnx[i]!) < 1e-4 * first, `step ${i}: ${losses.onnx[i]}`);
    });
  });

  Deno.test(`${id} listens to the time and the class, image by image`, async () => {
    const { run } = await prepare(config);
    const before = run({}).output;
    const moved = (
      after: tf.Tensor,
    ) => [...tf.max(tf.abs(tf.sub(after, before)), [1, 2, 3]).dataSync()];
    const later = moved(run({ timesteps: [5, 900] }).output);
    assert.ok(later[1]! > 1e-3, `time moved it by ${later}`);
    const other = moved(run({ labels: [0, 1] }).output);
    assert.ok(other[1]! > 1e-3, `class moved it by ${other}`);
    const none = moved(run({ labels: [0, classes] }).output);
    assert.ok(none[1]! > 1e-3, `no class moved it by ${none}`);
    // In mode "eval", images do not see each other.
    assert.equal(later[0], 0);
    assert.equal(other[0], 0);
  });

  Deno.test(`${id} without a class is the network without classes`, async () => {
    const { parameters, input, run } = await prepare(config);
    const unconditional = { ...config, classes: 0 };
    const { "label.table": _, ...rest } = parameters;
    const expected = imageDenoiser(rest, unconditional, { ...input, mode: "eval" }).output;
    assertNear(run({ labels: [classes, classes] }).output, expected, 0);
  });

  Deno.test(`${id} refuses sizes that its levels cannot halve, and missing labels`, async () => {
    const { parameters, input } = await prepare(config);
    const bad = { ...input, noisy: tf.zeros([2, 6, 16, 3]), mode: "eval" } as const;
    const message = /images of 6x16 pixels with a \w+ of [23] levels: .* multiples of 4/;
    assert.throws(() => imageDenoiser(parameters, config, bad), message);
    assert.throws(() => requireDivisible(config, { height: 16, width: 6 }), /16x6/);
    requireDivisible(config, { height: 4, width: 8 });
    const { labels: _, ...unlabelled } = input;
    assert.throws(
      () => imageDenoiser(parameters, config, { ...unlabelled, mode: "eval" }),
      /knows 3 classes and needs labels/,
    );
  });
}

Deno.test("a modern U-Net answers zeros before training", async () => {
  const config = tiny["modern_tiny"]!;
  const { fresh, input } = await prepare(config);
  const { output } = imageDenoiser(fresh, config, { ...input, mode: "train" });
  assert.ok(output.dataSync().every((value) => value === 0));
});

Deno.test("imageDenoiser() of double_conv drops out in training only, by its uniform numbers", async () => {
  const config = tiny["double_conv_tiny"]!;
  const { input, parameters, run } = await prepare(config);
  const shapes = imageDenoiserUniforms(config, size);
  assert.deepEqual(Object.keys(shapes).sort(), [
    ...["down.1", "down.2", "up.0", "up.1"].flatMap((name) => [`${name}.columns`, `${name}.rows`]),
  ]);
  // 2 images, 4 heads; 4x8 pixels on the finest level.
  assert.deepEqual(shapes["up.0.rows"], [8, 32, 2]);
  const evaluated = run({}).output;
  const trained = run({ mode: "train" }).output;
  assert.ok(tf.max(tf.abs(tf.sub(trained, evaluated))).dataSync()[0]! > 1e-3);
  assertNear(run({ mode: "train" }).output, trained, 0);
  assertNear(run({ mode: "batch_statistics" }).output, evaluated, 0);
  assert.throws(
    () => imageDenoiser(parameters, config, { ...input, mode: "train", uniforms: {} }),
    /uniform numbers "down.1.rows" must have shape \[8,8,2\], but there are none/,
  );
  const original = { ...config, form: "original" } as ImageDenoiserConfig;
  assert.deepEqual(imageDenoiserUniforms(original, size), {});
});

Deno.test("imageDenoiser() of simple_unet trains by its batch and moves its buffers", async () => {
  const config = tiny["simple_tiny"]!;
  const { run } = await prepare(config);
  const trained = run({ mode: "train" });
  const specs = imageDenoiserBuffers(config);
  assert.deepEqual(Object.keys(trained.buffers).sort(), Object.keys(specs).sort());
  for (const [name, { shape }] of Object.entries(specs)) {
    assert.deepEqual(trained.buffers[name]!.shape, shape);
  }
  assert.deepEqual(run({}).buffers, {});
  const sampled = run({ mode: "batch_statistics" });
  assert.deepEqual(sampled.buffers, {});
  assertNear(sampled.output, trained.output, 0);
  assert.ok(tf.max(tf.abs(tf.sub(run({}).output, trained.output))).dataSync()[0]! > 1e-2);
});

async function prepare(config: ImageDenoiserConfig) {
  const specs = { ...imageDenoiserParameters(config), ...imageDenoiserBuffers(config) };
  const { parameters: fresh, normal } = await setUp(specs);
  // Layers that start at zero would hide what they read.
  const parameters: Parameters = Object.fromEntries(
    Object.entries(fresh).map(([name, tensor], i) => [
      name,
      tf.add(tensor, tf.mul(tf.abs(normal(tensor.shape, 20 + i)), 0.05)),
    ]),
  );
  const input = {
    noisy: normal(shape, 1),
    timesteps: tf.tensor1d([5, 70]),
    labels: tf.tensor1d([0, 2], "int32"),
  };
  const draws = drawUniforms(config);
  const run = (changes: {
    readonly parameters?: Parameters;
    readonly timesteps?: number[];
    readonly labels?: number[];
    readonly mode?: DenoiserMode;
  }) =>
    imageDenoiser(changes.parameters ?? parameters, config, {
      noisy: input.noisy,
      timesteps: changes.timesteps ? tf.tensor1d(changes.timesteps) : input.timesteps,
      labels: changes.labels ? tf.tensor1d(changes.labels, "int32") : input.labels,
      mode: changes.mode ?? "eval",
      uniforms: draws,
    });
  return { fresh, parameters, input, run };
}

function drawUniforms(config: ImageDenoiserConfig): Parameters {
  return Object.fromEntries(
    Object.entries(imageDenoiserUniforms(config, size)).map(([name, shape], lane) => {
      const count = shape.reduce((product, size) => product * size, 1);
      const place = { seed: 4n, stream: Stream.dropout, step: 0, lane };
      return [name, tf.tensor(uniforms(place, count), [...shape])];
    }),
  );
}

/** Losses of five steps of plain gradient descent on one batch, in mode "train". */
async function descend(
  config: ImageDenoiserConfig,
  backend: "cpu" | "onnx",
): Promise<readonly number[]> {
  const { parameters, input } = await prepare(config);
  const host = mapValues({ ...parameters, ...input, ...prefixed(drawUniforms(config)) }, (t) => ({
    shape: t.shape,
    dtype: t.dtype,
    data: t.dataSync(),
  }));
  const engine = await createEngine({ backend, threads: 2 });
  const device = mapValues(host, ({ shape, dtype, data }) => tf.tensor(data, shape, dtype));
  const names = Object.keys(imageDenoiserParameters(config));
  const step = engine.jit((trained: Parameters, rest: Parameters) => {
    const loss = (...tensors: tf.Tensor[]) => {
      const record = Object.fromEntries(names.map((name, i) => [name, tensors[i]!]));
      const uniforms = Object.fromEntries(
        Object.keys(imageDenoiserUniforms(config, size)).map((name) => [name, rest[`u.${name}`]!]),
      );
      const { output } = imageDenoiser({ ...rest, ...record }, config, {
        noisy: rest.noisy!,
        timesteps: rest.timesteps!,
        labels: rest.labels!,
        mode: "train",
        uniforms,
      });
      return tf.mean(tf.square(tf.sub(output, tf.tanh(rest.noisy!))));
    };
    const { value, grads } = tf.valueAndGrads(loss)(names.map((name) => trained[name]!));
    // The length of a step is bounded, so that one rate suits all three networks.
    const square = grads.map((g) => tf.sum(tf.square(g))).reduce((sum, next) => tf.add(sum, next));
    const rate = tf.div(0.1, tf.sqrt(square));
    return {
      loss: value,
      trained: Object.fromEntries(
        names.map((name, i) => [name, tf.sub(trained[name]!, tf.mul(grads[i]!, rate))]),
      ),
    };
  });
  const losses: number[] = [];
  let trained = Object.fromEntries(names.map((name) => [name, device[name]!]));
  const rest = Object.fromEntries(Object.entries(device).filter(([name]) => !names.includes(name)));
  for (let k = 0; k < 5; k++) {
    const result = await step(trained, rest);
    trained = result.trained;
    losses.push((await result.loss.data())[0]!);
  }
  step.dispose();
  engine.dispose();
  return losses;
}

function prefixed(record: Parameters): Parameters {
  return Object.fromEntries(Object.entries(record).map(([name, t]) => [`u.${name}`, t]));
}

function mapValues<From, To>(
  record: Readonly<Record<string, From>>,
  change: (value: From) => To,
): Record<string, To> {
  return Object.fromEntries(Object.entries(record).map(([name, value]) => [name, change(value)]));
}
