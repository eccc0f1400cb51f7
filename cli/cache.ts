/** `cache stat` and `cache unlock`: what is in the store, and leases that were left in it. */

import { resolve } from "node:path";
import { type Amount, measureStore, type StoreSize } from "../pipelines/store/store_size.ts";
import { type LeaseState, unlock } from "../pipelines/store/unlock.ts";
import { ExitCode } from "./exit_code.ts";
import { formatBytes } from "./format_bytes.ts";
import { UsageError } from "./print_failure.ts";
import type { Host, JsonArguments, StoreArguments } from "./verb.ts";

export interface CacheStatArguments extends StoreArguments, JsonArguments {
  /** Folder of run folders, which counts although the store may not remember it. */
  readonly runs: string;
}

export interface CacheUnlockArguments extends StoreArguments, JsonArguments {
  /** Prefix of a key; undefined for all leases that nobody holds. */
  readonly key?: string;
}

export async function cacheStatVerb(args: CacheStatArguments, host: Host): Promise<ExitCode> {
  const root = resolve(host.folder, args.store);
  const size = await measureStore(root, [resolve(host.folder, args.runs)]);
  const text = args.json ? `${JSON.stringify(size, null, 2)}\n` : sizeText(root, size);
  host.terminal.out(text);
  return ExitCode.done;
}

export async function cacheUnlockVerb(args: CacheUnlockArguments, host: Host): Promise<ExitCode> {
  const states = await unlock(resolve(host.folder, args.store), args.key);
  if (args.key !== undefined && states.length === 0) {
    throw new UsageError(`Cannot unlock "${args.key}": no lease has such a key`);
  }
  const text = states.length === 0 ? "there is no lease\n" : states.map(stateText).join("");
  host.terminal.out(args.json ? `${JSON.stringify(states, null, 2)}\n` : text);
  return ExitCode.done;
}

function sizeText(root: string, size: StoreSize): string {
  const row = (what: string, { count, bytes }: Amount) =>
    `  ${what.padEnd(WIDTH)}${String(count).padStart(8)}  ${formatBytes(bytes)}\n`;
  const some = (what: string, amount: Amount) => amount.count === 0 ? "" : row(what, amount);
  return [
    ...size.notices.map((notice) => `${notice}\n`),
    `${root}  ${formatBytes(size.bytes)}\n`,
    "artifacts\n",
    ...Object.entries(size.kinds).map(([kind, amount]) => row(kind, amount)),
    "results\n",
    some("being computed", size.results.leased),
    some("used within an hour", size.results.young),
    some("named by runs", size.results.rooted),
    some("named by no run", size.results.unrooted),
    "beside them\n",
    some("files without result", size.orphans),
    some("unfinished stages", size.checkpoints),
    some("damaged, put aside", size.corrupt),
    some("damaged records", size.damagedRecords),
    some("trash", size.trash),
    some("temporary", size.temporary),
    ...Object.entries(size.leases).map(([key, holder]) => `lease ${key.slice(0, 6)}: ${holder}\n`),
  ].join("");
}

const WIDTH = 24;

function stateText({ key, holder, isRemoved }: LeaseState): string {
  const who = holder === undefined
    ? "nobody holds it"
    : `held by process ${holder.pid} on ${holder.host}, since ${holder.since}`;
  return `${key.slice(0, 12)}  ${isRemoved ? "removed" : "stays"}  ${who}\n`;
}
