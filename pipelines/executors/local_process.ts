/**
 * Runs each job in a child process of its own, with the least permissions: a crash in native code or a
 * lack of memory ends one stage, not the run.
 */

import { removeIfThere } from "../durable_file.ts";
import type { Job, JobOutcome } from "../job.ts";
import type { StagePermissions } from "../stage.ts";
import { StoreError } from "../store.ts";
import type { Executor, ExecutorOptions, RunningJob } from "./executor.ts";
import { MemoryKills, saysLackOfMemory } from "./lack_of_memory.ts";
import { hasGroups, signalGroup } from "./process_group.ts";
import { stopFileOf } from "./stop_file.ts";
import { MessageReader, type WorkerMessage } from "./worker_message.ts";

export interface LocalProcessOptions {
  /** Program whose `worker <job file>` runs a job: a path or URL. */
  readonly main: string;
  /** Folders that the program may read beside the project and the store: where its modules are. */
  readonly read: readonly string[];
  /** Folder with the `node_modules` that this program runs with. */
  readonly packages?: string;
}

/** An executor that starts one `deno run ... worker` for each job. */
export function localProcessExecutor(options: LocalProcessOptions): Executor {
  const memoryKills = new MemoryKills();
  return { start: (job, more) => startProcess(job, { ...options, memoryKills }, more) };
}

/** The `--allow-*` flags of a job's process. */
export function permissionFlags(
  job: Pick<Job, "store" | "projectFolder">,
  permissions: StagePermissions,
  read: readonly string[],
): string[] {
  const flags = [
    `--allow-read=${[job.projectFolder, job.store, ...read].map(escapeComma).join(",")}`,
    `--allow-write=${escapeComma(job.store)}`,
  ];
  if (permissions.net !== undefined && permissions.net.length > 0) {
    flags.push(`--allow-net=${permissions.net.join(",")}`);
  }
  // Native code can do anything, so a stage must ask for it. Pointers into a library that a path may
  // be allowed for need the permission without a path. Nothing else is needed: neither environment nor
  // system information.
  if (permissions.engine === true) flags.push("--allow-ffi");
  return flags;
}

/**
 * Deno checks that every package is installed, once per import of a package: 0.1 s in this program.
 * Whoever starts a worker runs with the same packages, so they are installed.
 */
function packageFlags(packages: string | undefined): string[] {
  if (packages === undefined) return [];
  return isFolder(`${packages}/node_modules`) ? ["--node-modules-dir=manual"] : [];
}

function isFolder(path: string): boolean {
  try {
    return Deno.statSync(path).isDirectory;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}

function startProcess(
  job: Job,
  { main, read, packages, memoryKills }: LocalProcessOptions & { readonly memoryKills: MemoryKills },
  { permissions, emit }: ExecutorOptions,
): RunningJob {
  const word = `@${crypto.randomUUID()} `;
  const jobFile = `${job.store}/tmp/job-${crypto.randomUUID()}.json`;
  Deno.writeTextFileSync(jobFile, JSON.stringify(job));
  const child = new Deno.Command(Deno.execPath(), {
    args: [
      "run",
      "--quiet",
      "--no-prompt",
      "--no-check",
      "--cached-only",
      ...packageFlags(packages),
      ...permissionFlags(job, permissions, read),
      main,
      "worker",
      jobFile,
    ],
    stdin: "piped",
    stdout: "piped",
    stderr: "piped",
    // A group of its own: what it starts ends with it, and a terminal's Ctrl-C does not reach it.
    detached: hasGroups,
  }).spawn();
  const stdin = child.stdin.getWriter();
  const tell = (text: string) => {
    // A child that is gone cannot be told anything; its outcome says so.
    stdin.write(new TextEncoder().encode(text)).catch(() => undefined);
  };
  tell(`${word}\n`);
  const finish = async (): Promise<JobOutcome> => {
    let last: WorkerMessage | undefined;
    let lacksMemory = false;
    const take = (message: WorkerMessage | string) => {
      if (typeof message === "string") {
        lacksMemory ||= saysLackOfMemory(message);
        emit({ kind: "log", text: `${message}\n` });
      } else if (message.kind === "event") emit(message.event);
      else last = message;
    };
    const [status] = await Promise.all([
      child.status.then((status) => {
        // Whatever it left running holds its pipes open.
        signalGroup(child.pid, "SIGKILL");
        return status;
      }),
      readMessages(child.stdout, new MessageReader(word), take),
      readMessages(child.stderr, new MessageReader(word), take),
      memoryKills.watch(),
    ]);
    removeIfThere(jobFile);
    removeIfThere(stopFileOf(jobFile));
    await stdin.close().catch(() => undefined);
    if (last?.kind === "store-error") throw new StoreError(last.message);
    if (last?.kind === "outcome") return last.outcome;
    if (status.signal === "SIGKILL") lacksMemory ||= await memoryKills.hasGrown();
    return lacksMemory
      ? { kind: "lost", cause: "memory", message: "The stage's process ran out of memory" }
      : { kind: "lost", cause: "lost", message: describeEnd(status) };
  };
  return {
    pid: child.pid,
    outcome: finish(),
    stop() {
      tell("stop\n");
      Deno.writeTextFileSync(stopFileOf(jobFile), "");
      if (hasGroups) signalGroup(child.pid, "SIGTERM");
    },
    kill() {
      signalGroup(child.pid, "SIGKILL");
    },
  };
}

async function readMessages(
  stream: ReadableStream<Uint8Array>,
  reader: MessageReader,
  take: (message: WorkerMessage | string) => void,
): Promise<void> {
  for await (const bytes of stream) reader.read(bytes).forEach(take);
  reader.end().forEach(take);
}

function describeEnd({ signal, code }: Deno.CommandStatus): string {
  if (signal === "SIGKILL") {
    return "The stage's process was killed (SIGKILL): by someone, or by the system for lack of memory";
  }
  if (signal !== null) return `The stage's process crashed (${signal})`;
  return `The stage's process ended without a result (exit code ${code})`;
}

function escapeComma(path: string): string {
  return path.replaceAll(",", ",,");
}
