/** `gc`: removes results that nobody needs any more. */

import { resolve } from "node:path";
import {
  collectGarbage,
  GarbageCollectionBusy,
  type GarbageReport,
} from "../pipelines/store/collect_garbage.ts";
import { GRACE_MS } from "../pipelines/store/choose_garbage.ts";
import { forgetRoot } from "../pipelines/store/roots.ts";
import { storeLayout } from "../pipelines/store/store_layout.ts";
import type { StoredCheckpoints, StoredResult } from "../pipelines/store/survey_store.ts";
import { counted } from "./counted.ts";
import { ExitCode } from "./exit_code.ts";
import { formatBytes } from "./format_bytes.ts";
import { UsageError } from "./print_failure.ts";
import type { Host, JsonArguments, StoreArguments } from "./verb.ts";

export interface GcArguments extends StoreArguments, JsonArguments {
  readonly dryRun: boolean;
  /** Bytes. */
  readonly maxSize?: number;
  /** Seconds. */
  readonly maxAge?: number;
  /** Seconds; an hour unless given. */
  readonly grace?: number;
  /** Folder of run folders, which counts although the store may not remember it. */
  readonly runs: string;
  /** Roots that are gone for good. */
  readonly forget: readonly string[];
}

export async function gcVerb(args: GcArguments, host: Host): Promise<ExitCode> {
  const root = resolve(host.folder, args.store);
  for (const path of args.forget) forget(root, resolve(host.folder, path), args.dryRun);
  try {
    const report = await collectGarbage(root, {
      isDryRun: args.dryRun,
      graceMs: args.grace === undefined ? GRACE_MS : args.grace * 1000,
      roots: [resolve(host.folder, args.runs)],
      ...(args.maxAge !== undefined && { maxAgeMs: args.maxAge * 1000 }),
      ...(args.maxSize !== undefined && { maxBytes: args.maxSize }),
    });
    host.terminal.out(
      args.json
        ? `${JSON.stringify(reportJson(report, args.dryRun), null, 2)}\n`
        : reportText(report, args.dryRun),
    );
    return ExitCode.done;
  } catch (error) {
    if (!(error instanceof GarbageCollectionBusy)) throw error;
    host.terminal.err(`${error.message}\n`);
    return ExitCode.leaseTimeout;
  }
}

function forget(root: string, path: string, isDryRun: boolean): void {
  // Only forgetting tells whether there was one, and a dry run forgets nothing.
  if (isDryRun || forgetRoot(storeLayout(root), path)) return;
  throw new UsageError(`Cannot forget root "${path}": the store does not know it`);
}

function reportJson(report: GarbageReport, isDryRun: boolean): unknown {
  const { removed, removedBytes, keptBytes, kept, notices } = report;
  const entry = ({ key, bytes, usedMs }: StoredResult | StoredCheckpoints) => {
    return { key, bytes, usedAt: new Date(usedMs).toISOString() };
  };
  return {
    dryRun: isDryRun,
    removedBytes,
    keptBytes,
    kept,
    removed: {
      results: removed.results.map((each) => ({ stage: each.action.stage, ...entry(each) })),
      checkpoints: removed.checkpoints.map(entry),
      blobs: removed.blobs.map(({ digest, bytes }) => ({ digest, bytes })),
      damagedRecords: removed.damagedRecords.length,
      leftovers: removed.leftovers.map(({ kind, path, bytes }) => ({ kind, path, bytes })),
    },
    notices,
  };
}

function reportText(report: GarbageReport, isDryRun: boolean): string {
  const { removed, removedBytes, keptBytes, kept, notices } = report;
  const line = (what: string, { key, usedMs }: StoredResult | StoredCheckpoints) => {
    const used = new Date(usedMs).toISOString().slice(0, 16).replace("T", " ");
    return `  ${what}  ${key.slice(0, 6)}  last used ${used} UTC\n`;
  };
  const counts = [
    counted(removed.results.length, "result"),
    counted(removed.checkpoints.length, "unfinished stage"),
    counted(removed.blobs.length, "file"),
    counted(removed.damagedRecords.length + removed.leftovers.length, "leftover"),
  ].filter((text) => !text.startsWith("0 "));
  const what = counts.length === 0 ? "nothing" : counts.join(", ");
  const verb = isDryRun ? "would remove" : "removed";
  const rest = `${formatBytes(keptBytes)} in ${counted(kept.results, "result")}`;
  return [
    ...notices.map((notice) => `${notice}\n`),
    ...removed.results.map((each) => line(each.action.stage, each)),
    ...removed.checkpoints.map((each) => line("checkpoints", each)),
    `${verb} ${what}: ${formatBytes(removedBytes)}; ${rest} ${
      isDryRun ? "would be left" : "left"
    }\n`,
  ].join("");
}
