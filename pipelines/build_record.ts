/** The record of a run: what every stage did, and what of it a report shows. */

import type { Chart } from "../artifacts/curves.ts";
import { readMediaIndex } from "../artifacts/media.ts";
import type { Score } from "../artifacts/scores.ts";
import type { RunStatus } from "./event.ts";
import type { ExecuteOptions, StageResult } from "./execute_stage.ts";
import type { Plan } from "./plan.ts";
import type { MediaRecord, RunRecord } from "./run_record.ts";
import type { Store, StoredArtifact } from "./store.ts";
import { artifactFiles, loadArtifact } from "./stored_artifact.ts";

export interface FinishedRun {
  readonly plan: Plan;
  readonly results: ReadonlyMap<string, StageResult>;
  readonly status: RunStatus;
  readonly seconds: number;
}

/** Gathers scores, charts and pictures from the outputs of all stages, cached ones too, in plan order. */
export async function buildRecord(
  { plan, results, status, seconds }: FinishedRun,
  store: Store,
  { kinds, configText, provenance }: ExecuteOptions,
): Promise<RunRecord> {
  const scores: (Score & { stage: string })[] = [];
  const charts: (Chart & { stage: string })[] = [];
  const media: MediaRecord[] = [];
  const ordered = plan.stages.flatMap(({ name }) => results.get(name) ?? []);
  for (const { record: { name: stage }, action } of ordered) {
    for (const artifact of Object.values(action?.outputs ?? {})) {
      if (artifact.kind === "scores") {
        const { scores: found } = await loadArtifact(store, kinds, "scores", artifact);
        scores.push(...found.map((score) => ({ ...score, stage })));
      } else if (artifact.kind === "curves") {
        const { charts: found } = await loadArtifact(store, kinds, "curves", artifact);
        charts.push(...found.map((chart) => ({ ...chart, stage })));
      } else if (artifact.kind === "media") {
        media.push(...await describeMedia(store, stage, artifact));
      }
    }
  }
  return {
    format: 1,
    name: plan.config.name,
    status,
    seconds,
    seed: plan.config.seed,
    config: configText,
    stages: ordered.map(({ record }) => record),
    scores,
    charts,
    media,
    provenance,
  };
}

async function describeMedia(
  store: Store,
  stage: string,
  artifact: StoredArtifact,
): Promise<MediaRecord[]> {
  const items = await readMediaIndex(artifactFiles(store, artifact));
  return items.map((item) => {
    const file = artifact.files.find(({ path }) => path === item.name);
    if (file === undefined) {
      throw new Error(`Cannot show "${item.name}" of stage "${stage}": it is not among its files`);
    }
    return { stage, ...item, blob: file.sha256 };
  });
}
