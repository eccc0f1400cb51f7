/** Draws the futures of clips with Stochastic Video Generation. */

import * as tf from "@tensorflow/tfjs-core";
import type { Clips } from "../../artifacts/clips.ts";
import type { Engine } from "../../engine/engine.ts";
import type { Parameters } from "../../models/parameters.ts";
import { batchNorms } from "../../models/svg/batch_norms.ts";
import { decodeFrame, type EncodedFrame, encodeFrame } from "../../models/svg/frame_code.ts";
import { type Gaussian, reparameterise } from "../../models/svg/gaussian_lstm.ts";
import {
  initialSvgState,
  posteriorOf,
  predictCode,
  priorOf,
  type SvgConfig,
  type SvgState,
} from "../../models/svg/svg.ts";
import { deriveSeed, normals, Stream } from "../../numerics/random.ts";
import { disposeAll } from "../../training/host_tensor.ts";

export interface SvgSamplerOptions {
  /** Samples drawn together; with `batchNorm: "eval"` it changes nothing but the speed. */
  readonly batch: number;
  /** Running statistics of training, or, as the published code does, those of the batch itself. */
  readonly batchNorm: "eval" | "batch_statistics";
}

export interface SvgDrawing {
  readonly clips: Clips;
  readonly seed: bigint;
  readonly samplesPerClip: number;
  /** mean: every latent variable at the middle of its distribution, which leaves one sample per clip. */
  readonly latents: "drawn" | "mean";
  /** Whose conditions each clip is given, by clip; absent: its own. */
  readonly conditionsOf?: Int32Array;
  readonly signal?: AbortSignal;
  /** Frames done and to do, over all batches. */
  readonly progress?: (done: number, of: number) => void;
}

/** One sample of one clip. */
interface Row {
  readonly clip: number;
  readonly sample: number;
}

/** What a moment is given beside codes and state. */
type Given = { readonly noise: tf.Tensor; readonly condition?: tf.Tensor };

/**
 * Compiles the moments of a clip.
 *
 * In the context the posterior looks at each true frame; after it z comes from the prior, the frame before is
 * the one drawn last, and the truth is never read. Conditions are known at all times.
 * A sample's noise is keyed by its clip and its number, so it does not depend on how rows are batched.
 * Source: Denton & Fergus 2018, https://arxiv.org/abs/1802.07687, section 3.2.
 * @returns `draw`, which gives `[clip * samplesPerClip, time, height, width, channel]` in [0, 1], samples of a clip
 * adjacent, context frames as they are given.
 */
export function createSvgSampler(engine: Engine, config: SvgConfig, options: SvgSamplerOptions) {
  const { batch } = options;
  const programs = compile(engine, config, options);

  async function draw(parameters: Parameters, drawing: SvgDrawing): Promise<Float32Array> {
    const { clips, samplesPerClip } = drawing;
    const [count, time, height, width, channels] = clips.shape;
    const size = height * width * channels;
    const rows = Array.from({ length: count * samplesPerClip }, (_, i): Row => ({
      clip: Math.floor(i / samplesPerClip),
      sample: i % samplesPerClip,
    }));
    const result = new Float32Array(rows.length * time * size);
    const total = Math.ceil(rows.length / batch) * (time - clips.contextFrames);
    let done = 0;
    for (let first = 0; first < rows.length; first += batch) {
      const real = rows.slice(first, first + batch);
      // The programs have a fixed batch: the last one is filled up with its last row.
      const filled = Array.from({ length: batch }, (_, i) => real[Math.min(i, real.length - 1)]!);
      await drawRows(parameters, drawing, filled, (t, frames) => {
        for (const i of real.keys()) {
          result.set(frames.subarray(i * size, (i + 1) * size), ((first + i) * time + t) * size);
        }
        if (t >= clips.contextFrames) drawing.progress?.(++done, total);
      });
    }
    return result;
  }

  /** Draws one batch; `take` gets each frame, `[batch, height, width, channel]`, given ones too. */
  async function drawRows(
    parameters: Parameters,
    drawing: SvgDrawing,
    rows: readonly Row[],
    take: (t: number, frames: Float32Array) => void,
  ): Promise<void> {
    const { clips, signal } = drawing;
    const [, time, height, width, channels] = clips.shape;
    const shape = [rows.length, height, width, channels];
    let state = initialSvgState(config, rows.length);
    let frame: tf.Tensor = tf.tensor(givenFrame(clips, rows, 0), shape);
    let encoded = await programs.encode(parameters, frame);
    let skips = encoded.skips;
    take(0, Float32Array.from(await frame.data()));
    for (let t = 1; t < time; t++) {
      signal?.throwIfAborted();
      const isContext = t < clips.contextFrames;
      const given = givenAt(config, drawing, rows, t);
      frame.dispose();
      let next: EncodedFrame | undefined;
      if (isContext) {
        frame = tf.tensor(givenFrame(clips, rows, t), shape);
        next = await programs.encode(parameters, frame);
        state = await programs.observe(parameters, encoded.code, next.code, given, state);
      } else {
        const drawn = await programs.draw(parameters, { code: encoded.code, skips }, given, state);
        ({ frame, state } = drawn);
        if (t < time - 1) next = await programs.encode(parameters, frame);
      }
      disposeAll(given);
      take(t, Float32Array.from(await frame.data()));
      if (!next) break;
      encoded.code.dispose();
      if (isContext || config.lastFrameSkip) {
        disposeAll(skips);
        skips = next.skips;
      } else {
        disposeAll(next.skips);
      }
      encoded = next;
    }
    disposeAll(state);
    disposeAll(skips);
    encoded.code.dispose();
    frame.dispose();
  }

  return {
    draw,
    dispose() {
      for (const program of Object.values(programs)) program.dispose();
    },
  };
}

function compile(engine: Engine, config: SvgConfig, { batchNorm }: SvgSamplerOptions) {
  const encode = engine.jit(
    (parameters: Parameters, frame: tf.Tensor): EncodedFrame =>
      encodeFrame(parameters, config.frames, frame, batchNorms(parameters, batchNorm)),
    { name: "encode a frame" },
  );
  const observe = engine.jit(
    (
      parameters: Parameters,
      before: tf.Tensor,
      code: tf.Tensor,
      { noise, condition }: Given,
      state: SvgState,
    ): SvgState => {
      const posterior = posteriorOf(parameters, code, state);
      // Nothing is drawn from the prior here, but it must see every frame.
      const prior = priorOf(parameters, config, before, posterior.state);
      const latent = reparameterise(posterior.gaussian, noise);
      return predictCode(parameters, config, { code: before, latent, condition }, prior.state)
        .state;
    },
    { name: "observe a frame", donate: [4] },
  );
  const draw = engine.jit(
    (
      parameters: Parameters,
      { code, skips }: EncodedFrame,
      { noise, condition }: Given,
      before: SvgState,
    ) => {
      const prior = priorOf(parameters, config, code, before);
      const latent = latentOf(prior.gaussian, noise);
      const { code: next, state } = predictCode(
        parameters,
        config,
        { code, latent, condition },
        prior.state,
      );
      const norms = batchNorms(parameters, batchNorm);
      return {
        frame: decodeFrame(parameters, config.frames, { code: next, skips }, norms),
        state,
      };
    },
    { name: "draw a frame", donate: [3] },
  );
  return { encode, observe, draw };
}

function latentOf(prior: Gaussian | undefined, noise: tf.Tensor): tf.Tensor {
  return prior ? reparameterise(prior, noise) : noise;
}

/** Noise of frame t, and what is known of frame t − 1. */
function givenAt(
  { latent, conditions: size }: SvgConfig,
  { clips, seed, latents, conditionsOf }: SvgDrawing,
  rows: readonly Row[],
  t: number,
): Given {
  const noise = new Float32Array(rows.length * latent);
  const condition = new Float32Array(rows.length * size);
  for (const [i, { clip, sample }] of rows.entries()) {
    if (latents === "drawn") {
      const own = deriveSeed(seed, `sample ${sample}`);
      const draw = { seed: own, stream: Stream.sampling, step: t, lane: clip };
      noise.set(normals(draw, latent), i * latent);
    }
    if (size > 0) {
      const from = ((conditionsOf?.[clip] ?? clip) * clips.shape[1] + t - 1) * size;
      condition.set(clips.conditions!.subarray(from, from + size), i * size);
    }
  }
  return {
    noise: tf.tensor(noise, [rows.length, latent]),
    ...(size > 0 ? { condition: tf.tensor(condition, [rows.length, size]) } : {}),
  };
}

/** The true frame t of each row's clip, in [0, 1]. */
function givenFrame({ frames, shape }: Clips, rows: readonly Row[], t: number): Float32Array {
  const [, time, height, width, channels] = shape;
  const size = height * width * channels;
  const scale = frames instanceof Uint8Array ? 1 / 255 : 1;
  const result = new Float32Array(rows.length * size);
  for (const [i, { clip }] of rows.entries()) {
    const from = (clip * time + t) * size;
    for (let j = 0; j < size; j++) result[i * size + j] = frames[from + j]! * scale;
  }
  return result;
}
