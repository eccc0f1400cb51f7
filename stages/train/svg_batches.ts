/** What a step of training Stochastic Video Generation is given. */

import type { Clips } from "../../artifacts/clips.ts";
import { normals, Stream, uniforms } from "../../numerics/random.ts";
import { forcingRate } from "../../training/forcing_rate.ts";
import type { HostTensor } from "../../training/host_tensor.ts";
import { klWeight } from "../../training/kl_weight.ts";
import { clipBatches } from "./clip_batches.ts";
import type { SvgParams } from "./svg_params.ts";

/** What of a training its schedules depend on. */
export interface SvgPlan {
  readonly stepsPerEpoch: number;
  readonly frames: number;
  readonly context: number;
}

/** What the parameters amount to for these clips. @throws {RangeError} When windows have no future. */
export function planOf(params: SvgParams, { shape, contextFrames, source }: Clips): SvgPlan {
  const [count, time] = shape;
  const frames = params.frames ?? time;
  const context = params.contextFrames ?? contextFrames;
  if (context < 1 || context >= frames) {
    throw new RangeError(
      `Cannot train on windows of ${frames} frames of "${source}": 1 to ${
        frames - 1
      } of them must be ` +
        `context, but ${context} are`,
    );
  }
  return {
    stepsPerEpoch: params.stepsPerEpoch ?? Math.ceil(count / params.batch),
    frames,
    context,
  };
}

/** Weight of the KL divergence at a step, counted from 0. */
export function betaAt({ beta, steps }: SvgParams, { stepsPerEpoch }: SvgPlan, step: number) {
  switch (beta.per) {
    case "step":
      return klWeight(beta, step, steps);
    case "epoch":
      return klWeight(beta, Math.floor(step / stepsPerEpoch), Math.ceil(steps / stepsPerEpoch));
    case "step_of_epoch":
      return klWeight(beta, step % stepsPerEpoch, stepsPerEpoch);
    default:
      return beta.per satisfies never;
  }
}

/** Probability of true frames after the context at a step, counted from 0. */
export function forcingAt(
  { teacherForcing }: SvgParams,
  { stepsPerEpoch }: SvgPlan,
  step: number,
): number {
  const place = teacherForcing.per === "step" ? step : Math.floor(step / stepsPerEpoch);
  return forcingRate(teacherForcing, place);
}

/**
 * Clips, noise, β and who is forced, pure in (seed, step).
 *
 * `forced<t>` is there in steps that may let a clip run free; the others can do without the slower program.
 * @returns A function that gives what `svgLoss` wants.
 */
export function svgBatches(
  clips: Clips,
  seed: bigint,
  params: SvgParams,
  plan: SvgPlan,
): (step: number) => Record<string, HostTensor> {
  const { batch, latent, conditional, teacherForcing } = params;
  const { frames, context } = plan;
  const draw = clipBatches(clips, seed, { conditions: conditional });
  return (step) => {
    const noise = normals({ seed, stream: Stream.noise, step }, (frames - 1) * batch * latent);
    const tensors: Record<string, HostTensor> = {
      ...draw({ step, seen: step * batch, batch, frames }),
      beta: { shape: [], data: Float32Array.of(betaAt(params, plan, step)) },
    };
    // Nothing follows the last frame, so nothing asks for what is known of it.
    delete tensors[`condition${frames - 1}`];
    for (let t = 1; t < frames; t++) {
      const data = noise.slice((t - 1) * batch * latent, t * batch * latent);
      tensors[`noise${t}`] = { shape: [batch, latent], data };
    }
    const rate = forcingAt(params, plan, step);
    if (rate === 1) return tensors;
    const chances = uniforms({ seed, stream: Stream.teacherForcing, step }, frames * batch);
    for (let t = context; t < frames - 1; t++) {
      const first = teacherForcing.draw === "frame" ? t * batch : 0;
      const data = chances.slice(first, first + batch).map((chance) => chance < rate ? 1 : 0);
      tensors[`forced${t}`] = { shape: [batch, 1, 1, 1], data };
    }
    return tensors;
  };
}
