/** The record of a run: what every stage did, and what of it a report shows. */

import type { ArtifactKindTable } from "../../artifacts/artifact.ts";
import type { Chart } from "../../artifacts/curves.ts";
import { readMediaIndex } from "../../artifacts/media.ts";
import type { Score } from "../../artifacts/scores.ts";
import type { RunStatus } from "../event.ts";
import type { ExecuteOptions } from "./execute_stage.ts";
import type { Plan } from "../plan/plan.ts";
import type { MediaRecord, PreviewRecord, RunRecord, StageRecord } from "../run_record.ts";
import type { StageResult } from "./stage_result.ts";
import { DamagedBlobError, type Store, type StoredArtifact } from "../store/store.ts";
import { artifactFiles, loadArtifact } from "../store/stored_artifact.ts";

export interface FinishedRun {
  readonly plan: Plan;
  readonly results: ReadonlyMap<string, StageResult>;
  /** In the order in which they came. */
  readonly previews: readonly PreviewRecord[];
  readonly status: RunStatus;
  readonly seconds: number;
}

/**
 * Gathers scores, charts and pictures from the outputs of all stages, cached ones too, in plan order.
 *
 * A stage whose outputs turn out to be damaged now counts as failed: the next run computes it again.
 */
export async function buildRecord(
  { plan, results, previews, status, seconds }: FinishedRun,
  store: Store,
  { kinds, configText, provenance }: ExecuteOptions,
): Promise<RunRecord> {
  const shown: Shown = { scores: [], charts: [], media: [] };
  const stages: StageRecord[] = [];
  for (const { name, config: { point } } of plan.stages) {
    const result = results.get(name);
    if (result === undefined) continue;
    const sweep = point === undefined ? {} : { point };
    try {
      const outputs = Object.values(result.action?.outputs ?? {});
      for (const artifact of outputs) await gather(shown, name, artifact, { store, kinds });
      stages.push({ ...result.record, ...sweep });
    } catch (error) {
      if (!(error instanceof DamagedBlobError)) throw error;
      const message = `${error.message}; the next run computes it again`;
      stages.push({ ...result.record, ...sweep, state: "failed", message });
    }
  }
  const isComplete = stages.every(({ state }) => state === "ran" || state === "cached");
  return {
    format: 1,
    name: plan.config.name,
    status: status === "succeeded" && !isComplete ? "failed" : status,
    seconds,
    seed: plan.config.seed,
    config: configText,
    stages,
    ...shown,
    previews: lastOfEachFile(previews),
    provenance,
  };
}

/** A preview replaces the one before it that had its name. */
function lastOfEachFile(previews: readonly PreviewRecord[]): PreviewRecord[] {
  const last = new Map(previews.map((preview) => [preview.file, preview]));
  return previews.filter((preview) => last.get(preview.file) === preview);
}

interface Shown {
  readonly scores: (Score & { stage: string })[];
  readonly charts: (Chart & { stage: string })[];
  readonly media: MediaRecord[];
}

async function gather(
  { scores, charts, media }: Shown,
  stage: string,
  artifact: StoredArtifact,
  { store, kinds }: { readonly store: Store; readonly kinds: ArtifactKindTable },
): Promise<void> {
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
