/** Records of sweeps that never ran, for tests of what is made of them. */

import type { Json } from "../../artifacts/weights.ts";
import type { RunRecord, StageRecord } from "../../pipelines/run_record.ts";

type Point = Readonly<Record<string, Json>>;

/** `name@lr=0.1,seed=2`. */
export function pointName(base: string, point: Point): string {
  return `${base}@${Object.entries(point).map(([name, value]) => `${name}=${value}`).join()}`;
}

export function sweptStage(
  base: string,
  point: Point | undefined,
  more: Partial<StageRecord> = {},
) {
  return {
    name: point === undefined ? base : pointName(base, point),
    uses: `tiny/${base}`,
    ...(point === undefined ? {} : { point }),
    key: "a".repeat(64),
    state: "ran",
    seconds: 1,
    computeSeconds: 1,
    outputs: {},
    inputs: {},
    params: {},
    warnings: [],
    ...more,
  } satisfies StageRecord;
}

/** A score in dB, where higher is better. */
export function scoreOf(
  stage: string,
  value: number,
  more: Partial<RunRecord["scores"][number]> = {},
) {
  return {
    ...{ stage, metric: "psnr", value, unit: "dB", better: "higher" as const, count: 8 },
    ...{ protocol: "peak 1", of: "samples", ...more },
  };
}

export function runRecord(
  stages: readonly StageRecord[],
  more: Partial<RunRecord> = {},
): RunRecord {
  return {
    format: 1,
    name: "demo",
    status: "succeeded",
    seconds: 10,
    seed: 1,
    config: "",
    stages,
    scores: [],
    charts: [],
    media: [],
    previews: [],
    provenance: {},
    ...more,
  };
}

/** A data set, and for each of two rates and three seeds a training and its score `rate * 10 + seed ** 2`. */
export function sweepRecord(): RunRecord {
  const points = [1, 2].flatMap((lr) => [0, 1, 2].map((seed) => ({ lr, seed })));
  return runRecord([
    sweptStage("data", undefined),
    ...points.map((point) => sweptStage("model", point, { inputs: { clips: "data.train" } })),
    ...points.map((point) =>
      sweptStage("scores", point, { inputs: { model: `${pointName("model", point)}.weights` } })
    ),
  ], {
    scores: points.map((point) =>
      scoreOf(pointName("scores", point), point.lr * 10 + point.seed ** 2)
    ),
  });
}
