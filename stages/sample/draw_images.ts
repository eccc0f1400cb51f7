/** Reverse diffusion of images: the loop that previews and samples share. */

import * as tf from "@tensorflow/tfjs-core";
import { guide } from "../../diffusion/guidance.ts";
import { samplerStep, stepFactors } from "../../diffusion/sampler_step.ts";
import type { SamplerStep } from "../../diffusion/samplers/sampler.ts";
import type { Engine } from "../../engine/engine.ts";
import { imageDenoiser } from "../../models/image_denoiser.ts";
import type { Parameters } from "../../models/parameters.ts";
import { normals, Stream } from "../../numerics/random.ts";
import { disposeAll } from "../../training/host_tensor.ts";
import type { ImageDiffusion } from "./image_diffusion.ts";

export interface ImageSamplerOptions {
  readonly diffusion: ImageDiffusion;
  readonly steps: readonly SamplerStep[];
  /** x̂0 is clipped to ± this at each step; null leaves it. */
  readonly clip: number | null;
  /** Scale of classifier-free guidance; null asks the network once per step. */
  readonly guidance: number | null;
  /** BatchNorm by the running statistics of training, or, as some published code does, by those of the batch itself. */
  readonly batchNorm: "eval" | "batch_statistics";
  /** Images computed together; with `batchNorm: "eval"` it changes nothing but the speed. */
  readonly batch: number;
}

export interface Drawing {
  readonly seed: bigint;
  /** Images to draw: image i's noise is keyed by i alone. */
  readonly images: readonly number[];
  /** Class of each image; absent: no class. */
  readonly labels?: Int32Array;
  /** x_T of each image, in place of the noise that its number gives: `[image, height, width, channel]`. */
  readonly start?: Float32Array;
  /** Other steps than the sampler's own. */
  readonly steps?: readonly SamplerStep[];
  readonly signal?: AbortSignal;
  /** Steps done and to do, over all batches. */
  readonly progress?: (done: number, of: number) => void;
  /** Sees x after the k-th step, 0 <= k, of the images from `first` on. */
  readonly onStep?: (moment: {
    readonly k: number;
    readonly first: number;
    readonly x: Float32Array;
  }) => void;
}

/**
 * Compiles one step of a sampler; `draw` runs it from noise to images.
 * @returns `draw`, which gives `[image, height, width, channel]`, values of [−1, 1].
 */
export function createImageSampler(engine: Engine, options: ImageSamplerOptions) {
  const { diffusion, batch } = options;
  const { network, height, width } = diffusion;
  const size = height * width * network.channels;
  const shape = [batch, height, width, network.channels];
  const program = engine.jit(
    (
      parameters: Parameters,
      moment: { readonly x: tf.Tensor; readonly previousX0: tf.Tensor },
      given: GivenTensors,
    ) => oneStep(parameters, options, moment, given),
    { name: "reverse diffusion of images", donate: [1] },
  );

  async function drawBatch(
    parameters: Parameters,
    drawing: Drawing,
    first: number,
    finishedSteps: number,
  ): Promise<Float32Array> {
    const { images, labels, start, seed, signal, steps = options.steps } = drawing;
    // The program has a fixed batch: the last one is filled up with its last image.
    const rows = Array.from({ length: batch }, (_, i) => Math.min(first + i, images.length - 1));
    const noiseOf = (k: number) =>
      gather(
        rows,
        size,
        (row) => normals({ seed, stream: Stream.sampling, step: k, lane: images[row]! }, size),
      );
    const classes = Int32Array.from(rows, (row) => labels?.[row] ?? network.classes);
    let x = tf.tensor(
      start
        ? gather(rows, size, (row) => start.subarray(row * size, (row + 1) * size))
        : noiseOf(0),
      shape,
    );
    let previousX0: tf.Tensor = tf.zeros(shape);
    try {
      for (const [k, step] of steps.entries()) {
        signal?.throwIfAborted();
        const given: GivenTensors = {
          factors: tf.tensor1d(stepFactors(step)),
          timesteps: tf.fill([batch], step.timestep),
          noise: drawsNoise(step) ? tf.tensor(noiseOf(k + 1), shape) : tf.zeros(shape),
          labels: tf.tensor1d(classes, "int32"),
        };
        const moved = await program(parameters, { x, previousX0 }, given);
        disposeAll(given);
        ({ next: x, x0: previousX0 } = moved);
        drawing.onStep?.({ k, first, x: Float32Array.from(await x.data()) });
        drawing.progress?.(finishedSteps + k + 1, steps.length * Math.ceil(images.length / batch));
      }
      return Float32Array.from(await x.data());
    } finally {
      disposeAll({ x, previousX0 });
    }
  }

  return {
    async draw(parameters: Parameters, drawing: Drawing): Promise<Float32Array> {
      const { images, steps = options.steps } = drawing;
      const count = images.length;
      const result = new Float32Array(count * size);
      for (let first = 0; first < count; first += batch) {
        const done = (first / batch) * steps.length;
        const drawn = await drawBatch(parameters, drawing, first, done);
        result.set(drawn.subarray(0, Math.min(batch, count - first) * size), first * size);
      }
      return result;
    },
    dispose: () => program.dispose(),
  };
}

type GivenTensors = {
  readonly factors: tf.Tensor;
  readonly timesteps: tf.Tensor;
  readonly noise: tf.Tensor;
  readonly labels: tf.Tensor;
};

function oneStep(
  parameters: Parameters,
  { diffusion, clip, guidance, batchNorm }: ImageSamplerOptions,
  moment: { readonly x: tf.Tensor; readonly previousX0: tf.Tensor },
  { factors, timesteps, noise, labels }: GivenTensors,
) {
  const { network, variance } = diffusion;
  const ask = (labels: tf.Tensor) =>
    imageDenoiser(parameters, network, {
      noisy: moment.x,
      timesteps,
      labels,
      mode: batchNorm,
    }).output;
  const conditional = ask(labels);
  const [output, fraction] = variance === "learned" ? tf.split(conditional, 2, 3) : [conditional];
  const guided = guidance === null ? output! : guide(
    withoutVariance(ask(tf.fill(labels.shape, network.classes, "int32"))),
    output!,
    guidance,
  );
  return samplerStep(factors as tf.Tensor1D, {
    ...moment,
    output: guided,
    noise,
    ...(fraction ? { varianceFraction: fraction } : {}),
  }, { clip });

  function withoutVariance(answer: tf.Tensor): tf.Tensor {
    return variance === "learned" ? tf.split(answer, 2, 3)[0]! : answer;
  }
}

function drawsNoise({ next }: SamplerStep): boolean {
  return next.noise !== 0;
}

/** Joins the values of rows, computing those of equal rows once. */
function gather(
  rows: readonly number[],
  size: number,
  valuesOf: (row: number) => Float32Array,
): Float32Array {
  const all = new Float32Array(rows.length * size);
  for (const [i, row] of rows.entries()) {
    if (i > 0 && rows[i - 1] === row) all.copyWithin(i * size, (i - 1) * size, i * size);
    else all.set(valuesOf(row), i * size);
  }
  return all;
}
