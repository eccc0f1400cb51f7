/**
 * The right to compute a key: one file per key, so that two runs on one store never compute the same
 * thing twice. A lease whose process is gone is taken over without asking anyone.
 *
 * A lease saves time, it does not protect data: results are written whole under the name of their
 * content, so even two processes that both believe to hold a lease leave a correct store.
 */

import process from "node:process";
import { z } from "zod";
import { asStoreError, removeIfThere, writeDurably } from "./durable_file.ts";
import { clockMs } from "./file_clock.ts";
import { statusOf } from "./file_status.ts";
import { isProcessAlive } from "./process_alive.ts";
import { type Holder, type Lease, StoreError } from "./store.ts";

/** A lease of another host counts as left when its file is older than this. */
const STALE_MS = 60_000;
const HEARTBEAT_MS = 10_000;

const recordSchema = z.strictObject({
  token: z.string(),
  host: z.string(),
  /** Processes that work under the lease, with the time each started. */
  processes: z.array(z.strictObject({ pid: z.int().positive(), startedMs: z.number() })).min(1),
  since: z.string(),
});

type LeaseRecord = z.output<typeof recordSchema>;

export interface LeaseFile {
  readonly path: string;
  /** Folder on the same file system, for files that are not leases yet or any more. */
  readonly temporary: string;
  /** Remembers leases between two looks; without it only the file server's clock tells. */
  readonly watch?: LeaseWatch;
}

/** Takes the lease, or says who has it. @throws {StoreError} When leases cannot be read or written. */
export async function tryLease(file: LeaseFile): Promise<Lease | Holder> {
  try {
    return await takeOrAsk(file);
  } catch (error) {
    throw asStoreError(error, `take the lease "${file.path}"`);
  }
}

/** Who holds a lease; undefined when nobody does, although a file may have been left. */
export async function holderOf(file: LeaseFile): Promise<Holder | undefined> {
  const current = read(file.path);
  if (current === undefined || !(await isHeld(current, file))) return undefined;
  return asHolder(current, file.path);
}

/**
 * When the file of each lease changed last, by this process's own clock: a lease that nobody renews is
 * found out even where the time of its file is nonsense, such as one in the future.
 */
export class LeaseWatch {
  readonly #seen = new Map<string, { readonly mtimeMs: number; readonly atMs: number }>();

  /** For how long the file has been as it is now, as far as this process has seen. */
  unchangedMs(path: string, mtimeMs: number): number {
    const last = this.#seen.get(path);
    const nowMs = performance.now();
    if (last?.mtimeMs === mtimeMs) return nowMs - last.atMs;
    this.#seen.set(path, { mtimeMs, atMs: nowMs });
    return 0;
  }
}

async function takeOrAsk(file: LeaseFile): Promise<Lease | Holder> {
  const { path, temporary } = file;
  const record: LeaseRecord = {
    token: crypto.randomUUID(),
    host: Deno.hostname(),
    processes: [{ pid: Deno.pid, startedMs: performance.timeOrigin }],
    since: new Date().toISOString(),
  };
  const candidate = `${temporary}/lease-${record.token}`;
  writeDurably(candidate, encode(record), { temporary, isFlushed: false });
  try {
    for (;;) {
      // A link appears with all its content or not at all, also on network file systems.
      if (linkIfFree(candidate, path)) return holdLease(path, temporary, record);
      const current = read(path);
      if (current === undefined) continue;
      if (await isHeld(current, file)) return asHolder(current, path);
      setAside(path, temporary, current);
    }
  } finally {
    removeIfThere(candidate);
  }
}

function asHolder({ host, processes, since }: LeaseRecord, path: string): Holder {
  const [first] = processes;
  if (first !== undefined) return { host, pid: first.pid, since };
  // A file that is no lease: it counts as one until it is old.
  const mtimeMs = statusOf(path)?.mtimeMs ?? 0;
  return { host: "an unknown host", pid: 0, since: new Date(mtimeMs).toISOString() };
}

function holdLease(path: string, temporary: string, first: LeaseRecord): Lease {
  let record = first;
  const isOurs = () => read(path)?.token === record.token;
  const replace = () => writeDurably(path, encode(record), { temporary, isFlushed: false });
  const heartbeat = setInterval(() => {
    // Written anew rather than given a time: the time must be the file server's.
    // A full disk must not end a run that may still finish: at worst another host takes over.
    tryTo(() => isOurs() && replace());
  }, HEARTBEAT_MS);
  Deno.unrefTimer(heartbeat);
  return {
    adopt(pid) {
      record = { ...first, processes: [...first.processes, { pid, startedMs: Date.now() }] };
      if (isOurs()) replace();
    },
    release() {
      clearInterval(heartbeat);
      if (isOurs()) removeIfThere(path);
    },
  };
}

async function isHeld(record: LeaseRecord, file: LeaseFile): Promise<boolean> {
  if (record.host !== Deno.hostname()) return isRenewed(file);
  for (const { pid, startedMs } of record.processes) {
    const isOurNumber = pid === process.pid;
    if (isOurNumber ? startedMs === performance.timeOrigin : await isProcessAlive(pid, startedMs)) {
      return true;
    }
  }
  return false;
}

/**
 * Whether somebody still renews a lease: its age by the file server's clock, compared with a file that
 * was written just now.
 */
function isRenewed({ path, temporary, watch }: LeaseFile): boolean {
  const mtimeMs = statusOf(path)?.mtimeMs;
  if (mtimeMs === undefined) return false;
  if (watch !== undefined && watch.unchangedMs(path, mtimeMs) >= STALE_MS) return false;
  return clockMs(temporary) - mtimeMs < STALE_MS;
}

function tryTo(action: () => unknown): void {
  try {
    action();
  } catch (error) {
    if (!(error instanceof StoreError)) throw error;
  }
}

/** Moves a lease that was left out of the way, unless it is another's by now. */
function setAside(path: string, temporary: string, stale: LeaseRecord): void {
  const aside = `${temporary}/stale-${crypto.randomUUID()}`;
  try {
    Deno.renameSync(path, aside);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return;
    throw error;
  }
  // Somebody was faster: the lease that was taken by mistake is given back.
  if (read(aside)?.token !== stale.token) linkIfFree(aside, path);
  removeIfThere(aside);
}

function linkIfFree(from: string, to: string): boolean {
  try {
    Deno.linkSync(from, to);
    return true;
  } catch (error) {
    if (error instanceof Deno.errors.AlreadyExists) return false;
    if (!isWithoutLinks(error)) throw error;
  }
  try {
    // Creating is exclusive everywhere, but for a moment the file is empty: that counts as held.
    Deno.writeFileSync(to, Deno.readFileSync(from), { createNew: true });
    return true;
  } catch (error) {
    if (error instanceof Deno.errors.AlreadyExists) return false;
    throw error;
  }
}

/** File systems without hard links say so in different ways. */
function isWithoutLinks(error: unknown): boolean {
  return error instanceof Deno.errors.PermissionDenied ||
    error instanceof Deno.errors.NotSupported ||
    error instanceof Error && "code" in error &&
      ["ENOTSUP", "EOPNOTSUPP", "ENOSYS", "EMLINK"].includes(String(error.code));
}

/** A lease, or undefined when there is none. What is not a lease counts as one that was left. */
function read(path: string): LeaseRecord | undefined {
  try {
    const parsed = recordSchema.safeParse(JSON.parse(Deno.readTextFileSync(path)));
    return parsed.success ? parsed.data : damagedRecord;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    if (error instanceof SyntaxError) return damagedRecord;
    throw error;
  }
}

const damagedRecord: LeaseRecord = { token: "", host: "", processes: [], since: "" };

function encode(record: LeaseRecord): Uint8Array {
  return new TextEncoder().encode(JSON.stringify(record));
}
