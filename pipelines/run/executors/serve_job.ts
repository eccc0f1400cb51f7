/** The child's side of the local process executor. */

import { format } from "node:util";
import type { ArtifactKindTable } from "../../../artifacts/artifact.ts";
import { statusOf } from "../../store/file_status.ts";
import { parseJob, type WorkerEvent } from "../job.ts";
import { openLocalStore } from "../../store/local_store.ts";
import { redactAll, redactor } from "../redact.ts";
import type { StageTable } from "../../stage.ts";
import { StoreError } from "../../store/store.ts";
import { failureOf, runJob } from "../worker.ts";
import { stopFileOf } from "./stop_file.ts";
import { encodeMessage, type WorkerMessage } from "./worker_message.ts";

/** More progress than this nobody can read. */
const PROGRESS_INTERVAL_MS = 50;

/**
 * Runs the job of a file and tells the parent about it on standard output.
 *
 * Standard input is the parent: its first line is the word that marks messages, the second has the
 * secrets that must not be seen, `go` answers that all code is loaded, `stop` asks for a checkpoint and an
 * end, and when it closes the parent is gone and this process must not outlive it.
 *
 * @returns The process's exit code.
 */
export async function serveJob(
  jobFile: string,
  { stages, kinds }: { readonly stages: StageTable; readonly kinds: ArtifactKindTable },
): Promise<number> {
  const parent = Deno.ppid;
  const abort = new AbortController();
  const stop = () => abort.abort(new DOMException("The run was stopped", "AbortError"));
  // A terminal sends Ctrl-C to all processes at once; the parent decides what it means.
  Deno.addSignalListener("SIGINT", () => undefined);
  Deno.addSignalListener("SIGTERM", stop);
  const lines = readLines(Deno.stdin.readable);
  const word = `${(await lines.next()).value ?? ""}`;
  const redact = redactor(JSON.parse((await lines.next()).value ?? "[]") as string[]);
  const send = (message: WorkerMessage) => {
    writeAll(encodeMessage(word, redactAll(message, redact)));
  };
  const going = Promise.withResolvers<void>();
  abort.signal.addEventListener("abort", () => going.resolve());
  followParent(lines, { stop, go: going.resolve });
  const lookUp = () => {
    // A stage without a pause would see neither that it is to stop nor that its parent is gone.
    if (Deno.ppid !== parent) Deno.exit(1);
    if (!abort.signal.aborted && statusOf(stopFileOf(jobFile)) !== undefined) stop();
  };
  const emit = throttled((event) => send({ kind: "event", event }), lookUp);
  captureConsole((text) => emit({ kind: "log", text }));
  try {
    const job = parseJob(await Deno.readTextFile(jobFile));
    const store = openLocalStore(job.store);
    const { signal } = abort;
    send({ kind: "loaded" });
    await going.promise;
    const outcome = await runJob(job, { stages, kinds, store, emit, signal, redact });
    send({ kind: "outcome", outcome });
    return outcome.kind === "done" ? 0 : 1;
  } catch (error) {
    if (error instanceof StoreError) send({ kind: "store-error", message: error.message });
    else send({ kind: "outcome", outcome: failureOf(error) });
    return 1;
  }
}

async function followParent(
  lines: AsyncIterator<string>,
  { stop, go }: { readonly stop: () => void; readonly go: () => void },
): Promise<void> {
  for (;;) {
    const { done, value } = await lines.next();
    if (done) Deno.exit(1);
    if (value === "stop") stop();
    if (value === "go") go();
  }
}

async function* readLines(stream: ReadableStream<Uint8Array>): AsyncGenerator<string, void> {
  let rest = "";
  for await (const text of stream.pipeThrough(new TextDecoderStream())) {
    const lines = (rest + text).split("\n");
    rest = lines.pop() ?? "";
    yield* lines;
  }
}

function writeAll(bytes: Uint8Array): void {
  for (let offset = 0; offset < bytes.length;) {
    offset += Deno.stdout.writeSync(bytes.subarray(offset));
  }
}

/**
 * Lets through all events but progress that follows too closely; the last progress always comes.
 * Before each progress it calls `lookUp`.
 */
function throttled(
  emit: (event: WorkerEvent) => void,
  lookUp: () => void,
): (event: WorkerEvent) => void {
  let lastMs = -Infinity;
  return (event) => {
    if (event.kind === "progress") {
      const isLast = event.progress.step >= event.progress.of;
      const nowMs = performance.now();
      if (nowMs - lastMs < PROGRESS_INTERVAL_MS && !isLast) return;
      lastMs = nowMs;
      lookUp();
    }
    emit(event);
  };
}

/** Turns what libraries print through `console` into log text, so that it is kept with the result. */
function captureConsole(write: (text: string) => void): void {
  const print = (...values: unknown[]) => write(`${format(...values)}\n`);
  Object.assign(globalThis.console, {
    debug: print,
    error: print,
    info: print,
    log: print,
    warn: print,
  });
}
