import assert from "node:assert/strict";
import * as tf from "@tensorflow/tfjs-core";
import { denoisingLoss, type DenoisingOptions } from "../../diffusion/denoising_loss.ts";
import { forwardFactors } from "../../diffusion/forward_process.ts";
import { type LossId, lossIds, type Objective, objectiveIds } from "../../diffusion/objective.ts";
import { vlbFactors } from "../../diffusion/variational_bound.ts";
import { createEngine } from "../../engine/create_engine.ts";
import { assertClose } from "./assert_close.ts";
import { answerAt, boundFixture } from "./bound_fixture.ts";
import { scheduleNamed } from "./fixture.ts";

const schedule = scheduleNamed("cosine_T50");
const steps = Int32Array.of(0, 20);
const weights = [0.5, 2];
/** How far the answers of the two rows are from the target: some beyond 1, where Huber's loss is a line. */
const errors = boundFixture.error.map((error, i) => error * [1, 10, -20, 1][i]!);

/** Two rows of 2x2 pixels of one channel. */
function batchOf(objective: Objective) {
  const rows = (values: readonly number[]) => tf.tensor4d([...values, ...values], [2, 2, 2, 1]);
  const vlb = vlbFactors(schedule, objective, steps);
  return {
    x0: rows(boundFixture.x0),
    noise: rows(boundFixture.eps),
    timesteps: tf.tensor1d(Float32Array.from(steps)),
    factors: tf.tensor2d(forwardFactors(schedule, objective, steps), [2, 4]),
    weights: tf.tensor1d(weights),
    vlb: tf.tensor2d(vlb.data, [...vlb.shape]),
  };
}

/** What the network answers, `[2, 2, 2, 2]`: the mean, then what it says of the variance. */
function answerOf(objective: Objective): tf.Tensor4D {
  const pixels = [...steps].flatMap((t) => {
    const { target } = answerAt("cosine_T50", t, objective);
    return target.flatMap((value, i) => [value + errors[i]!, boundFixture.fraction[i]!]);
  });
  return tf.tensor4d(pixels, [2, 2, 2, 2]);
}

const options = (loss: LossId, objective: Objective): DenoisingOptions => ({
  loss,
  objective,
  variance: "learned",
  vlbWeight: 0.001,
});

const tolerance = { relative: 1e-4, absolute: 3e-7 }; // float32, as in the terms of the bound

for (const backend of ["cpu", "onnx"] as const) {
  Deno.test(`denoisingLoss() of learned variance on ${backend} has PyTorch's values and gradients`, async () => {
    const engine = await createEngine({ backend, threads: 1 });
    try {
      for (const objective of objectiveIds) {
        for (const loss of lossIds) {
          const program = engine.jit((answer: tf.Tensor, batch: Record<string, tf.Tensor>) => {
            const lossOf = (answer: tf.Tensor) =>
              denoisingLoss(() => answer, options(loss, objective), batch as never);
            const gradient = tf.grad((answer: tf.Tensor) => tf.sum(lossOf(answer)))(answer);
            return { losses: lossOf(answer), gradient };
          });
          const { losses, gradient } = await program(answerOf(objective), batchOf(objective));
          const [values, slopes] = [await losses!.data(), await gradient!.data()];
          const expected = boundFixture.hybrid.find((item) =>
            item.objective === objective && item.loss === loss
          )!;
          for (const [row, { grad_output, grad_fraction, ...item }] of expected.rows.entries()) {
            const what = `${objective} ${loss} row ${row}`;
            assertClose(values[row], item.loss, what, tolerance);
            for (let i = 0; i < 4; i++) {
              assertClose(
                slopes[row * 8 + 2 * i],
                grad_output[i],
                `${what} d mean ${i}`,
                tolerance,
              );
              assertClose(
                slopes[row * 8 + 2 * i + 1],
                grad_fraction[i],
                `${what} d v ${i}`,
                tolerance,
              );
            }
          }
          program.dispose();
        }
      }
    } finally {
      engine.dispose();
    }
  });
}

Deno.test("denoisingLoss() of fixed variance is the weighted mean, and shows the network x_n and n", async () => {
  await tf.setBackend("cpu");
  const { vlb: _, ...batch } = batchOf("v");
  const seen: number[][] = [];
  const losses = denoisingLoss(
    (noisy, timesteps) => {
      seen.push([...noisy.dataSync()], [...timesteps.dataSync()]);
      return tf.zerosLike(noisy);
    },
    { ...options("l1", "v"), variance: "fixed" },
    batch,
  ).dataSync();
  for (const [row, t] of steps.entries()) {
    const { target } = answerAt("cosine_T50", t, "v");
    const mean = target.reduce((sum, value) => sum + Math.abs(value), 0) / 4;
    assertClose(losses[row], weights[row]! * mean, `${row}`, { relative: 1e-6, absolute: 0 });
    const x = schedule.signal[t]! * boundFixture.x0[0]! + schedule.noise[t]! * boundFixture.eps[0]!;
    assertClose(seen[0]![row * 4], x, "x", { relative: 1e-6, absolute: 0 });
  }
  assert.deepEqual(seen[1], [0, 20]);
});

Deno.test("denoisingLoss() refuses an answer of another shape, and learned variance without its factors", async () => {
  await tf.setBackend("cpu");
  const batch = batchOf("v");
  assert.throws(
    () => denoisingLoss((noisy) => noisy, options("l2", "v"), batch),
    /of "v" with learned variance: the network must answer \[2,2,2,2\], but answered \[2,2,2,1\]/,
  );
  const { vlb: _, ...bare } = batch;
  assert.throws(
    () => denoisingLoss(() => answerOf("v"), options("l2", "v"), bare),
    /the batch must hold vlb/,
  );
});
