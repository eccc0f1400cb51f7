import type { Clips } from "../../artifacts/clips.ts";
import type { Weights } from "../../artifacts/weights.ts";
import { hashUniform } from "../support/hash_uniform.ts";
import { input, stageContext } from "../support/stage_context.ts";
import { sampleSvg } from "../../stages/sample/svg.ts";
import { trainSvg } from "../../stages/train/svg.ts";

export const TIME = 5;
export const CONTEXT = 2;
const EDGE = 8;
export const SIZE = EDGE * EDGE;

/** Clips of a bright column that moves to the right by what the condition beside each frame says. */
export function columnClips(split: "train" | "validation" | "test", count = 4): Clips {
  const frames = new Uint8Array(count * TIME * SIZE);
  const conditions = new Float32Array(count * TIME);
  for (let clip = 0; clip < count; clip++) {
    let column = Math.floor(hashUniform(clip, 0, 1) * EDGE);
    for (let t = 0; t < TIME; t++) {
      for (let y = 0; y < EDGE; y++) frames[(clip * TIME + t) * SIZE + y * EDGE + column] = 255;
      const move = 1 + Math.floor(hashUniform(clip, t, 2) * 3);
      conditions[clip * TIME + t] = move / 3;
      column = (column + move) % EDGE;
    }
  }
  return {
    frames,
    shape: [count, TIME, EDGE, EDGE, 1],
    split,
    contextFrames: CONTEXT,
    samplesPerClip: 1,
    source: "columns",
    conditions,
    conditionSize: 1,
  };
}

type TrainParams = Parameters<typeof trainSvg.params.parse>[0];
type SampleParams = Parameters<typeof sampleSvg.params.parse>[0];

/** Trains the tiny network on the reference backend. */
export async function trainTinySvg(
  params: TrainParams,
  { clips = columnClips("train"), validation, context = {} }: {
    readonly clips?: Clips;
    readonly validation?: Clips;
    readonly context?: Partial<ReturnType<typeof stageContext>["context"]>;
  } = {},
) {
  const surroundings = stageContext({ backend: "cpu", threads: 1 });
  const result = await trainSvg.run({
    ...surroundings.context,
    ...context,
    params: trainSvg.params.parse({
      preset: "tiny",
      latent: 2,
      batch: 2,
      logEvery: 1,
      ...params as object,
    }),
    inputs: { clips: input(clips), validation: validation && input(validation) },
  });
  return { ...result, ...surroundings };
}

/** Samples from it. */
export async function sampleTinySvg(
  weights: Weights,
  params: SampleParams = {},
  clips = columnClips("test"),
  backend: "cpu" | "onnx" = "cpu",
) {
  return await sampleSvg.run({
    ...stageContext({ backend, threads: 1 }).context,
    params: sampleSvg.params.parse({ samplesPerClip: 2, rows: 0, ...params as object }),
    inputs: { clips: input(clips), weights: input(weights) },
  });
}
