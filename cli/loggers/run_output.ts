/** Where all that a run says goes: what a person reads, and what a program reads. */

import { resolve } from "node:path";
import { asStoreError } from "../../pipelines/store/durable_file.ts";
import type { EventSink } from "../../pipelines/event.ts";
import { UsageError } from "../print_failure.ts";
import type { Terminal } from "../terminal.ts";
import type { Host } from "../verb.ts";
import { jsonLinesLogger } from "./json_lines.ts";
import { plainLogger } from "./plain.ts";

export interface OutputOptions {
  /** Standard output is for one JSON document, so a person reads standard error. */
  readonly json: boolean;
  /** Print only what went wrong. */
  readonly quiet: boolean;
  /** File that gets every event as a line of JSON; `-` for standard output. */
  readonly events?: string;
}

export interface RunOutput {
  readonly sink: EventSink;
  /** The plan and the summary: nothing with `quiet`. */
  say(text: string): void;
  /** What must be said beside the answer. */
  note(text: string): void;
  /** Colours are welcome in what is said. */
  readonly hasColor: boolean;
  close(): void;
}

/**
 * Opens the output of a run.
 *
 * @param stages Names, for the width of their column.
 * @throws {UsageError} When two things are to have standard output for themselves.
 * @throws {StoreError} When the file of events cannot be written.
 */
export async function openRunOutput(
  options: OutputOptions,
  stages: readonly string[],
  { terminal, folder }: Pick<Host, "terminal" | "folder">,
): Promise<RunOutput> {
  const nameWidth = stages.reduce((width, { length }) => Math.max(width, length), 0);
  if (options.json && options.events === "-") {
    throw new UsageError(
      'Cannot print with "--json" and "--events -": each must have standard output for itself',
    );
  }
  const events = options.events === undefined
    ? undefined
    : openEvents(options.events, folder, terminal);
  const person = await outputForPerson(options, nameWidth, terminal);
  return {
    ...person,
    sink(event) {
      events?.sink(event);
      person.sink(event);
    },
    close: () => events?.close(),
  };
}

async function outputForPerson(
  { json, quiet, events }: OutputOptions,
  nameWidth: number,
  terminal: Terminal,
): Promise<Omit<RunOutput, "close">> {
  const isStdoutTaken = json || events === "-";
  const hasColor = isStdoutTaken ? terminal.errHasColor : terminal.hasColor;
  const write = (text: string) => isStdoutTaken ? terminal.err(text) : terminal.out(text);
  const note = (text: string) => terminal.err(text);
  if (quiet) {
    const log = plainLogger(note, nameWidth, terminal.errHasColor);
    const sink: EventSink = (event) => {
      if (event.kind === "stage-failed" || event.kind === "artifact-damaged") log(event);
    };
    return { sink, say: () => undefined, note, hasColor };
  }
  if (isStdoutTaken || !terminal.isInteractive) {
    return { sink: plainLogger(write, nameWidth, hasColor), say: write, note, hasColor };
  }
  // Imported when there is somebody to look: measuring the width of letters takes a table of them.
  const [{ liveTerminal }, { terminalLogger }] = await Promise.all([
    import("../live_lines.ts"),
    import("./terminal.ts"),
  ]);
  const live = liveTerminal(terminal);
  return {
    sink: terminalLogger(live, nameWidth),
    say: (text) => live.out(text),
    note: (text) => live.err(text),
    hasColor,
  };
}

interface EventsFile {
  readonly sink: EventSink;
  close(): void;
}

function openEvents(path: string, folder: string, terminal: Terminal): EventsFile {
  if (path === "-") {
    return { sink: jsonLinesLogger((text) => terminal.out(text)), close: () => undefined };
  }
  const file = openToWrite(resolve(folder, path), path);
  let hasReader = true;
  const sink = jsonLinesLogger((text) => {
    if (hasReader) hasReader = writeAll(file, text, path);
  });
  return { sink, close: () => file.close() };
}

function openToWrite(absolute: string, path: string): Deno.FsFile {
  try {
    return Deno.openSync(absolute, { write: true, create: true, truncate: true });
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) {
      throw new UsageError(`Cannot write events to "${path}": its folder does not exist`);
    }
    if (error instanceof Deno.errors.IsADirectory) {
      throw new UsageError(`Cannot write events to "${path}": it must be a file, but is a folder`);
    }
    throw asStoreError(error, `write events to "${path}"`);
  }
}

/** Whether there is still a reader: who reads a pipe may have had enough, which is no fault. */
function writeAll(file: Deno.FsFile, text: string, path: string): boolean {
  try {
    let bytes = new TextEncoder().encode(text);
    while (bytes.length > 0) bytes = bytes.subarray(file.writeSync(bytes));
    return true;
  } catch (error) {
    if (error instanceof Deno.errors.BrokenPipe) return false;
    throw asStoreError(error, `write events to "${path}"`);
  }
}
