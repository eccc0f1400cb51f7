/** Results in a store without running anything. */

import { digestOf } from "../../pipelines/key/digest.ts";
import { openLocalStore } from "../../pipelines/store/local_store.ts";
import type { Action } from "../../pipelines/store/store.ts";
import { artifactDigest } from "../../pipelines/store/stored_artifact.ts";

export interface ResultOptions {
  readonly stage?: string;
  readonly log?: string;
  /** Seconds since anyone used the result or its files. */
  readonly ageS?: number;
}

/** Stores one action with a curve made of `files`. */
export async function putResult(
  root: string,
  files: Readonly<Record<string, string>>,
  { stage = "x", log, ageS }: ResultOptions = {},
): Promise<Action> {
  const store = openLocalStore(root);
  const stored = [];
  for (const [path, text] of Object.entries(files)) {
    const bytes = new TextEncoder().encode(text);
    stored.push({ path, size: bytes.length, sha256: await store.putBlob(bytes) });
  }
  const action: Action = {
    format: 1,
    key: digestOf(JSON.stringify([stage, stored])),
    document: { stage: { id: "tiny/x", version: 1 } },
    stage,
    outputs: {
      curve: {
        kind: "curves",
        kindVersion: 1,
        digest: artifactDigest(stored),
        bytes: stored.reduce((sum, { size }) => sum + size, 0),
        files: stored,
      },
    },
    ...(log !== undefined && { log: await store.putBlob(new TextEncoder().encode(log)) }),
    warnings: [],
    seconds: 1.5,
    finishedAt: "2026-01-01T00:00:00.000Z",
    provenance: {},
  };
  await store.putAction(action);
  if (ageS !== undefined) {
    const digests = [...stored.map(({ sha256 }) => sha256), ...(action.log ? [action.log] : [])];
    digests.forEach((digest) => age(blobPath(root, digest), ageS));
    age(recordPath(root, action.key), ageS);
    age(`${root}/notes/${fanOut(action.key)}.json`, ageS);
  }
  return action;
}

/** Makes a file or folder look as if nobody had used it for `seconds`. */
export function age(path: string, seconds: number): void {
  const time = new Date(Date.now() - seconds * 1000);
  Deno.utimeSync(path, time, time);
}

export function blobPath(root: string, digest: string | undefined): string {
  return `${root}/objects/${fanOut(digest ?? "")}`;
}

export function recordPath(root: string, key: string): string {
  return `${root}/actions/${fanOut(key)}.json`;
}

export function firstDigest(action: Action): string {
  return Object.values(action.outputs)[0]?.files[0]?.sha256 ?? "";
}

/** Changes one bit of a file whatever its permissions, keeping its size. */
export function flipBit(path: string, at = 0): void {
  const bytes = Deno.readFileSync(path);
  bytes[at] = (bytes[at] ?? 0) ^ 1;
  Deno.chmodSync(path, 0o644);
  Deno.writeFileSync(path, bytes);
}

/** All files below a folder with their sizes and times, to tell whether anything changed. */
export function snapshotOf(folder: string): readonly string[] {
  return [...Deno.readDirSync(folder)].flatMap(({ name, isDirectory }): string[] => {
    const path = `${folder}/${name}`;
    if (isDirectory) return [path, ...snapshotOf(path)];
    const { size, mtime } = Deno.statSync(path);
    return [`${path} ${size} ${mtime?.getTime()}`];
  }).sort();
}

function fanOut(hex: string): string {
  return `${hex.slice(0, 2)}/${hex.slice(2)}`;
}
