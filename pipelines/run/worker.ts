/** Runs one stage and commits its result: the same code in a child process, in this one, in a cluster job. */

import type { ArtifactKindId, ArtifactKinds, ArtifactKindTable } from "../../artifacts/artifact.ts";
import type { Job, JobOutcome, WorkerEvent } from "./job.ts";
import { openConfined, openConfinedFolder } from "./open_confined.ts";
import { sendPreview } from "./preview.ts";
import { asItIs, type Redact, redactAll } from "./redact.ts";
import type {
  AnyStage,
  CheckpointSlot,
  InputArtifact,
  InputPorts,
  Inputs,
  StageTable,
} from "../stage.ts";
import { type Store, type StoredArtifact, StoreError } from "../store/store.ts";
import { loadArtifact, storeArtifact } from "../store/stored_artifact.ts";

export interface WorkerOptions {
  readonly stages: StageTable;
  readonly kinds: ArtifactKindTable;
  readonly store: Store;
  readonly emit: (event: WorkerEvent) => void;
  readonly signal: AbortSignal;
  /** Removes secrets from what the stage says. */
  readonly redact?: Redact;
}

/**
 * Runs the job's stage and writes its outputs and then its action into the store.
 *
 * @throws {StoreError} When the store cannot be written: that is no fault of the stage.
 */
export async function runJob(job: Job, options: WorkerOptions): Promise<JobOutcome> {
  const { store, signal } = options;
  const warnings: string[] = [];
  const log: string[] = [];
  let step = 0;
  const emit = (said: WorkerEvent) => {
    // Here, because warnings and log are kept with the result.
    const event = redactAll(said, options.redact ?? asItIs);
    if (event.kind === "progress") step = event.progress.step;
    if (event.kind === "resumed") step = event.step;
    if (event.kind === "warning") warnings.push(event.message);
    if (event.kind === "log") log.push(event.text);
    options.emit(event);
  };
  const warn = (message: string) => emit({ kind: "warning", message });
  const started = performance.now();
  try {
    const stage = stageOf(options.stages, job.uses);
    const values = await stage.run({
      params: stage.params.parse(job.params),
      inputs: openInputs(stage, job, options),
      seed: BigInt(job.seed),
      engine: job.engine,
      progress: (progress) => emit({ kind: "progress", progress }),
      warn,
      preview: (item) => emit(sendPreview(item, step)),
      checkpoint: announced(store.checkpointSlot(job.key, warn), emit),
      signal,
      openFile: (path) => openConfined(path, job),
      openFolder: (path) => openConfinedFolder(path, job),
    });
    const outputs = await storeOutputs(stage, values, options);
    await store.putAction({
      format: 1,
      key: job.key,
      document: job.document,
      stage: job.stage,
      outputs,
      ...(log.length > 0 && { log: await store.putBlob(new TextEncoder().encode(log.join(""))) }),
      warnings,
      seconds: (performance.now() - started) / 1000,
      finishedAt: new Date().toISOString(),
      provenance: job.provenance,
    });
    await store.clearPartial(job.key);
    return { kind: "done" };
  } catch (error) {
    if (error instanceof StoreError) throw error;
    if (signal.aborted) return { kind: "interrupted" };
    return failureOf(error);
  }
}

/** What went wrong, for a person and for the log. */
export function failureOf(error: unknown): JobOutcome {
  if (!(error instanceof Error)) return { kind: "failed", message: String(error), stack: "" };
  if (error instanceof Deno.errors.NotCapable) {
    // Deno's advice to run again with a flag is for people who start Deno themselves.
    const refused = error.message.replace(/, (run again with|specify) .*$/s, "");
    const message = `${refused}, but a stage gets no more than it declares`;
    return { kind: "failed", message, stack: error.stack ?? "" };
  }
  return { kind: "failed", message: error.message, stack: error.stack ?? "" };
}

function stageOf(stages: StageTable, uses: string): AnyStage {
  const stage = Object.hasOwn(stages, uses) ? stages[uses] : undefined;
  if (stage !== undefined) return stage;
  throw new Error(`Cannot run stage "${uses}": there are ${Object.keys(stages).join(", ")}`);
}

function openInputs(stage: AnyStage, job: Job, options: WorkerOptions): Inputs<InputPorts> {
  const inputs: Record<string, InputArtifact<ArtifactKinds[ArtifactKindId]> | undefined> = {};
  for (const port of Object.keys(stage.inputs)) {
    const artifact = job.inputs[port];
    inputs[port] = artifact && openInput(artifact, options);
  }
  // The one place where ports known by name only meet the types that the stage declares: the plan has
  // checked that each connected port has the kind that the stage asks for.
  return inputs as Inputs<InputPorts>;
}

function openInput(artifact: StoredArtifact, { store, kinds }: WorkerOptions) {
  return {
    digest: artifact.digest,
    load: () => loadArtifact(store, kinds, artifact.kind, artifact),
  };
}

async function storeOutputs(
  stage: AnyStage,
  values: Readonly<Record<string, ArtifactKinds[ArtifactKindId]>>,
  { store, kinds }: WorkerOptions,
): Promise<Record<string, StoredArtifact>> {
  const outputs: Record<string, StoredArtifact> = {};
  for (const [port, kind] of Object.entries(stage.outputs)) {
    const value = values[port];
    if (value === undefined) {
      throw new Error(`Cannot store the result of "${stage.id}": output "${port}" is missing`);
    }
    // `kind` is the one the stage declares for this port, which TypeScript cannot see through the loop.
    outputs[port] = await storeArtifact(store, kinds, kind, value as never);
  }
  return outputs;
}

/** A slot that tells when a stage continues from it. */
function announced(slot: CheckpointSlot, emit: (event: WorkerEvent) => void): CheckpointSlot {
  return {
    async load() {
      const checkpoint = await slot.load();
      if (checkpoint !== undefined) emit({ kind: "resumed", step: checkpoint.step });
      return checkpoint;
    },
    save: (checkpoint) => slot.save(checkpoint),
  };
}
