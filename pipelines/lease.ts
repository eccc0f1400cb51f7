/**
 * The right to compute a key: one file per key, so that two runs on one store never compute the same
 * thing twice. A lease whose process is gone is taken over without asking anyone.
 *
 * A lease saves time, it does not protect data: results are written whole under the name of their
 * content, so even two processes that both believe to hold a lease leave a correct store.
 */

import process from "node:process";
import { z } from "zod";
import { removeIfThere, writeDurably } from "./durable_file.ts";
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
}

/** Takes the lease, or says who has it. */
export async function tryLease({ path, temporary }: LeaseFile): Promise<Lease | Holder> {
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
      if (await isHeld(current, path, temporary)) {
        const [first] = current.processes;
        return { host: current.host, pid: first?.pid ?? 0, since: current.since };
      }
      setAside(path, temporary, current);
    }
  } finally {
    removeIfThere(candidate);
  }
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

async function isHeld(record: LeaseRecord, path: string, temporary: string): Promise<boolean> {
  if (record.host !== Deno.hostname()) return ageMs(path, temporary) < STALE_MS;
  for (const { pid, startedMs } of record.processes) {
    const isOurNumber = pid === process.pid;
    if (isOurNumber ? startedMs === performance.timeOrigin : await isProcessAlive(pid, startedMs)) {
      return true;
    }
  }
  return false;
}

function tryTo(action: () => unknown): void {
  try {
    action();
  } catch (error) {
    if (!(error instanceof StoreError)) throw error;
  }
}

/** Age of a file by the file server's clock: compared with a file that was written just now. */
function ageMs(path: string, temporary: string): number {
  const probe = `${temporary}/clock-${crypto.randomUUID()}`;
  Deno.writeTextFileSync(probe, "");
  try {
    const now = Deno.statSync(probe).mtime?.getTime() ?? Date.now();
    return now - (Deno.statSync(path).mtime?.getTime() ?? now);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return 0;
    throw error;
  } finally {
    removeIfThere(probe);
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
  if (read(aside)?.token !== stale.token) linkIfFree(aside, path);
  removeIfThere(aside);
}

function linkIfFree(from: string, to: string): boolean {
  try {
    Deno.linkSync(from, to);
    return true;
  } catch (error) {
    if (error instanceof Deno.errors.AlreadyExists) return false;
    throw error;
  }
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
