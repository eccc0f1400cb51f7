/**
 * Runs each job in a child process of its own, with the least permissions: a crash in native code or a
 * lack of memory ends one stage, not the run.
 */

import { dirname } from "node:path";
import { removeIfThere } from "../../store/durable_file.ts";
import { withFreeBytes } from "../../store/free_space.ts";
import type { Job, JobOutcome } from "../job.ts";
import type { Secrets } from "../redact.ts";
import type { StagePermissions } from "../../stage.ts";
import { StoreError } from "../../store/store.ts";
import { storeLayout } from "../../store/store_layout.ts";
import { childEnvironment } from "./child_environment.ts";
import type { Executor, ExecutorOptions, RunningJob } from "./executor.ts";
import { MemoryKills, saysLackOfMemory } from "./lack_of_memory.ts";
import { hasGroups, signalGroup } from "./process_group.ts";
import { stopFileOf } from "./stop_file.ts";
import { MessageReader, type WorkerMessage } from "./worker_message.ts";

export interface LocalProcessOptions {
  /** Program whose `worker <job file>` runs a job: a path or URL. */
  readonly main: string;
  /** Folder with the `node_modules` that this program runs with, which stages may read. */
  readonly packages?: string;
  /** Removed from all that a stage says; a stage that declares one gets it in its environment. */
  readonly secrets?: Secrets;
}

/** What `deno task install:cuda` installs, below the folder of packages. */
const CUDA_PACKAGES = "engine/cuda/native";

/** An executor that starts one `deno run ... worker` for each job. */
export function localProcessExecutor(options: LocalProcessOptions): Executor {
  const memoryKills = new MemoryKills();
  return { start: (job, more) => startProcess(job, { ...options, memoryKills }, more) };
}

/**
 * The `--allow-*` flags of a job's process.
 *
 * It reads the store, the program's packages, and what its parameters name; modules need no permission.
 * It writes where its result goes: of the store's records only those that share two digits with its key.
 */
export function permissionFlags(
  job: Pick<Job, "store" | "key" | "files"> & Partial<Pick<Job, "engine">>,
  permissions: StagePermissions,
  { packages, secrets = new Map() }: Pick<LocalProcessOptions, "packages" | "secrets"> = {},
): string[] {
  const { temporary, corrupt, objects, action, notes, partial } = storeLayout(job.store);
  const write = [temporary, objects, corrupt, partial(job.key)];
  const records = [action(job.key), notes(job.key)].map(dirname);
  const modules = packages === undefined ? [] : [...foldersOfPackages(packages)];
  const isCuda = permissions.engine === true && job.engine?.backend === "cuda";
  if (isCuda && packages !== undefined) modules.push(`${packages}/${CUDA_PACKAGES}`);
  const read = [job.store, ...modules, ...job.files.map(({ absolute }) => absolute)];
  const flags = [
    `--allow-read=${read.map(escapeComma).join(",")}`,
    `--allow-write=${[...write, ...records].map(escapeComma).join(",")}`,
  ];
  if (permissions.net !== undefined && permissions.net.length > 0) {
    flags.push(`--allow-net=${permissions.net.join(",")}`);
  }
  const variables = Object.keys(declaredSecrets(permissions, secrets));
  if (variables.length > 0 && !isCuda) flags.push(`--allow-env=${variables.join(",")}`);
  // Native code can do anything, so a stage must ask for it. Pointers into a library that a path may
  // be allowed for need the permission without a path. Nothing else is needed: neither environment nor
  // system information.
  if (permissions.engine === true) flags.push("--allow-ffi");
  // TensorFlow's package reads both while it looks for its library; there is nothing secret in them.
  if (isCuda) flags.push("--allow-env", "--allow-sys");
  return flags;
}

/** Those that the stage declares too. */
function declaredSecrets({ env = [] }: StagePermissions, secrets: Secrets): Record<string, string> {
  return Object.fromEntries([...secrets].filter(([name]) => env.includes(name)));
}

/** `node_modules`, also by the path that it is a link to. */
function foldersOfPackages(folder: string): readonly string[] {
  const path = `${folder}/node_modules`;
  return isFolder(path) ? [...new Set([path, Deno.realPathSync(path)])] : [];
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
  { main, packages, secrets = new Map(), memoryKills }: LocalProcessOptions & {
    readonly memoryKills: MemoryKills;
  },
  { permissions, emit, refuse }: ExecutorOptions,
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
      ...permissionFlags(job, permissions, {
        ...(packages !== undefined && { packages }),
        secrets,
      }),
      main,
      "worker",
      jobFile,
    ],
    clearEnv: true,
    env: { ...childEnvironment(permissions), ...declaredSecrets(permissions, secrets) },
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
  tell(`${word}\n${JSON.stringify([...secrets.values()])}\n`);
  let refused: string | undefined;
  const letGo = async () => {
    refused = await refuse?.();
    if (refused === undefined) tell("go\n");
    else signalGroup(child.pid, "SIGKILL");
  };
  const finish = async (): Promise<JobOutcome> => {
    let last: WorkerMessage | undefined;
    let going: Promise<void> | undefined;
    let lacksMemory = false;
    const take = (message: WorkerMessage | string) => {
      if (typeof message === "string") {
        lacksMemory ||= saysLackOfMemory(message);
        emit({ kind: "log", text: `${message}\n` });
      } else if (message.kind === "event") emit(message.event);
      else if (message.kind === "loaded") going ??= letGo();
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
    await going;
    if (refused !== undefined) return { kind: "failed", message: refused, stack: "" };
    if (last?.kind === "store-error") {
      throw new StoreError(withFreeBytes(last.message, job.store));
    }
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
