/** What a run leaves behind for people: `runs/<time>-<name>/`. */

import { asStoreError, removeIfThere, writeDurably } from "../pipelines/store/durable_file.ts";
import type { Event, EventSink } from "../pipelines/event.ts";
import type { PreviewKeeper } from "../pipelines/run/preview.ts";
import type { RunRecord } from "../pipelines/run_record.ts";
import { describeRetry } from "./loggers/format_event.ts";
import { jsonLinesLogger } from "./loggers/json_lines.ts";

export interface RunFolder {
  readonly path: string;
  /** Writes `events.ndjson` and `logs/<stage>.log`. */
  readonly sink: EventSink;
  /** Writes `previews/<stage>/<name>`. */
  readonly keepPreview: PreviewKeeper;
  /** Writes `run.json` and `report.html` and points `latest` here; returns the report's path. */
  finish(record: RunRecord, report: string): string;
  close(): void;
}

/** Progress is kept about once a second: a curve needs no more, and a long run would fill the disk. */
const PROGRESS_INTERVAL_MS = 1000;

/** Makes a folder in `runs` that no other run has. @throws {StoreError} When it cannot be made. */
export function createRunFolder(runs: string, name: string): RunFolder {
  const path = makeFolder(runs, name);
  const events = openToAppend(`${path}/events.ndjson`);
  const logs = new Map<string, Deno.FsFile>();
  const writeEvent = jsonLinesLogger((text) => append(events, text));
  const log = (stage: string, text: string) => {
    const file = logs.get(stage) ?? openLog(path, stage);
    logs.set(stage, file);
    append(file, text);
  };
  const writtenMs = new Map<string, number>();
  const isDue = ({ stage, progress }: ProgressEvent) => {
    const nowMs = performance.now();
    const isLast = progress.step >= progress.of;
    if (!isLast && nowMs - (writtenMs.get(stage) ?? -Infinity) < PROGRESS_INTERVAL_MS) return false;
    writtenMs.set(stage, nowMs);
    return true;
  };
  return {
    path,
    sink(event) {
      if (event.kind === "stage-log") log(event.stage, event.text);
      else if (event.kind !== "stage-progress" || isDue(event)) writeEvent(event);
      if (event.kind === "stage-warning") log(event.stage, `Warning: ${event.message}\n`);
      if (event.kind === "stage-retrying") log(event.stage, `--- ${describeRetry(event)} ---\n`);
      if (event.kind === "stage-failed") log(event.stage, `Failed: ${event.message}\n`);
    },
    keepPreview(stage, { name, bytes }) {
      const file = `previews/${stage}/${name}`;
      // Whole or not at all: someone may be looking at the last one.
      writeDurably(`${path}/${file}`, bytes, { temporary: path, isFlushed: false });
      return file;
    },
    finish(record, report) {
      const encode = (text: string) => new TextEncoder().encode(text);
      const options = { temporary: path, isFlushed: false };
      writeDurably(`${path}/run.json`, encode(`${JSON.stringify(record, null, 2)}\n`), options);
      writeDurably(`${path}/report.html`, encode(report), options);
      pointTo(`${runs}/latest`, path);
      return `${path}/report.html`;
    },
    close() {
      events.close();
      for (const file of logs.values()) file.close();
    },
  };
}

type ProgressEvent = Extract<Event, { kind: "stage-progress" }>;

function makeFolder(runs: string, name: string): string {
  // 2026-11-21T20:31:00.000Z -> 20261121-203100
  const time = new Date().toISOString().replace(/\..*/, "").replaceAll(/[-:]/g, "");
  const base = `${runs}/${time.replace("T", "-")}-${name}`;
  try {
    Deno.mkdirSync(runs, { recursive: true });
  } catch (error) {
    throw asStoreError(error, `make the folder "${runs}"`);
  }
  for (let attempt = 1;; attempt++) {
    const path = attempt === 1 ? base : `${base}-${attempt}`;
    try {
      Deno.mkdirSync(path);
      return path;
    } catch (error) {
      if (error instanceof Deno.errors.AlreadyExists) continue;
      throw asStoreError(error, `make the folder "${path}"`);
    }
  }
}

function openLog(path: string, stage: string): Deno.FsFile {
  Deno.mkdirSync(`${path}/logs`, { recursive: true });
  return openToAppend(`${path}/logs/${stage}.log`);
}

function openToAppend(path: string): Deno.FsFile {
  return Deno.openSync(path, { create: true, append: true });
}

function append(file: Deno.FsFile, text: string): void {
  try {
    let bytes = new TextEncoder().encode(text);
    while (bytes.length > 0) bytes = bytes.subarray(file.writeSync(bytes));
  } catch (error) {
    throw asStoreError(error, "write the log of the run");
  }
}

function isFolder(path: string): boolean {
  try {
    return Deno.lstatSync(path).isDirectory;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}

/** A link where the file system has them; a file with the name of the folder elsewhere. */
function pointTo(link: string, path: string): void {
  const name = path.slice(path.lastIndexOf("/") + 1);
  // A folder of this name is somebody's own.
  if (isFolder(link)) return;
  removeIfThere(link);
  try {
    Deno.symlinkSync(name, link);
  } catch (error) {
    // Two runs that end together: either one is a latest run.
    if (error instanceof Deno.errors.AlreadyExists) return;
    if (!(error instanceof Deno.errors.NotCapable || error instanceof Deno.errors.NotSupported)) {
      throw error;
    }
    Deno.writeTextFileSync(link, `${name}\n`);
  }
}
