/** Making a folder a store, before its first write; a reader never does. */

import { asStoreError, removeIfThere, writeDurably } from "./durable_file.ts";
import { clockMs } from "./file_clock.ts";
import { statusOf } from "./file_status.ts";
import { namesIn } from "./read_if_there.ts";
import { StoreError } from "./store.ts";
import type { StoreLayout } from "./store_layout.ts";

/** Backup programs skip folders with this file: https://bford.info/cachedir/. */
const CACHE_TAG = "Signature: 8a477f597d28d172789f06886806bc55\n" +
  "# Results of Zoetrope pipelines; safe to delete, they are computed again.\n";

/** Nobody writes one file for a day. */
export const ABANDONED_MS = 86_400_000;

/** Makes the folders and removes abandoned files. @throws {StoreError} When nothing can be written. */
export function prepareStore({ root, temporary, leases }: StoreLayout): void {
  catchFileSizeSignal();
  try {
    requireOwn(root);
    [temporary, leases].forEach(makeFolder);
    abandonedIn(temporary, clockMs(temporary)).forEach(removeIfThere);
    if (statusOf(`${root}/CACHEDIR.TAG`) === undefined) {
      writeDurably(`${root}/CACHEDIR.TAG`, new TextEncoder().encode(CACHE_TAG), { temporary });
    }
  } catch (error) {
    throw asStoreError(error, `open the store "${root}"`);
  }
}

/**
 * Refuses a folder that something else lives in: there, `tmp` and `trash` are not ours to empty.
 *
 * @throws {StoreError} Naming what is in it.
 */
export function requireOwn(root: string): void {
  const names = namesIn(root);
  // A stranger's project may bring a store along whose folders lead to the user's own.
  const link = names.find((name) =>
    OWN_NAMES.has(name) && Deno.lstatSync(`${root}/${name}`).isSymlink
  );
  if (link !== undefined) {
    throw new StoreError(
      `Cannot open the store "${root}": "${link}" in it must be a folder, but is a link`,
    );
  }
  if (names.includes("CACHEDIR.TAG")) return;
  const foreign = names.find((name) => !OWN_NAMES.has(name));
  if (foreign === undefined) return;
  throw new StoreError(
    `Cannot open the store "${root}": it must be new, empty or a store, but "${foreign}" is in it`,
  );
}

/** What a store has in it before it has a tag, when two processes begin it at once. */
const OWN_NAMES: ReadonlySet<string> = new Set([
  ...["objects", "actions", "partial", "leases", "roots"],
  ...["notes", "drawings", "tmp", "corrupt", "trash"],
]);

/** What killed processes left unfinished long before `nowMs`, by the file system's clock. */
export function abandonedIn(temporary: string, nowMs: number): string[] {
  return namesIn(temporary).map((name) => `${temporary}/${name}`).filter((path) => {
    const status = statusOf(path);
    return status !== undefined && nowMs - status.mtimeMs > ABANDONED_MS;
  });
}

/** Looked for first: a worker may write a few folders of the store only. */
function makeFolder(path: string): void {
  try {
    if (Deno.statSync(path).isDirectory) return;
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
  Deno.mkdirSync(path, { recursive: true });
}

let isCaught = false;

/** Under `ulimit -f` a write that is too long kills a process unless it listens; then it is an error. */
function catchFileSizeSignal(): void {
  if (isCaught || Deno.build.os === "windows") return;
  Deno.addSignalListener("SIGXFSZ", () => undefined);
  isCaught = true;
}
