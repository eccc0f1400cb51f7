/** What one training step of an image diffusion sees. */

import type { Images } from "../../artifacts/images.ts";
import { forwardFactors } from "../../diffusion/forward_process.ts";
import type { NoiseSchedule } from "../../diffusion/noise_schedule.ts";
import type { Objective } from "../../diffusion/objective.ts";
import { vlbFactors } from "../../diffusion/variational_bound.ts";
import { type ImageDenoiserConfig, imageDenoiserUniforms } from "../../models/image_denoiser.ts";
import { deriveSeed, integers, normals, Stream, uniforms } from "../../numerics/random.ts";
import { dropLabels } from "../../training/drop_labels.ts";
import type { HostTensor } from "../../training/host_tensor.ts";
import { type Augmentation, imageBatches } from "./image_batches.ts";

export interface DdpmBatchOptions {
  readonly network: ImageDenoiserConfig;
  readonly schedule: NoiseSchedule;
  readonly objective: Objective;
  readonly variance: "fixed" | "learned";
  /** Weight of the loss at each diffusion step. */
  readonly weights: Float64Array;
  readonly batch: number;
  readonly augment: Augmentation;
  /** Share of labels replaced by "no class". */
  readonly labelDropout: number;
  /** The first diffusion step that is trained: 0, or 1 as in some published code. */
  readonly firstTimestep: number;
}

/** Before the names of the uniform draws that a network wants. */
export const UNIFORMS = "uniforms";

/** Batches for `ddpmLoss`, pure in (seed, step): see `denoisingLoss` for the names. */
export function ddpmBatches(
  images: Images,
  seed: bigint,
  options: DdpmBatchOptions,
): (step: number) => Record<string, HostTensor> {
  const { network, schedule, objective, batch, firstTimestep } = options;
  const draw = imageBatches(images, seed, options);
  return (step) => {
    const { x0, labels } = draw(step);
    const shape = x0.shape;
    const timesteps = integers(
      { seed, stream: Stream.timestep, step },
      batch,
      schedule.steps - firstTimestep,
    ).map((timestep) => timestep + firstTimestep);
    const [, height = 0, width = 0] = shape;
    return {
      x0,
      timesteps: { shape: [batch], data: Float32Array.from(timesteps) },
      factors: { shape: [batch, 4], data: forwardFactors(schedule, objective, timesteps) },
      weights: {
        shape: [batch],
        data: Float32Array.from(timesteps, (timestep) => options.weights[timestep]!),
      },
      noise: { shape, data: normals({ seed, stream: Stream.noise, step }, x0.data.length) },
      ...(options.variance === "learned"
        ? { vlb: vlbFactors(schedule, objective, timesteps) }
        : {}),
      labels: { shape: [batch], data: shownLabels(labels.data as Int32Array, step) },
      ...uniformDraws({ batch, height, width }, step),
    };
  };

  /** Where the network knows no classes, 0 is "no class". */
  function shownLabels(labels: Int32Array, step: number): Int32Array {
    const { classes } = network;
    if (classes === 0) return new Int32Array(batch);
    return dropLabels(labels, { rate: options.labelDropout, classes, seed, step });
  }

  function uniformDraws(
    sizes: { readonly batch: number; readonly height: number; readonly width: number },
    step: number,
  ): Record<string, HostTensor> {
    return Object.fromEntries(
      Object.entries(imageDenoiserUniforms(network, sizes)).map(([name, shape]) => {
        const count = shape.reduce((product, size) => product * size, 1);
        const draw = { seed: deriveSeed(seed, name), stream: Stream.dropout, step };
        return [`${UNIFORMS}.${name}`, { shape, data: uniforms(draw, count) }];
      }),
    );
  }
}
