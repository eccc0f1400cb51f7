import assert from "node:assert/strict";
import { Worker } from "node:worker_threads";
import * as tf from "@tensorflow/tfjs-core";
import { createEngine } from "../../engine/create_engine.ts";
import { operatorDigests } from "../support/operator_digests.ts";
import { trainSmall } from "../support/small_training.ts";

const steps = 20;

Deno.test("training ends with the same bytes in every run, process and number of threads", async () => {
  const engine = await createEngine({ backend: "onnx", threads: 2 });
  const first = await trainSmall(engine, steps);
  const again = await trainSmall(engine, steps);
  assert.equal(again.digest, first.digest);
  assert.deepEqual(again.losses, first.losses);
  assert.ok(first.losses.at(-1)! < first.losses[0]!, "the digest must be of a network that learns");
  engine.dispose();
  // Equal for other numbers of threads too: no operator splits a sum between threads.
  for (const threads of [2, 1]) {
    assert.equal(await digestOfNewProcess(threads), first.digest, `${threads} threads`);
  }
});

Deno.test("two workers train at the same time and end with the bytes of one", async () => {
  const engine = await createEngine({ backend: "onnx", threads: 1 });
  const { digest } = await trainSmall(engine, steps);
  engine.dispose();
  assert.deepEqual(await Promise.all([digestOfWorker(), digestOfWorker()]), [digest, digest]);
});

Deno.test("operators give the same bytes in every run, process and number of threads", async () => {
  const engine = await createEngine({ backend: "onnx", threads: 2 });
  const first = await operatorDigests(engine);
  assert.deepEqual(await operatorDigests(engine), first);
  engine.dispose();
  for (const threads of [2, 1]) {
    const found = await outputOfNewProcess("print_operator_digests.ts", [`${threads}`]);
    assert.deepEqual(JSON.parse(found), first, `${threads} threads`);
  }
});

Deno.test("sums by index lose no term when threads share them", async () => {
  const engine = await createEngine({ backend: "onnx", threads: 2 });
  const sums = engine.jit(({ x, ids }: { x: tf.Tensor; ids: tf.Tensor }) => ({
    y: tf.unsortedSegmentSum(x, ids as tf.Tensor1D, 4),
  }));
  const x = tf.ones([20_000, 64]);
  const ids = tf.tensor1d(Int32Array.from({ length: 20_000 }, (_, i) => i % 4), "int32");
  for (let run = 0; run < 5; run++) {
    const { y } = await sums({ x, ids });
    // Whole numbers far below 2^24 add up exactly.
    assert.ok(y.dataSync().every((value: number) => value === 5000));
    y.dispose();
  }
  tf.dispose([x, ids]);
  engine.dispose();
});

async function digestOfWorker(): Promise<string> {
  const url = new URL("../support/training_worker.ts", import.meta.url);
  const worker = new Worker(url, { workerData: steps });
  try {
    return await new Promise<string>((resolve, reject) => {
      worker.once("message", resolve);
      worker.once("error", reject);
    });
  } finally {
    await worker.terminate();
  }
}

function digestOfNewProcess(threads: number): Promise<string> {
  return outputOfNewProcess("print_training_digest.ts", [`${threads}`, `${steps}`]);
}

async function outputOfNewProcess(script: string, args: readonly string[]): Promise<string> {
  const path = new URL(`../support/${script}`, import.meta.url).pathname;
  const { stdout, stderr, success } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "--no-check", path, ...args],
  }).output();
  assert.ok(success, new TextDecoder().decode(stderr));
  return new TextDecoder().decode(stdout).trim();
}
