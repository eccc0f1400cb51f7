/** How well an image diffusion compresses images. */

import * as tf from "@tensorflow/tfjs-core";
import { z } from "zod";
import type { Images } from "../../artifacts/images.ts";
import type { Score } from "../../artifacts/scores.ts";
import { boundTerms } from "../../diffusion/bound_terms.ts";
import { diffuse, forwardFactors } from "../../diffusion/forward_process.ts";
import { type VarianceId, varianceIds } from "../../diffusion/log_variance.ts";
import { priorTerm, vlbFactors } from "../../diffusion/variational_bound.ts";
import { createEngine } from "../../engine/create_engine.ts";
import type { Engine } from "../../engine/engine.ts";
import { confidenceInterval } from "../../metrics/confidence_interval.ts";
import { imageDenoiser } from "../../models/image_denoiser.ts";
import type { Parameters } from "../../models/parameters.ts";
import { mean } from "../../numerics/mean.ts";
import { normals, Stream } from "../../numerics/random.ts";
import { defineStage } from "../../pipelines/stage.ts";
import { disposeAll, type HostTensor, toDevice } from "../../training/host_tensor.ts";
import { type ImageDiffusion, readImageDiffusion } from "../sample/image_diffusion.ts";

const id = "evaluate/likelihood";

const params = z.strictObject({
  images: z.int().positive().default(64).describe("Images that are scored, the first ones"),
  every: z.int().positive().default(1).describe(
    "Evaluate every n-th diffusion step and count it n times; the first and the last always alone",
  ),
  variance: z.enum(varianceIds).default("small").describe("Variance of the reverse steps"),
  weights: z.enum(["ema", "raw"]).default("ema").describe(
    "The average of parameters, where training kept one, or those of the last step",
  ),
});

type Params = z.output<typeof params>;

/**
 * The variational bound on −log₂ p(x0) per dimension: prior, one Kullback-Leibler term for each diffusion step, and
 * the discretised decoder, each from one noisy sample per image and step.
 *
 * Sources: Ho et al. 2020, https://arxiv.org/abs/2006.11239, equation 5; in bits per dimension as Nichol & Dhariwal
 * 2021, https://arxiv.org/abs/2102.09672.
 */
export const evaluateLikelihood = defineStage({
  id,
  version: 1,
  summary: "Bound the likelihood that a diffusion model gives to images, in bits per dimension",
  params,
  inputs: { weights: "weights", images: "images" },
  outputs: { scores: "scores", curves: "curves" },
  permissions: { engine: true },
  async run({ params, inputs, seed, engine: choice, progress, signal }) {
    const { diffusion, parameters } = readImageDiffusion(
      id,
      await inputs.weights.load(),
      params.weights,
    );
    const images = await inputs.images.load();
    requireFit(images, diffusion, params);
    const engine = await createEngine(choice);
    const bound = createBound(engine, diffusion, firstImages(images, params.images), {
      seed,
      variance: params.variance,
    });
    const device = toDevice(parameters);
    try {
      const steps = visitedSteps(diffusion.schedule.steps, params.every);
      const perImage = bound.prior.slice();
      const points: [number, number][] = [];
      let decoder: Float64Array = new Float64Array();
      for (const [i, { step, count }] of steps.entries()) {
        signal.throwIfAborted();
        const terms = await bound.terms(device, step);
        terms.forEach((term, image) => perImage[image] = perImage[image]! + count * term);
        if (step === 0) decoder = terms;
        points.push([step, mean(terms)]);
        progress({ step: i + 1, of: steps.length, message: "diffusion steps" });
      }
      const score = (metric: string, values: Float64Array): Score =>
        scoreOf(metric, values, params, images, steps.length);
      return {
        scores: {
          scores: [
            score("bits per dimension", perImage),
            score("bits per dimension[decoder]", decoder),
            score("bits per dimension[prior]", bound.prior),
          ],
        },
        curves: {
          charts: [{
            title: "Variational bound by diffusion step",
            xLabel: "diffusion step",
            yLabel: "bits per dimension",
            logY: true,
            series: [{ name: "term", points: points.filter(([, term]) => term > 0) }],
          }],
        },
      };
    } finally {
      disposeAll(device);
      bound.dispose();
      engine.dispose();
    }
  },
});

/** All images at one diffusion step, in one call of the network. */
function createBound(
  engine: Engine,
  diffusion: ImageDiffusion,
  { x0, labels, count }: {
    readonly x0: Float32Array;
    readonly labels: Int32Array;
    readonly count: number;
  },
  { seed, variance }: { readonly seed: bigint; readonly variance: VarianceId },
) {
  const { schedule, objective, network, height, width } = diffusion;
  const shape = [count, height, width, network.channels];
  const size = x0.length / count;
  const program = engine.jit(
    (parameters: Parameters, batch: Parameters): tf.Tensor => {
      const { x, target } = diffuse(batch.factors!, batch.x0!, batch.noise!);
      const { output: answer } = imageDenoiser(parameters, network, {
        noisy: x,
        timesteps: batch.timesteps!,
        labels: batch.labels!,
        mode: "eval",
      });
      const [output, fraction] = diffusion.variance === "learned"
        ? tf.split(answer, 2, 3)
        : [answer];
      const varianceFraction = variance === "learned" ? { varianceFraction: fraction! } : {};
      const tensors = { x0: batch.x0!, target, output: output!, ...varianceFraction };
      return boundTerms(batch.vlb!, tensors, { clip: 1 });
    },
    { name: "variational bound" },
  );
  return {
    prior: Float64Array.from(
      { length: count },
      (_, i) => priorTerm(schedule, x0.subarray(i * size, (i + 1) * size)),
    ),
    async terms(parameters: Parameters, step: number): Promise<Float64Array> {
      const steps = new Int32Array(count).fill(step);
      const batch: Record<string, HostTensor> = {
        x0: { shape, data: x0 },
        noise: { shape, data: normals({ seed, stream: Stream.evaluation, step }, x0.length) },
        timesteps: { shape: [count], data: Float32Array.from(steps) },
        factors: { shape: [count, 4], data: forwardFactors(schedule, objective, steps) },
        labels: { shape: [count], data: labels },
        vlb: vlbFactors(schedule, objective, steps, variance),
      };
      const device = toDevice(batch);
      const result = await program(parameters, device);
      const terms = Float64Array.from(await result.data());
      disposeAll({ ...device, result });
      return terms;
    },
    dispose: () => program.dispose(),
  };
}

/** Steps to evaluate, and how many each stands for: together all of them. */
export function visitedSteps(
  steps: number,
  every: number,
): readonly { readonly step: number; readonly count: number }[] {
  if (steps === 1) return [{ step: 0, count: 1 }];
  const inner: { step: number; count: number }[] = [];
  for (let from = 1; from < steps - 1; from += every) {
    const to = Math.min(from + every, steps - 1);
    inner.push({ step: from + Math.floor((to - from) / 2), count: to - from });
  }
  return [{ step: 0, count: 1 }, ...inner, { step: steps - 1, count: 1 }];
}

function firstImages({ pixels, shape, labels }: Images, count: number) {
  const size = shape[1] * shape[2] * shape[3];
  const scale = pixels instanceof Uint8Array ? 1 / 255 : 1;
  return {
    count,
    x0: Float32Array.from(pixels.subarray(0, count * size), (value) => 2 * value * scale - 1),
    labels: labels?.slice(0, count) ?? new Int32Array(count),
  };
}

function requireFit(
  images: Images,
  diffusion: ImageDiffusion,
  { images: count, variance }: Params,
) {
  const { height, width, network } = diffusion;
  const [wanted, found] = [[height, width, network.channels], images.shape.slice(1)]
    .map((sizes) => sizes.join("x"));
  if (wanted !== found) {
    throw new Error(
      `Cannot run "${id}": the model makes images of ${wanted}, but those of "${images.source}" are ${found}`,
    );
  }
  if (images.shape[0] < count) {
    throw new RangeError(
      `Cannot score ${count} images: "${images.source}" has ${images.shape[0]} of them`,
    );
  }
  if (variance === "learned" && diffusion.variance !== "learned") {
    throw new Error(
      `Cannot run "${id}": variance "learned" needs a model that was trained with it, but this one ` +
        `predicts ${diffusion.objective} only`,
    );
  }
}

function scoreOf(
  metric: string,
  values: Float64Array,
  { variance, weights, every }: Params,
  images: Images,
  visited: number,
): Score {
  const interval = confidenceInterval(values);
  return {
    metric,
    value: mean(values),
    unit: "bits/dim",
    better: "lower",
    count: values.length,
    protocol:
      `Variational bound of 8-bit images, decoder of bins 2/255; ${variance} variance, ${weights} weights, ` +
      `x0 clipped to [-1, 1]; ${visited} diffusion steps evaluated` +
      (every === 1 ? "" : `, each standing for ${every}`) + ", one noise each",
    of: images.split === "train" ? "training images" : `${images.split} images`,
    ...(Number.isFinite(interval) ? { interval } : {}),
  };
}
