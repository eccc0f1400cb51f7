import assert from "node:assert/strict";
import * as tf from "@tensorflow/tfjs-core";
import { encodeSafetensors } from "../../artifacts/safetensors.ts";
import { createEngine } from "../../engine/create_engine.ts";
import type { Engine } from "../../engine/engine.ts";
import { conv2d, conv2dParameters } from "../../models/layers/conv2d.ts";
import { nest, type ParameterSpecs, under } from "../../models/parameters.ts";
import { normals, Stream } from "../../numerics/random.ts";
import { constant, cosine } from "../../training/learning_rate.ts";
import { train, type TrainOptions, type TrainResult } from "../../training/train.ts";
import { MemoryCheckpoint } from "../support/memory_checkpoint.ts";

const backends = ["cpu", "onnx"] as const;

/** A small convolutional regression: the batch, noise and target change from step to step. */
const specs: ParameterSpecs = {
  ...nest("first", conv2dParameters({ inputs: 1, outputs: 4, kernel: 3 })),
  ...nest("second", conv2dParameters({ inputs: 4, outputs: 1, kernel: 3 })),
};

function convolutional(engine: Engine): TrainOptions {
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

function bytesOf({ parameters, ema = {}, history }: TrainResult): string {
  const hex = [parameters, ema].map((arrays) => encodeSafetensors(arrays).toHex());
  return [...hex, JSON.stringify(history)].join("\n");
}

for (const backend of backends) {
  Deno.test(`train() that is killed and resumed ends byte-identical on ${backend}`, async () => {
    const engine = await createEngine({ backend, threads: 1 });
    const options = convolutional(engine);
    const whole = await train(options);

    const checkpoint = new MemoryCheckpoint();
    const crash = (at: number) => (step: number) => {
      if (step === at) throw new Error("killed");
      return options.batch(step);
    };
    // Killed between checkpoints, twice: steps 10..12 and 15..17 are taken again.
    for (const at of [13, 18]) {
      await assert.rejects(
        train({ ...options, checkpoint, batch: crash(at) }),
        /killed/,
      );
    }
    // Then stopped in good order, which saves at the very step.
    const controller = new AbortController();
    const progress = ({ step }: { step: number }) => {
      if (step === 21) controller.abort(new Error("time is up"));
    };
    await assert.rejects(
      train({ ...options, checkpoint, progress, signal: controller.signal }),
      /time is up/,
    );
    assert.deepEqual(checkpoint.steps, [5, 10, 15, 20, 21]);
    const resumed = await train({ ...options, checkpoint });
    assert.equal(bytesOf(resumed), bytesOf(whole));
    engine.dispose();
  });

  Deno.test(`train() keeps no tensor over 200 steps on ${backend}`, async () => {
    const engine = await createEngine({ backend, threads: 1 });
    const options = convolutional(engine);
    const counts: number[] = [];
    const before = engine.memory();
    await train({
      ...options,
      steps: 200,
      progress: () => counts.push(engine.memory().tensors),
    });
    assert.equal(new Set(counts).size, 1, `tensors alive: ${[...new Set(counts)]}`);
    const { tensors, nativeValues } = engine.memory();
    // Sessions may stay: an engine keeps compiled programs for the next caller.
    assert.deepEqual([tensors, nativeValues], [before.tensors, before.nativeValues]);
    engine.dispose();
  });
}

async function cpu(): Promise<Engine> {
  return await createEngine({ backend: "cpu", threads: 1 });
}

/** Minimises (w - target)^2 / 2, whose gradient is w - target. */
function quadratic(engine: Engine, target = 3): TrainOptions {
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

Deno.test("train() minimises a quadratic and reports falling losses", async () => {
  const { parameters, ema, history } = await train(quadratic(await cpu()));
  assert.ok(Math.abs(parameters["w"]!.data[0]! - 3) < 0.01);
  assert.equal(ema, undefined);
  assert.deepEqual(history.map(({ step }) => step), [100, 200, 300]);
  const losses = history.map(({ values }) => values["loss"]!);
  assert.ok(losses[0]! > losses[1]! && losses[1]! > losses[2]!);
  assert.equal(history[0]!.values["learningRate"], 0.05);
});

Deno.test("train() takes the first step that AdamW's formula gives", async () => {
  // g = -2, clipped to -1 (norm 2, limit 1); a first AdamW step moves by lr against the sign.
  const options = quadratic(await cpu());
  const optimiser = { ...options.optimiser, weightDecay: 0.5, clipNorm: 1 };
  const { parameters, history } = await train({ ...options, optimiser, steps: 1 });
  // 1 * (1 - 0.05 * 0.5) + 0.05, in float32.
  assert.ok(Math.abs(parameters["w"]!.data[0]! - 1.025) < 1e-6);
  assert.equal(history[0]!.values["loss"], 2);
  assert.equal(history[0]!.values["gradientNorm"], 2);
});

Deno.test("train() starts from given parameters and leaves their arrays alone", async () => {
  const initial = { w: { shape: [1], data: Float32Array.of(3) } };
  const { parameters } = await train({ ...quadratic(await cpu()), initial, steps: 3 });
  assert.equal(parameters["w"]!.data[0], 3);
  await train({ ...quadratic(await cpu(), 9), initial, steps: 3 });
  assert.deepEqual([...initial.w.data], [3]);
});

Deno.test("train() averages parameters by the decays of emaDecay()", async () => {
  const options = quadratic(await cpu());
  const seen: number[] = [];
  const { ema } = await train({
    ...options,
    steps: 3,
    ema: { decay: 0.5, warmup: false },
    evaluate: {
      every: 1,
      async run({ w }) {
        seen.push((await w!.data())[0]!);
        return { w: seen.at(-1)! };
      },
    },
  });
  // Adam's steps are nearly lr each: w = 1.05, 1.10, 1.15 (within 1e-3); averages by hand.
  [1.025, 1.0625, 1.10625].forEach((expected, i) =>
    assert.ok(Math.abs(seen[i]! - expected) < 1e-3)
  );
  assert.equal(ema!["w"]!.data[0], seen[2]);
});

Deno.test("train() names the step whose loss is not finite and keeps the last checkpoint", async () => {
  const options = quadratic(await cpu());
  const checkpoint = new MemoryCheckpoint();
  const poisoned = (step: number) => ({
    target: { shape: [1], data: Float32Array.of(step === 6 ? NaN : 3) },
  });
  await assert.rejects(
    train({ ...options, batch: poisoned, checkpoint, checkpointEvery: 2 }),
    /Cannot continue training: at step 7 the loss is NaN/,
  );
  assert.deepEqual(checkpoint.steps, [2, 4, 6]);
});

Deno.test("train() names a parameter that the loss ignores", async () => {
  const options = quadratic(await cpu());
  const idle = { shape: [1], init: { kind: "zeros" } } as const;
  await assert.rejects(
    train({ ...options, specs: { ...options.specs, idle } }),
    /Cannot train parameter "idle": the loss does not depend on it/,
  );
});

Deno.test("train() refuses a checkpoint or first parameters of another network", async () => {
  const options = quadratic(await cpu());
  const checkpoint = new MemoryCheckpoint();
  await train({ ...options, checkpoint, steps: 2 });
  const wider = { w: { shape: [2], init: { kind: "zeros" } } } as const;
  await assert.rejects(
    train({ ...options, specs: wider, checkpoint }),
    /Cannot resume from parameters of the checkpoint of step 2: parameter "w" must be \[2\], but it is \[1\]/,
  );
  await assert.rejects(
    train({ ...options, initial: {} }),
    /Cannot start training: there is no parameter "w"/,
  );
});
