/** Training of Stochastic Video Generation. */

import type { Clips } from "../../artifacts/clips.ts";
import type { Json } from "../../artifacts/weights.ts";
import { createEngine } from "../../engine/create_engine.ts";
import { svgBuffers, type SvgConfig, svgParameters } from "../../models/svg/svg.ts";
import { svgPreset } from "../../models/svg/svg_presets.ts";
import { defineStage, type Progress } from "../../pipelines/stage.ts";
import { constant, oneCycle } from "../../training/learning_rate.ts";
import { train, type TrainOptions } from "../../training/train.ts";
import { requireFitting, requireFuture, SVG_MODEL } from "../sample/read_svg.ts";
import { collapseWarning, finalDivergences } from "./posterior_collapse.ts";
import { refuseTestSplit } from "./refuse_test_split.ts";
import { planOf, svgBatches } from "./svg_batches.ts";
import { svgCurves } from "./svg_curves.ts";
import { svgLoss, TOLD } from "./svg_loss.ts";
import { type SvgParams, svgParams } from "./svg_params.ts";
import { createSvgValidation } from "./validate_svg.ts";

const id = "train/svg";

/**
 * Trains encoder, decoder, frame predictor, posterior and prior together, by backpropagation through clips.
 *
 * Source: Denton & Fergus 2018, https://arxiv.org/abs/1802.07687; conditions and schedules as in the course work
 * that grew from it.
 */
export const trainSvg = defineStage({
  id,
  version: 1,
  summary: "Train Stochastic Video Generation: a variational next-frame model",
  params: svgParams,
  ignored: ["checkpointEvery", "previews"],
  inputs: { clips: "clips", validation: "clips?" },
  outputs: { weights: "weights", curves: "curves" },
  permissions: { engine: true },
  async run({ params, inputs, seed, engine: choice, ...watch }) {
    const clips = await inputs.clips.load();
    const held = await inputs.validation?.load();
    refuseTestSplit(id, { clips, validation: held });
    const config = configOf(params, clips);
    const plan = planOf(params, clips);
    const validated = held &&
      { ...held, contextFrames: params.contextFrames ?? held.contextFrames };
    if (validated) {
      requireFitting(id, config, validated);
      requireFuture(id, validated);
    }
    const engine = await createEngine(choice);
    const validation = validated && createSvgValidation(engine, config, validated, {
      seed,
      previews: params.previews,
      show: watch.preview,
      signal: watch.signal,
    });
    try {
      const { parameters, ema, history } = await train({
        engine,
        specs: svgParameters(config),
        buffers: svgBuffers(config),
        seed,
        loss: (parameters, batch) =>
          svgLoss(parameters, config, batch, {
            context: plan.context,
            scope: params.norms,
            freeNorms: params.freeNorms,
          }),
        batch: svgBatches(clips, seed, params, plan),
        ...policyOf(params),
        checkpoint: watch.checkpoint,
        checkpointEvery: params.checkpointEvery,
        logEvery: params.logEvery,
        signal: watch.signal,
        progress: (progress) => watch.progress(withoutSingle(progress)),
        ...(validation ? { evaluate: { every: params.validateEvery, run: validation.run } } : {}),
      });
      const latents = { latent: params.latent, keyOf: TOLD.klOf };
      const warning = collapseWarning(finalDivergences(history, latents));
      if (warning !== undefined) watch.warn(warning);
      return {
        weights: {
          model: SVG_MODEL,
          config: JSON.parse(JSON.stringify(config)) as Json,
          parameters,
          ...(ema ? { ema } : {}),
          step: params.steps,
        },
        curves: svgCurves(history, params, plan),
      };
    } finally {
      validation?.dispose();
      engine.dispose();
    }
  },
});

/** The preset with the parameters that replace parts of it. */
function configOf(params: SvgParams, clips: Clips): SvgConfig {
  const { preset, widths, code, hidden, latent, prior, lastFrameSkip } = params;
  const [, , height, width, channels] = clips.shape;
  const conditions = params.conditional ? clips.conditionSize ?? 0 : 0;
  if (params.conditional && conditions === 0) {
    throw new Error(
      `Cannot run "${id}": conditional needs clips with conditions, but "${clips.source}" has none`,
    );
  }
  const base = svgPreset(preset, { height, width, channels, conditions });
  return {
    ...base,
    frames: {
      ...base.frames,
      ...(widths ? { widths } : {}),
      ...(code === undefined ? {} : { code }),
    },
    hidden: hidden ?? base.hidden,
    latent,
    prior,
    lastFrameSkip,
  };
}

function policyOf(params: SvgParams): Pick<TrainOptions, "steps" | "optimiser" | "ema"> {
  const { steps, learningRate: peak, policy, rise, beta1, clipNorm, ema } = params;
  return {
    steps,
    optimiser: {
      kind: "adam",
      beta1,
      weightDecay: 0,
      learningRate: policy === "constant" ? constant(peak) : oneCycle({ peak, steps, rise }),
      clipNorm,
    },
    ema: ema === null ? null : { decay: ema, warmup: true },
  };
}

/** A live line has no room for every latent number. */
function withoutSingle(progress: Progress): Progress {
  const values = Object.entries(progress.values ?? {}).filter(([name]) => !name.includes("."));
  return { ...progress, values: Object.fromEntries(values) };
}
