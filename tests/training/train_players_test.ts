import assert from "node:assert/strict";
import * as tf from "@tensorflow/tfjs-core";
import { createEngine } from "../../engine/create_engine.ts";
import type { Engine } from "../../engine/engine.ts";
import { batchNorm, batchNormBuffers } from "../../models/layers/batch_norm.ts";
import { normals, Stream } from "../../numerics/random.ts";
import { constant } from "../../training/learning_rate.ts";
import { trainPlayers, type TrainPlayersOptions } from "../../training/train_players.ts";
import type { PlayerOptions } from "../../training/player.ts";
import { MemoryCheckpoint } from "../support/memory_checkpoint.ts";

const sgd = {
  kind: "sgd",
  weightDecay: 0,
  learningRate: constant(0.1),
  clipNorm: null,
} as const;

/** Wants its number w near that of another player, or near a constant. */
function follower(target: string | number, options: Partial<PlayerOptions> = {}): PlayerOptions {
  return {
    specs: { w: { shape: [], init: { kind: "ones" } } },
    sees: typeof target === "string" ? [target] : [],
    loss: ({ w }, _, others) => {
      const goal = typeof target === "string" ? others[target]!.w! : target;
      return { loss: tf.square(tf.sub(w!, goal)), buffers: {}, told: { gap: tf.sub(w!, goal) } };
    },
    batch: () => ({}),
    updates: 1,
    optimiser: sgd,
    ema: null,
    ...options,
  };
}

type Options = TrainPlayersOptions<string>;

function game(
  engine: Engine,
  players: Options["players"],
  options: Partial<Options> = {},
): Options {
  return { engine, players, seed: 7n, steps: 4, checkpointEvery: 5, logEvery: 1, ...options };
}

/** A normalising network against one that looks at what it makes: buffers, averages, several updates. */
function duel(engine: Engine): Options {
  const noise = (seed: bigint) => (update: number) => ({
    x: { shape: [8, 2], data: normals({ seed, stream: Stream.noise, step: update }, 16) },
  });
  const maker: PlayerOptions = {
    specs: { w: { shape: [2, 2], init: { kind: "uniform", bound: 1 } } },
    buffers: batchNormBuffers(2),
    sees: ["judge"],
    loss: ({ w, ...own }, { x }, { judge }) => {
      const { output, buffers } = batchNorm(
        own,
        tf.matMul(x as tf.Tensor2D, w as tf.Tensor2D),
        "train",
      );
      const score = tf.tanh(tf.matMul(output as tf.Tensor2D, judge!.v as tf.Tensor2D));
      return {
        loss: tf.mean(tf.square(tf.sub(score, 1))),
        buffers,
        told: { score: tf.mean(score) },
      };
    },
    batch: noise(1n),
    updates: 1,
    optimiser: {
      kind: "adam",
      weightDecay: 1e-5,
      learningRate: constant(0.01),
      clipNorm: 1,
      beta1: 0.5,
    },
    ema: { decay: 0.9, warmup: true },
  };
  const judge: PlayerOptions = {
    specs: { v: { shape: [2, 1], init: { kind: "uniform", bound: 1 } } },
    sees: ["maker"],
    loss: ({ v }, { x }, { maker: { w, ...rest } = {} }) => {
      const rows = tf.matMul(x as tf.Tensor2D, w as tf.Tensor2D);
      const { output } = batchNorm(rest, rows, "batch_statistics");
      const score = tf.tanh(tf.matMul(output as tf.Tensor2D, v as tf.Tensor2D));
      return tf.mean(tf.square(tf.add(score, 1)));
    },
    batch: noise(2n),
    updates: 2,
    optimiser: { kind: "adam", weightDecay: 0, learningRate: constant(0.01), clipNorm: null },
    ema: null,
  };
  return game(engine, { judge, maker }, { steps: 24, checkpointEvery: 5, logEvery: 4 });
}

for (const backend of ["cpu", "onnx"] as const) {
  Deno.test(`trainPlayers() that is killed and resumed ends byte-identical on ${backend}`, async () => {
    const engine = await createEngine({ backend, threads: 1 });
    const options = duel(engine);
    const whole = await trainPlayers(options);
    const before = engine.memory().tensors;
    const checkpoint = new MemoryCheckpoint();
    const { judge } = options.players;
    // Killed in the second of the judge's updates of step 13.
    const batch = (update: number) => {
      if (update === 27) throw new Error("killed");
      return judge!.batch(update);
    };
    const players = { ...options.players, judge: { ...judge!, batch } };
    await assert.rejects(trainPlayers({ ...options, players, checkpoint }), /killed/);
    // Then stopped in good order, which saves at the very step.
    const controller = new AbortController();
    const progress = ({ step }: { step: number }) => {
      if (step === 17) controller.abort(new Error("time is up"));
    };
    await assert.rejects(
      trainPlayers({ ...options, checkpoint, progress, signal: controller.signal }),
      /time is up/,
    );
    assert.deepEqual(checkpoint.steps, [5, 10, 15, 17]);
    assert.deepEqual(await trainPlayers({ ...options, checkpoint }), whole);
    assert.equal(engine.memory().tensors, before);
    assert.deepEqual(whole["judge"]!.history.map(({ step }) => step), [4, 8, 12, 16, 20, 24]);
    assert.notDeepEqual(whole["maker"]!.ema!["w"], whole["maker"]!.parameters["w"]);
    assert.notEqual(whole["maker"]!.parameters["mean"]!.data[0], 0);
    engine.dispose();
  });
}

Deno.test("trainPlayers() keeps no tensor from step to step", async () => {
  const engine = await createEngine({ backend: "onnx", threads: 1 });
  const before = engine.memory();
  const counts = new Set<number>();
  await trainPlayers({
    ...duel(engine),
    steps: 60,
    progress: () => counts.add(engine.memory().tensors),
  });
  assert.equal(counts.size, 1, `tensors alive: ${[...counts]}`);
  const { tensors, nativeValues } = engine.memory();
  assert.deepEqual([tensors, nativeValues], [before.tensors, before.nativeValues]);
  engine.dispose();
});

Deno.test("trainPlayers() lets later players see earlier ones updated", async () => {
  const engine = await createEngine({ backend: "cpu", threads: 1 });
  // w = 1; the leader moves to 1 + 0.2 (6 − 1) = 2, and the follower by 0.2 (2 − 1) or, first, not at all.
  const first = { leader: follower(6), second: follower("leader") };
  const late = await trainPlayers(game(engine, first, { steps: 1 }));
  assert.equal(late["second"]!.parameters["w"]!.data[0], Math.fround(1.2));
  const second = { second: follower("leader"), leader: follower(6) };
  const early = await trainPlayers(game(engine, second, { steps: 1 }));
  assert.equal(early["second"]!.parameters["w"]!.data[0], 1);
});

Deno.test("trainPlayers() takes as many updates as a player wants, and tells their means", async () => {
  const engine = await createEngine({ backend: "cpu", threads: 1 });
  const seen: number[] = [];
  const batch = (update: number) => {
    seen.push(update);
    return {};
  };
  const told: Readonly<Record<string, number>>[] = [];
  const { leader } = await trainPlayers(
    game(engine, { leader: follower(2, { updates: 3, batch }) }, {
      steps: 2,
      progress: ({ values }) => told.push(values!),
    }),
  );
  assert.deepEqual(seen, [0, 1, 2, 3, 4, 5]);
  // The gap shrinks by 0.8 at each update: −1, −0.8, −0.64, ...
  const mean = -(1 + 0.8 + 0.64) / 3;
  assert.ok(Math.abs(told[0]!["leader gap"]! - mean) < 1e-6);
  assert.ok(Math.abs(leader!.history[0]!.values["gap"]! - mean) < 1e-6);
  assert.ok(Math.abs(leader!.parameters["w"]!.data[0]! - (2 - 0.8 ** 6)) < 1e-6);
});

Deno.test("trainPlayers() shows averaged weights to who watches", async () => {
  const engine = await createEngine({ backend: "cpu", threads: 1 });
  const seen: [number, number][] = [];
  const leader = follower(2, { ema: { decay: 0.5, warmup: false } });
  await trainPlayers(game(engine, { leader }, {
    steps: 3,
    watch: {
      every: 2,
      run: ({ leader }, step) => {
        seen.push([step, leader!.w!.dataSync()[0]!]);
        return Promise.resolve();
      },
    },
  }));
  // Values 1.2, 1.36, 1.488; the average begins at 1: 1.1, 1.23, 1.359.
  const expected = [[2, 1.23], [3, 1.359]] as const;
  assert.equal(seen.length, 2);
  for (const [i, [step, value]] of expected.entries()) {
    assert.equal(seen[i]![0], step);
    assert.ok(Math.abs(seen[i]![1] - value) < 1e-6, `${seen}`);
  }
});

Deno.test("trainPlayers() that meets a loss that is no number can be resumed from before", async () => {
  const engine = await createEngine({ backend: "onnx", threads: 1 });
  const options = duel(engine);
  const whole = await trainPlayers(options);
  const before = engine.memory().tensors;
  const checkpoint = new MemoryCheckpoint();
  const { maker } = options.players;
  const batch = (update: number) => {
    const { x } = maker!.batch(update);
    if (update === 12) x!.data[3] = NaN;
    return { x: x! };
  };
  const players = { ...options.players, maker: { ...maker!, batch } };
  await assert.rejects(
    trainPlayers({ ...options, players, checkpoint }),
    /at step 13 the loss of maker is NaN .*batch tensor "x" \(1 of 16\).*"w" \(4 of 4\).*that of step 10/,
  );
  assert.deepEqual(checkpoint.steps, [5, 10]);
  assert.equal(engine.memory().tensors, before);
  assert.deepEqual(await trainPlayers({ ...options, checkpoint }), whole);
  engine.dispose();
});

Deno.test("trainPlayers() saves no weights that an update made infinite", async () => {
  const engine = await createEngine({ backend: "cpu", threads: 1 });
  const learningRate = (step: number) => step === 1 ? 3e38 : 0.01;
  const players = { a: follower(1), b: follower(9, { optimiser: { ...sgd, learningRate } }) };
  const checkpoint = new MemoryCheckpoint();
  await assert.rejects(
    trainPlayers(game(engine, players, { checkpoint, checkpointEvery: 1 })),
    /Cannot save a checkpoint after step 2 of b: .* in parameter "w" are not.* that of step 1/,
  );
  assert.deepEqual(checkpoint.steps, [1]);
});

Deno.test("trainPlayers() names the player whose loss is not finite, and strangers", async () => {
  const engine = await createEngine({ backend: "cpu", threads: 1 });
  await assert.rejects(
    trainPlayers(game(engine, { a: follower(1), b: follower(Infinity) })),
    /at step 1 the loss of b is Infinity .*No gradient is finite: "w" \(1 of 1\)\. There is no checkpoint/,
  );
  await assert.rejects(
    trainPlayers(game(engine, { a: follower("c"), b: follower(1) })),
    /"a" wants to see "c", which must be one of the others: b/,
  );
  await assert.rejects(
    trainPlayers(game(engine, { a: follower(1, { updates: 0 }) })),
    /"a" must take a positive number of updates in a step, not 0/,
  );
});
