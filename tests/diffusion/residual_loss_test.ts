import assert from "node:assert/strict";
import * as tf from "@tensorflow/tfjs-core";
import { forwardFactors } from "../../diffusion/forward_process.ts";
import { noiseSchedule } from "../../diffusion/noise_schedule.ts";
import type { Objective } from "../../diffusion/objective.ts";
import { residualLoss } from "../../diffusion/residual_loss.ts";
import { frameOf, type ResidualModel, residualOf } from "../../diffusion/residual_rollout.ts";
import { cosine } from "../../diffusion/schedules/cosine.ts";
import { nextFrameParameters } from "../../models/next_frame.ts";
import { nextFramePreset } from "../../models/next_frame_presets.ts";
import { nest, type Parameters, under } from "../../models/parameters.ts";
import { residualVideoDiffusionParameters } from "../../models/residual_video_diffusion.ts";
import { setUp } from "../models/set_up.ts";

const widths = [16];
const model: ResidualModel = {
  predictor: { ...nextFramePreset("tiny", 1), widths: [16] },
  networks: {
    context: { channels: 1, patch: 1, widths, blocks: true },
    denoiser: { kind: "published", channels: 1, widths, contextWidths: widths },
  },
  sigma: 0.25,
  objective: "x0",
};
const [batch, time, warmup] = [2, 4, 2];
const rows = batch * (time - warmup);

async function make(objective: Objective) {
  const { parameters, normal } = await setUp({
    ...nest("predictor", nextFrameParameters(model.predictor)),
    ...nest("residual", residualVideoDiffusionParameters(model.networks)),
  });
  const frames = Array.from(
    { length: time },
    (_, t) => tf.sigmoid(normal([batch, 8, 8, 1], t + 1)),
  );
  const timesteps = Int32Array.of(0, 30, 60, 99);
  return {
    parameters: {
      predictor: under(parameters, "predictor"),
      residual: under(parameters, "residual"),
    },
    frames,
    batch: {
      ...Object.fromEntries(frames.map((frame, t) => [`frame${t}`, frame])),
      truth: tf.ones([batch, time]),
      timesteps: tf.tensor1d(Float32Array.from(timesteps)),
      factors: tf.tensor2d(forwardFactors(noiseSchedule(cosine(100)), objective, timesteps), [
        rows,
        4,
      ]),
      noise: normal([rows, 8, 8, 1], 50),
    } as Record<string, tf.Tensor>,
  };
}

/** With zeros at its end a network answers 0, or after a sigmoid one half. */
function silenced(parameters: Parameters, last: string): Parameters {
  return Object.fromEntries(
    Object.entries(parameters).map(([name, tensor]) => [
      name,
      name.startsWith(last) ? tf.zerosLike(tensor) : tensor,
    ]),
  );
}

function close(actual: ArrayLike<number>, expected: ArrayLike<number>): void {
  assert.equal(actual.length, expected.length);
  for (let i = 0; i < expected.length; i++) {
    // Means of 64 float32 squares near 1.
    assert.ok(
      Math.abs(actual[i]! - expected[i]!) < 1e-5 * (1 + expected[i]!),
      `row ${i}: ${actual}`,
    );
  }
}

Deno.test("residualLoss() of silent networks is the mean square of (x − 1/2) / σ, frame after frame", async () => {
  const { parameters, frames, batch } = await make("x0");
  const silent = {
    predictor: silenced(parameters.predictor, "out."),
    residual: silenced(parameters.residual, "denoiser.out."),
  };
  const losses = residualLoss(silent, { model, loss: "l2", warmup }, batch).dataSync();
  const expected = frames.slice(warmup).flatMap((frame) => [
    ...tf.mean(tf.square(tf.div(tf.sub(frame, 0.5), 0.25)), [1, 2, 3]).dataSync(),
  ]);
  close(losses, expected);
});

Deno.test("residualLoss() of a silent denoiser is the mean |ε| when it should name the noise", async () => {
  const { parameters, batch } = await make("eps");
  const silent = { ...parameters, residual: silenced(parameters.residual, "denoiser.out.") };
  const losses = residualLoss(silent, { model, loss: "l1", warmup }, batch).dataSync();
  close(losses, tf.mean(tf.abs(batch.noise!), [1, 2, 3]).dataSync());
});

Deno.test("residualLoss() shows the truth where the mask says so, else the prediction", async () => {
  const { parameters, batch } = await make("x0");
  const lossOf = (truth: number, frame2: tf.Tensor) =>
    residualLoss(parameters, { model, loss: "l2", warmup: 3 }, {
      ...batch,
      frame2,
      truth: tf.fill([1, time], truth).tile([2, 1]),
      timesteps: tf.slice(batch.timesteps!, 0, 2),
      factors: tf.slice(batch.factors!, 0, 2),
      noise: tf.slice(batch.noise!, 0, 2),
    }).dataSync();
  const other = tf.sub(1, batch.frame2!);
  assert.notDeepEqual(lossOf(1, batch.frame2!), lossOf(1, other));
  assert.deepEqual(lossOf(0, batch.frame2!), lossOf(0, other));
});

Deno.test("residualOf() and frameOf() undo each other, and frames stay in [0, 1]", async () => {
  const { normal } = await setUp({});
  const [frame, mean] = [1, 2].map((lane) => tf.sigmoid(normal([1, 8, 8, 1], lane)));
  const back = frameOf(residualOf(frame!, mean!, 0.25), mean!, 0.25);
  close(back.dataSync(), frame!.dataSync());
  const far = frameOf(tf.fill([1, 8, 8, 1], 9), mean!, 0.25);
  assert.ok(far.dataSync().every((value) => value === 1));
});
