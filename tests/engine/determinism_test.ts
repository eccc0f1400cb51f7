import assert from "node:assert/strict";
import { Worker } from "node:worker_threads";
import { createEngine } from "../../engine/create_engine.ts";
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

async function digestOfNewProcess(threads: number): Promise<string> {
  const script = new URL("../support/print_training_digest.ts", import.meta.url).pathname;
  const { stdout, stderr, success } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "--no-check", script, `${threads}`, `${steps}`],
  }).output();
  assert.ok(success, new TextDecoder().decode(stderr));
  return new TextDecoder().decode(stdout).trim();
}
