/** Event files that TensorBoard reads while stages run: `tensorboard/<stage>/` in the run's folder. */

import type { Event, EventSink } from "../../pipelines/event.ts";
import type { RunRecord } from "../../pipelines/run_record.ts";
import type { Progress } from "../../pipelines/stage.ts";
import { eventRecord, type RecordContent, type Summary } from "./event_record.ts";

export interface TensorboardOptions {
  /** Folder of the run. */
  readonly folder: string;
  /** Markdown by tag that a stage's file begins with: its parameters. */
  readonly describe: (stage: string) => Readonly<Record<string, string>>;
  /** Told once when files cannot be written: nothing depends on them, so the run goes on. */
  readonly warn: (message: string) => void;
}

export interface TensorboardWriter {
  readonly sink: EventSink;
  /** Adds pictures and scores of the stages that ran. @param readBlob Bytes of a blob by its digest. */
  finish(record: RunRecord, readBlob: (digest: string) => Promise<Uint8Array>): Promise<void>;
}

/** What TensorBoard can draw; more points would only fill the disk. */
const POINTS = 2000;

/** Where a stage stands. */
interface Stage {
  readonly file: string;
  lastStep: number;
  /** Step of the last scalars. */
  writtenStep: number;
  /** A new attempt has begun and nobody knows yet at which step. */
  isRestarting: boolean;
  /** It runs again only to be compared. */
  isChecking: boolean;
}

/** A sink that writes one file per stage that runs; each record is in the file when it returns. */
export function tensorboardWriter(options: TensorboardOptions): TensorboardWriter {
  const stages = new Map<string, Stage>();
  let isBroken = false;
  const stopAfter = (error: unknown) => {
    if (!(error instanceof Error)) throw error;
    isBroken = true;
    options.warn(`Cannot write files for TensorBoard: ${error.message}`);
  };
  const take: EventSink = (event) => {
    if (event.kind === "stage-started") {
      const stage = startStage(event.stage, options.folder);
      stages.set(event.stage, stage);
      const texts = Object.entries(options.describe(event.stage));
      summarise(stage, 0, texts.map(([tag, text]) => ({ kind: "text", tag, text })));
      return;
    }
    const stage = "stage" in event ? stages.get(event.stage) : undefined;
    if (stage !== undefined) takeOf(stage, event, options.folder);
  };
  return {
    sink(event) {
      if (isBroken) return;
      try {
        take(event);
      } catch (error) {
        stopAfter(error);
      }
    },
    async finish(record, readBlob) {
      if (isBroken) return;
      try {
        await addResults(record, stages, readBlob);
      } catch (error) {
        stopAfter(error);
      }
    },
  };
}

function takeOf(stage: Stage, event: Event, folder: string): void {
  if (stage.isChecking) return;
  if (event.kind === "stage-checking") stage.isChecking = true;
  if (event.kind === "stage-retrying") stage.isRestarting = true;
  // The checkpoint holds what came of its step, so the next one is the first to come again.
  if (event.kind === "stage-resumed") restart(stage, event.step + 1);
  if (event.kind === "stage-progress") {
    const { step } = event.progress;
    if (stage.isRestarting) restart(stage, step);
    if (isDue(stage, event.progress)) {
      summarise(stage, step, scalarsOf(event.progress));
      stage.writtenStep = step;
    }
    stage.lastStep = step;
  }
  if (event.kind === "stage-preview") {
    const bytes = Deno.readFileSync(`${folder}/${event.file}`);
    summarise(stage, event.step, [{ ...imageOf("previews", event), bytes }]);
  }
}

async function addResults(
  { media, scores, stages: records }: RunRecord,
  stages: ReadonlyMap<string, Stage>,
  readBlob: (digest: string) => Promise<Uint8Array>,
): Promise<void> {
  for (const { name, state } of records) {
    const stage = stages.get(name);
    if (stage === undefined || state !== "ran") continue;
    for (const item of media.filter((each) => each.stage === name)) {
      const bytes = await readBlob(item.blob);
      summarise(stage, stage.lastStep, [{ ...imageOf("media", item), bytes }]);
    }
    const scalars = scores.filter((each) => each.stage === name)
      .map(({ metric, of, value }): Summary => ({
        kind: "scalar",
        tag: `scores/${metric}/${of}`,
        value,
      }));
    if (scalars.length > 0) summarise(stage, stage.lastStep, scalars);
  }
}

function startStage(name: string, run: string): Stage {
  const seconds = Math.floor(Date.now() / 1000).toString().padStart(10, "0");
  const folder = `${run}/tensorboard/${name}`;
  Deno.mkdirSync(folder, { recursive: true });
  const stage = {
    file: `${folder}/events.out.tfevents.${seconds}.zoetrope`,
    lastStep: 0,
    writtenStep: -Infinity,
    isRestarting: false,
    isChecking: false,
  };
  append(stage, { kind: "version" }, 0);
  return stage;
}

function restart(stage: Stage, step: number): void {
  append(stage, { kind: "restart" }, step);
  stage.isRestarting = false;
  stage.writtenStep = -Infinity;
}

/** Enough points for a curve, and always the last one. */
function isDue(stage: Stage, { step, of, values = {} }: Progress): boolean {
  if (Object.keys(values).length === 0) return false;
  // A stage of two loops starts again.
  if (step < stage.lastStep) stage.writtenStep = -Infinity;
  return step >= of || step - stage.writtenStep >= of / POINTS;
}

function scalarsOf({ values = {} }: Progress): readonly Summary[] {
  // A number that JSON cannot say, such as an infinite loss, comes from another process as null.
  return Object.entries(values).map(([tag, value]) => ({
    kind: "scalar",
    tag,
    value: value ?? NaN,
  }));
}

interface Picture {
  readonly name: string;
  readonly width: number;
  readonly height: number;
}

/** `step_0000500.png` and `step_0001000.png` are one picture at two steps. */
function imageOf(group: string, { name, width, height }: Picture) {
  const tag = `${group}/${name.replace(/step_\d+/, "step")}`;
  return { kind: "image", tag, width, height } as const;
}

function summarise(stage: Stage, step: number, summaries: readonly Summary[]): void {
  append(stage, { kind: "summaries", summaries }, step);
}

/** Opens the file anew each time: what is written is seen at once, and many stages need no handles. */
function append({ file }: Stage, content: RecordContent, step: number): void {
  Deno.writeFileSync(file, eventRecord(content, step, Date.now() / 1000), { append: true });
}
