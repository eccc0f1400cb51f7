import assert from "node:assert/strict";
import * as tf from "@tensorflow/tfjs-core";
import { createEngine } from "../../engine/create_engine.ts";
import type { Engine } from "../../engine/engine.ts";
import { normals, Stream } from "../../numerics/random.ts";
import { constant } from "../../training/learning_rate.ts";
import { train } from "../../training/train.ts";
import { MemoryCheckpoint } from "../support/memory_checkpoint.ts";
import { bytesOf, convolutional, convolutionalWithEverything, quadratic } from "./set_up.ts";

const backends = ["cpu", "onnx"] as const;
const trainings = { convolutional, convolutionalWithEverything };

for (const backend of backends) {
  for (const [name, make] of Object.entries(trainings)) {
    Deno.test(`train() that is killed and resumed ends byte-identical: ${name} on ${backend}`, async () => {
      const engine = await createEngine({ backend, threads: 1 });
      const options = make(engine);
      const whole = await train(options);
      const before = engine.memory().tensors;

      const checkpoint = new MemoryCheckpoint();
      // In the middle of a step where a step has several batches.
      const { accumulate = 1 } = options;
      const crash = (at: number) => (batch: number) => {
        if (batch === at * accumulate + accumulate - 1) throw new Error("killed");
        return options.batch(batch);
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
      assert.equal(engine.memory().tensors, before);
      engine.dispose();
    });

    Deno.test(`train() keeps no tensor over 200 steps: ${name} on ${backend}`, async () => {
      const engine = await createEngine({ backend, threads: 1 });
      const options = make(engine);
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
}

Deno.test("the training with everything uses everything", async () => {
  const { best, history, ema } = await train(convolutionalWithEverything(await cpu()));
  const rates = new Set(history.map(({ values }) => values["learningRate"]));
  assert.ok(rates.size >= 3, `learning rates ${[...rates]}`);
  assert.ok(best && best.step > 2 && best.step < 24, `best at step ${best?.step}`);
  assert.ok(history.some(({ values }) => Number.isNaN(values["size"])));
  assert.notEqual(ema?.["hidden.mean"]?.data[0], 0);
});

async function cpu(): Promise<Engine> {
  return await createEngine({ backend: "cpu", threads: 1 });
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

for (const backend of backends) {
  Deno.test(`train() on ${backend} stops at a loss that is no number, and a resumed one goes on from before`, async () => {
    const engine = await createEngine({ backend, threads: 1 });
    const options = { ...convolutional(engine), checkpointEvery: 5 };
    const whole = await train(options);
    const before = engine.memory().tensors;
    const checkpoint = new MemoryCheckpoint();
    const poisoned = (step: number) => {
      const { x } = options.batch(step);
      if (step === 12) x!.data.set([NaN, Infinity], 20);
      return { x: x! };
    };
    await assert.rejects(train({ ...options, batch: poisoned, checkpoint }), (error: Error) => {
      assert.match(error.message, /^Cannot continue training: at step 13 the loss is NaN/);
      assert.match(error.message, /Not finite before the step: batch tensor "x" \(2 of 72\)\. /);
      assert.match(error.message, /No gradient is finite: "first\.bias" \(4 of 4\), .* and 1 more/);
      assert.match(error.message, /The last checkpoint is that of step 10/);
      return true;
    });
    assert.deepEqual(checkpoint.steps, [5, 10]);
    assert.equal(engine.memory().tensors, before);
    assert.equal(bytesOf(await train({ ...options, checkpoint })), bytesOf(whole));
    engine.dispose();
  });

  Deno.test(`train() on ${backend} names the gradient that is not finite, and the largest other one`, async () => {
    const engine = await createEngine({ backend, threads: 1 });
    const number = { shape: [1], init: { kind: "ones" } } as const;
    const vast = { shape: [1], init: { kind: "constant", value: 3e30 } } as const;
    await assert.rejects(
      train({
        ...quadratic(engine),
        specs: { small: number, large: number, vast },
        // d/d vast of 2 sqrt(vast - 3e30) at 3e30 is infinite; the loss there is 1 + 5.
        loss: ({ small, large, vast }, { target }) =>
          tf.sum(tf.add(
            tf.add(small!, tf.mul(5, large!)),
            tf.mul(tf.sqrt(tf.sub(vast!, 3e30)), tf.sub(target!, 1)),
          )) as tf.Scalar,
        steps: 3,
      }),
      /at step 1 the loss is 6 and the gradient norm (Infinity|NaN).*Gradients that are not finite: "vast" \(1 of 1\)\. The largest finite gradient is that of "large", of norm 5\.00\. There is no checkpoint/,
    );
    engine.dispose();
  });
}

Deno.test("train() finds the micro-batch that went wrong", async () => {
  const options = quadratic(await cpu());
  const batch = (micro: number) => ({
    target: { shape: [1], data: Float32Array.of(micro === 7 ? -Infinity : 3) },
  });
  await assert.rejects(
    train({ ...options, batch, accumulate: 3 }),
    /at step 3 the loss is Infinity.*batch tensor "target" \(1 of 1\)\. No gradient is finite: "w" \(1 of 1\)/,
  );
});

Deno.test("train() saves no parameter that a step made infinite", async () => {
  const options = quadratic(await cpu());
  // Loss and gradient of step 4 are finite, its update is not: 3e38 * gradient.
  const learningRate = (step: number) => step === 3 ? 3e38 : 0.01;
  const optimiser = { kind: "sgd", weightDecay: 0, clipNorm: null, learningRate } as const;
  const checkpoint = new MemoryCheckpoint();
  await assert.rejects(
    train({ ...options, optimiser, checkpoint, checkpointEvery: 2 }),
    /Cannot save a checkpoint after step 4: .* 1 of 1 in parameter "w" are not.* that of step 2/,
  );
  assert.deepEqual(checkpoint.steps, [2]);
  await assert.rejects(
    train({ ...options, optimiser, steps: 4 }),
    /Cannot give the weights of the last step: .* There is no checkpoint/,
  );
  // Without a checkpoint in between, the next step names the parameter.
  await assert.rejects(
    train({ ...options, optimiser }),
    /at step 5 .* Not finite before the step: parameter "w" \(1 of 1\)/,
  );
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

Deno.test("train() with accumulated gradients takes the steps of one large batch", async () => {
  const engine = await cpu();
  const base = convolutional(engine);
  const draw = (step: number) => normals({ seed: 5n, stream: Stream.noise, step }, 6 * 36);
  const whole = {
    ...base,
    optimiser: { kind: "sgd", momentum: 0.9, weightDecay: 0.01, clipNorm: 0.1 },
    batch: (step: number) => ({ x: { shape: [6, 6, 6, 1], data: draw(step) } }),
  } as const;
  const optimiser = { ...whole.optimiser, learningRate: constant(0.1) };
  const parts = {
    ...whole,
    accumulate: 3,
    batch: (micro: number) => {
      const from = (micro % 3) * 72;
      const data = draw(Math.floor(micro / 3)).slice(from, from + 72);
      return { x: { shape: [2, 6, 6, 1], data } };
    },
  };
  const expected = await train({ ...whole, optimiser });
  const found = await train({ ...parts, optimiser });
  for (const [name, { data }] of Object.entries(expected.parameters)) {
    // Sums in another order: a few float32 roundings of values below 1 in each of 24 steps.
    data.forEach((value, i) =>
      assert.ok(Math.abs(found.parameters[name]!.data[i]! - value) < 2e-6, `${name} ${i}`)
    );
  }
  expected.history.forEach(({ values }, i) => {
    for (const [name, value] of Object.entries(values)) {
      assert.ok(Math.abs(found.history[i]!.values[name]! / value - 1) < 1e-5, name);
    }
  });
});

Deno.test("train() gives buffers as the loss left them, in weights, averages and evaluations", async () => {
  const seen: number[] = [];
  const result = await train({
    ...quadratic(await cpu()),
    buffers: { count: { shape: [1], init: { kind: "constant", value: 10 } } },
    loss: ({ w, count }, { target }) => ({
      loss: tf.mul(0.5, tf.sum(tf.square(tf.sub(w!, target!)))),
      buffers: { count: tf.add(count!, 1) },
    }),
    steps: 4,
    accumulate: 2,
    ema: { decay: 0.5, warmup: false },
    evaluate: {
      every: 1,
      async run({ count }) {
        seen.push((await count!.data())[0]!);
        return {};
      },
    },
  });
  // Twice a step, once by each micro-batch.
  assert.deepEqual(seen, [12, 14, 16, 18]);
  assert.deepEqual([...result.parameters["count"]!.data], [18]);
  assert.deepEqual([...result.ema!["count"]!.data], [18]);
  assert.deepEqual(Object.keys(result.parameters), ["w", "count"]);
});

Deno.test("train() starts from given buffers", async () => {
  const { parameters } = await train({
    ...quadratic(await cpu()),
    buffers: { still: { shape: [2], init: { kind: "zeros" } } },
    initial: {
      w: { shape: [1], data: Float32Array.of(3) },
      still: { shape: [2], data: Float32Array.of(7, 8) },
    },
    loss: ({ w, still }, { target }) => ({
      loss: tf.sum(tf.square(tf.sub(w!, target!))),
      // Passed through, as frozen statistics are.
      buffers: { still: still! },
    }),
    steps: 3,
  });
  assert.deepEqual([...parameters["still"]!.data], [7, 8]);
});

Deno.test("train() lowers the rate once per epoch of the mean loss without progress", async () => {
  // Whatever the parameters, with means 2, 2, 2, 1, 1, 1, 1 of the epochs of two steps.
  const losses = [1, 3, 1, 3, 1, 3, 0, 2, 1, 1, 2, 0, 1, 1];
  const { history } = await train({
    ...quadratic(await cpu()),
    loss: ({ w }, { loss }) => tf.add(tf.mul(0, tf.sum(w!)), tf.sum(loss!)),
    batch: (step) => ({ loss: { shape: [1], data: Float32Array.of(losses[step]!) } }),
    optimiser: { learningRate: constant(0.8), weightDecay: 0, clipNorm: null },
    plateau: { stepsPerEpoch: 2, metric: "loss", patience: 1, factor: 0.5 },
    steps: losses.length,
    logEvery: 1,
  });
  assert.deepEqual(history.map(({ values }) => values["loss"]), losses);
  // Two bad epochs, 2 and 3, then progress, then two bad ones again, 5 and 6.
  assert.deepEqual(history.map(({ values }) => values["learningRate"]), [
    ...Array(6).fill(0.8),
    ...Array(6).fill(0.4),
    ...Array(2).fill(0.2),
  ]);
});

Deno.test("train() keeps the weights of the best evaluation, the first of equal ones", async () => {
  const scores = [NaN, 5, 3, 4, 3];
  const weights: number[] = [];
  const { best, parameters } = await train({
    ...quadratic(await cpu()),
    steps: 10,
    evaluate: {
      every: 2,
      async run({ w }, step) {
        weights.push((await w!.data())[0]!);
        return { score: scores[step / 2 - 1]! };
      },
    },
    keepBest: { metric: "score", better: "lower" },
  });
  assert.deepEqual([best?.step, best?.value], [6, 3]);
  assert.equal(best?.parameters["w"]?.data[0], weights[2]);
  assert.notEqual(parameters["w"]?.data[0], weights[2]);
  assert.equal(best?.ema, undefined);
});

Deno.test("train() says what contradicts itself", async () => {
  const options = quadratic(await cpu());
  const { specs } = options;
  const keepBest = { metric: "score", better: "lower" } as const;
  const evaluate = { every: 1, run: () => Promise.resolve({ psnr: 1 }) };
  await assert.rejects(
    train({ ...options, buffers: specs }),
    /"w" must be a parameter or a buffer/,
  );
  await assert.rejects(
    train({ ...options, accumulate: 0 }),
    /accumulate must be a positive integer/,
  );
  await assert.rejects(train({ ...options, keepBest }), /"score" needs evaluations/);
  await assert.rejects(
    train({ ...options, keepBest, evaluate }),
    /Cannot keep the best weights: there is no metric "score", only psnr/,
  );
  await assert.rejects(
    train({ ...options, evaluate, plateau: { stepsPerEpoch: 1, metric: "ssim" } }),
    /Cannot follow a plateau: there is no metric "ssim", only psnr/,
  );
});

Deno.test("train() refuses buffers that the loss forgets, invents or changes in shape", async () => {
  const options = quadratic(await cpu());
  const buffers = { b: { shape: [2], init: { kind: "zeros" } } } as const;
  const returning = (returned: Record<string, tf.Tensor>) => ({
    ...options,
    buffers,
    loss: ({ w }: Readonly<Record<string, tf.Tensor>>) => ({
      loss: tf.sum<tf.Scalar>(w!),
      buffers: returned,
    }),
  });
  await assert.rejects(train({ ...options, buffers }), /must return buffer "b"/);
  await assert.rejects(
    train(returning({ b: tf.zeros([3]) })),
    /"b" must be \[2\], but the loss returned \[3\]/,
  );
  await assert.rejects(
    train(returning({ b: tf.zeros([2]), c: tf.zeros([1]) })),
    /returned buffer "c", but the network has none/,
  );
});
