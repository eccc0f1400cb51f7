/** Reads everything in a local store and finds what is not what was stored. */

import { decodeAction } from "./action_record.ts";
import { damagesOfCheckpoints } from "./checkpoint_slot.ts";
import { digestOfFileSync } from "../key/digest.ts";
import { asStoreError } from "./durable_file.ts";
import { statusOf } from "./file_status.ts";
import { quarantine } from "./quarantine.ts";
import { readTextIfThere } from "./read_if_there.ts";
import type { Action, StoredFile } from "./store.ts";
import { type StoreLayout, storeLayout } from "./store_layout.ts";
import { type StoreContents, type StoredBlob, surveyContents } from "./survey_store.ts";
import { artifactDigest } from "./stored_artifact.ts";

/** Where a blob is used. */
export interface BlobUse {
  readonly stage: string;
  /** Output port; "log" for what the stage printed. */
  readonly port: string;
  readonly file: string;
}

export interface StoreDamage {
  readonly kind: "blob" | "record" | "checkpoint";
  /** Relative to the store's folder. */
  readonly path: string;
  /** What should be there and what is, in one sentence. */
  readonly message: string;
  /** Results that cannot be used any more; they are computed again when they are needed. */
  readonly uses: readonly BlobUse[];
}

export interface VerifyReport {
  readonly results: number;
  readonly blobs: number;
  readonly bytes: number;
  readonly damages: readonly StoreDamage[];
}

/**
 * Verifies the store at `root`, an absolute path: every blob against its name, every record against its
 * own digest, every artifact against its blobs, every checkpoint. What is damaged is moved to `corrupt/`,
 * and so are the records of results that cannot be used any more; checkpoints stay, older ones are taken.
 *
 * @param tell Told how many bytes of how many were read.
 * @throws {StoreError} When something cannot be read at all.
 */
export function verifyStore(
  root: string,
  tell: (doneBytes: number, allBytes: number) => void = () => undefined,
): VerifyReport {
  const layout = storeLayout(root);
  try {
    return verify(layout, surveyContents(layout), tell);
  } catch (error) {
    throw asStoreError(error, `verify the store "${root}"`);
  }
}

function verify(
  layout: StoreLayout,
  survey: StoreContents,
  tell: (doneBytes: number, allBytes: number) => void,
): VerifyReport {
  const blobs = [...survey.blobs.values()];
  const allBytes = blobs.reduce((sum, { bytes }) => sum + bytes, 0);
  const uses = usesOf(survey);
  const damages = verifyRecords(layout, survey);
  const lost = new Set<string>();
  let doneBytes = 0;
  for (const blob of blobs) {
    const message = verifyBlob(layout, blob);
    if (message !== undefined) {
      const path = relative(layout, blob.path);
      damages.push({ kind: "blob", path, message, uses: uses.get(blob.digest) ?? [] });
      lost.add(blob.digest);
    }
    tell(doneBytes += blob.bytes, allBytes);
  }
  for (const digest of missingBlobs(layout, survey)) {
    const path = relative(layout, layout.blob(digest));
    const message = `the bytes must have digest ${digest}, but they are missing`;
    damages.push({ kind: "blob", path, message, uses: uses.get(digest) ?? [] });
    lost.add(digest);
  }
  // No hit any more, and no damage in the next verification.
  for (const { action, path } of survey.results) {
    if (filesOf(action).some(({ sha256 }) => lost.has(sha256))) quarantine(layout, path);
  }
  for (const { path } of survey.checkpoints) {
    for (const message of damagesOfCheckpoints(path)) {
      damages.push({ kind: "checkpoint", path: relative(layout, path), message, uses: [] });
    }
  }
  return { results: survey.results.length, blobs: blobs.length, bytes: allBytes, damages };
}

function verifyRecords(layout: StoreLayout, survey: StoreContents): StoreDamage[] {
  const broken = survey.damagedRecords.flatMap(({ path }): StoreDamage[] => {
    const reason = whyUnreadable(layout, path);
    if (reason === undefined) return [];
    const message = `${reason}; ${quarantine(layout, path)}`;
    return [{ kind: "record", path: relative(layout, path), message, uses: [] }];
  });
  const wrong = survey.results.flatMap(({ action, path }): StoreDamage[] => {
    const reason = whyInconsistent(action);
    if (reason === undefined) return [];
    const message = `stage "${action.stage}": ${reason}; ${quarantine(layout, path)}`;
    const uses = usesOfAction(action).map(([, use]) => use);
    return [{ kind: "record", path: relative(layout, path), message, uses }];
  });
  return [...broken, ...wrong];
}

/** Undefined when it is good or gone by now. */
function whyUnreadable(layout: StoreLayout, path: string): string | undefined {
  const key = path.slice(layout.actions.length + 1).replace("/", "").replace(/\.json$/, "");
  const text = readTextIfThere(path);
  if (text === undefined) return undefined;
  try {
    decodeAction(key, text);
    return undefined;
  } catch (error) {
    if (error instanceof SyntaxError) return error.message;
    throw error;
  }
}

function whyInconsistent({ outputs }: Action): string | undefined {
  for (const [port, { files, digest, bytes }] of Object.entries(outputs)) {
    const found = artifactDigest(files);
    if (found !== digest) return `output "${port}" must have digest ${digest}, but has ${found}`;
    const sum = files.reduce((sum, { size }) => sum + size, 0);
    if (sum !== bytes) {
      return `output "${port}" must have ${bytes} bytes, but its files have ${sum}`;
    }
  }
}

/** Undefined when the blob is good, or gone by now. */
function verifyBlob(layout: StoreLayout, { path, digest }: StoredBlob): string | undefined {
  const found = digestIfThere(path);
  if (found === undefined || found === digest) return undefined;
  return `the bytes must have digest ${digest}, but have ${found}; ${quarantine(layout, path)}`;
}

function digestIfThere(path: string): string | undefined {
  try {
    return digestOfFileSync(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw asStoreError(error, `read "${path}"`);
  }
}

/** Blobs that a result promises and that are not there. A log that is missing costs nobody a result. */
function missingBlobs(layout: StoreLayout, { blobs, results }: StoreContents): Set<string> {
  const missing = new Set<string>();
  for (const { action, path } of results) {
    for (const { sha256 } of filesOf(action)) {
      if (blobs.has(sha256) || statusOf(layout.blob(sha256)) !== undefined) continue;
      // Garbage collection may have taken the record with its blobs since.
      if (statusOf(path) !== undefined) missing.add(sha256);
    }
  }
  return missing;
}

function filesOf({ outputs }: Action): readonly StoredFile[] {
  return Object.values(outputs).flatMap(({ files }) => files);
}

function usesOf({ results }: StoreContents): ReadonlyMap<string, readonly BlobUse[]> {
  const uses = new Map<string, BlobUse[]>();
  for (const { action } of results) {
    for (const [digest, use] of usesOfAction(action)) {
      uses.set(digest, [...uses.get(digest) ?? [], use]);
    }
  }
  return uses;
}

function usesOfAction({ stage, outputs, log }: Action): (readonly [string, BlobUse])[] {
  const files = Object.entries(outputs).flatMap(([port, { files }]) =>
    files.map(({ path, sha256 }) => [sha256, { stage, port, file: path }] as const)
  );
  const logs = log === undefined ? [] : [[log, { stage, port: "log", file: "" }] as const];
  return [...files, ...logs];
}

function relative({ root }: StoreLayout, path: string): string {
  return path.slice(root.length + 1);
}
