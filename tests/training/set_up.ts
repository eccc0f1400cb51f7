/** What several tests of training train. */

import * as tf from "@tensorflow/tfjs-core";
import type { Engine } from "../../engine/engine.ts";
import { conv2d, conv2dParameters } from "../../models/layers/conv2d.ts";
import { nest, type ParameterSpecs, under } from "../../models/parameters.ts";
import { normals, Stream } from "../../numerics/random.ts";
import { encodeSafetensors } from "../../artifacts/safetensors.ts";
import { constant, cosine } from "../../training/learning_rate.ts";
import type { Optimiser } from "../../training/optimiser.ts";
import type { TrainOptions, TrainResult } from "../../training/train.ts";

/** A small convolutional regression: the batch, noise and target change from step to step. */
const specs: ParameterSpecs = {
  ...nest("first", conv2dParameters({ inputs: 1, outputs: 4, kernel: 3 })),
  ...nest("second", conv2dParameters({ inputs: 4, outputs: 1, kernel: 3 })),
};

export function convolutional(engine: Engine): TrainOptions {
  return {
    engine,
    specs,
    seed: 11n,
    loss(parameters, { x }) {
      const hidden = tf.tanh(conv2d(under(parameters, "first"), x!));
      const error = tf.sub(conv2d(under(parameters, "second"), hidden), tf.square(x!));
      return tf.mean<tf.Scalar>(tf.square(error));
    },
    batch: (step) => ({
      x: {
        shape: [2, 6, 6, 1],
        data: normals({ seed: 3n, stream: Stream.noise, step }, 72),
      },
    }),
    steps: 24,
    optimiser: { learningRate: cosine({ peak: 0.02, steps: 24 }), weightDecay: 0.01, clipNorm: 1 },
    ema: { decay: 0.99, warmup: true },
    checkpointEvery: 5,
    logEvery: 4,
  };
}

/** The same with all that has a state of its own: buffers, momentum, epochs, the best weights. */
export function convolutionalWithEverything(engine: Engine): TrainOptions {
  const base = convolutional(engine);
  return {
    ...base,
    buffers: { "hidden.mean": { shape: [4], init: { kind: "zeros" } } },
    loss(parameters, { x }) {
      const hidden = tf.tanh(conv2d(under(parameters, "first"), x!));
      const running = tf.mul(0.8, parameters["hidden.mean"]!);
      const mean = tf.add(running, tf.mul(0.2, tf.mean(hidden, [0, 1, 2])));
      const error = tf.sub(conv2d(under(parameters, "second"), hidden), tf.square(x!));
      return { loss: tf.mean(tf.square(error)), buffers: { "hidden.mean": mean } };
    },
    accumulate: 3,
    optimiser: {
      kind: "sgd",
      momentum: 0.9,
      nesterov: true,
      learningRate: constant(0.02),
      weightDecay: 0.01,
      clipNorm: 1,
    },
    // Patience and threshold so that the rate falls several times within 24 steps.
    plateau: { stepsPerEpoch: 3, metric: "size", mode: "max", patience: 0, factor: 0.7 },
    ema: { decay: 0.9, warmup: false, every: 2, copyUntil: 5 },
    keepBest: { metric: "size", better: "lower" },
    evaluate: {
      every: 2,
      async run(parameters, step) {
        const size = tf.tidy(() => tf.sum(tf.square(parameters["first.kernel"]!)));
        const [value = NaN] = await size.data();
        size.dispose();
        // No number at times, as some metrics are.
        return { size: step % 8 === 0 ? NaN : value, buffer: parameters["hidden.mean"]!.size };
      },
    },
  };
}

/** Minimises (w - target)^2 / 2, whose gradient is w - target. */
export function quadratic(engine: Engine, target = 3): TrainOptions {
  return {
    engine,
    specs: { w: { shape: [1], init: { kind: "constant", value: 1 } } },
    seed: 1n,
    loss: ({ w }, { target }) => tf.mul(0.5, tf.sum(tf.square(tf.sub(w!, target!)))) as tf.Scalar,
    batch: () => ({ target: { shape: [1], data: Float32Array.of(target) } }),
    steps: 300,
    optimiser: { learningRate: constant(0.05), weightDecay: 0, clipNorm: null },
    ema: null,
    checkpointEvery: 1000,
    logEvery: 100,
  };
}

/** All that a training gives, as text. */
export function bytesOf({ parameters, ema = {}, best, history }: TrainResult): string {
  const arrays = [parameters, ema, best?.parameters ?? {}, best?.ema ?? {}];
  const hex = arrays.map((each) => encodeSafetensors(each).toHex());
  // JSON has no NaN.
  const rest = JSON.stringify(
    { history, best: [best?.step, best?.value] },
    (_, value) => typeof value === "number" ? String(value) : value,
  );
  return [...hex, rest].join("\n");
}

/** A parameter of one number under the gradients of the traces of torch. */
export function followTrace(optimiser: Optimiser, learningRate: number, first: number) {
  const read = (tensor: tf.Tensor) => tensor.dataSync()[0]!;
  let value: tf.Tensor = tf.tensor1d([first]);
  let slots: Readonly<Record<string, tf.Tensor>> = Object.fromEntries(
    optimiser.slots.map((slot) => [slot, tf.zeros([1])]),
  );
  return [0.5, -0.3, 0.1, 0, 2].map((gradient, index) => {
    const factors = Object.entries(optimiser.factors(index + 1, learningRate)).map(
      ([name, factor]) => [name, tf.scalar(factor)] as const,
    );
    const before = { value, slots };
    const after = optimiser.update(before, tf.tensor1d([gradient]), Object.fromEntries(factors));
    ({ value, slots } = after);
    return {
      value: read(value),
      slots: Object.fromEntries(Object.entries(slots).map(([slot, kept]) => [slot, read(kept)])),
    };
  });
}
