/** A store in a folder of this machine or of a shared file system. */

import { decodeAction, encodeAction } from "./action_record.ts";
import { type BlobNote, decodeNotes, encodeNotes, noteOf, provesUnchanged } from "./blob_notes.ts";
import { checkpointSlot } from "./checkpoint_slot.ts";
import { digestOf } from "./digest.ts";
import { asStoreError, removeIfThere, writeDurably } from "./durable_file.ts";
import { clockMs } from "./file_clock.ts";
import { isSameStatus, statusOf } from "./file_status.ts";
import { tryLease } from "./lease.ts";
import type { CheckpointSlot } from "./stage.ts";
import {
  type Action,
  type Damage,
  DamagedBlobError,
  type Holder,
  type Lease,
  type Lookup,
  type LookupOptions,
  type Store,
  type StoredFile,
  StoreError,
} from "./store.ts";
import { type StoreLayout, storeLayout } from "./store_layout.ts";

/** Backup programs skip folders with this file: https://bford.info/cachedir/. */
const CACHE_TAG = "Signature: 8a477f597d28d172789f06886806bc55\n" +
  "# Results of Zoetrope pipelines; safe to delete, they are computed again.\n";

/** Nobody writes one file for a day. */
const ABANDONED_MS = 86_400_000;

/**
 * Opens the store in `root`, an absolute path. Nothing is created before the first write.
 *
 * Blobs are named by their sha256 and are read-only; an action is written after its blobs, so a record
 * that can be read means that its blobs were whole.
 */
export function openLocalStore(root: string): Store {
  return new LocalStore(storeLayout(root));
}

class LocalStore implements Store {
  readonly #layout: StoreLayout;
  #isPrepared = false;

  constructor(layout: StoreLayout) {
    this.#layout = layout;
  }

  get location(): string {
    return this.#layout.root;
  }

  lookup(key: string, options: LookupOptions): Promise<Lookup> {
    const action = this.#readAction(key, options);
    if (action === undefined) return Promise.resolve({ state: "miss" });
    if ("message" in action) return Promise.resolve({ state: "damaged", damages: [action] });
    const notes = decodeNotes(readTextIfThere(this.#layout.notes(key)) ?? "");
    const renewed = new Map<string, BlobNote>();
    const damages: Damage[] = [];
    for (const [port, { files }] of Object.entries(action.outputs)) {
      for (const file of files) {
        const message = this.#checkBlob(file, notes.get(file.sha256), renewed, options);
        if (message === undefined) continue;
        const where = `stage "${options.stage}", output "${port}", file "${file.path}"`;
        damages.push({ kind: "output", port, file: file.path, message: `${where}: ${message}` });
      }
    }
    if (damages.length > 0) return Promise.resolve({ state: "damaged", damages });
    if (renewed.size > 0 && !options.readOnly) {
      this.#tryWrite(this.#layout.notes(key), encodeNotes(new Map([...notes, ...renewed])));
    }
    return Promise.resolve({ state: "hit", action });
  }

  listActions(): Promise<readonly Action[]> {
    const actions: Action[] = [];
    for (const folder of namesIn(this.#layout.actions)) {
      for (const name of namesIn(`${this.#layout.actions}/${folder}`)) {
        const key = folder + name.replace(/\.json$/, "");
        const action = this.#readAction(key, { stage: "", readOnly: true });
        if (action !== undefined && !("message" in action)) actions.push(action);
      }
    }
    actions.sort((a, b) => (a.finishedAt < b.finishedAt ? 1 : -1));
    return Promise.resolve(actions);
  }

  putBlob(bytes: Uint8Array): Promise<string> {
    const digest = digestOf(bytes);
    const path = this.#layout.blob(digest);
    // What is there already is believed only after reading it.
    const isThere = statusOf(path)?.size === bytes.length &&
      digestOf(Deno.readFileSync(path)) === digest;
    if (!isThere) this.#write(path, bytes, 0o444);
    return Promise.resolve(digest);
  }

  async readBlob(digest: string): Promise<Uint8Array> {
    const path = this.#layout.blob(digest);
    const bytes = await readIfThere(path);
    if (bytes === undefined) throw new DamagedBlobError(digest, "it is missing");
    const found = digestOf(bytes);
    if (found === digest) return bytes;
    throw new DamagedBlobError(digest, `it is ${found}; ${this.#quarantine(path)}`);
  }

  putAction(action: Action): Promise<void> {
    const notes = new Map<string, BlobNote>();
    const nowMs = clockMs(this.#layout.temporary);
    for (const { files } of Object.values(action.outputs)) {
      for (const { sha256, path } of files) {
        const status = statusOf(this.#layout.blob(sha256));
        if (status === undefined) {
          throw new Error(`Internal error: cannot put action ${action.key}: no blob for "${path}"`);
        }
        notes.set(sha256, noteOf(status, nowMs));
      }
    }
    this.#tryWrite(this.#layout.notes(action.key), encodeNotes(notes));
    this.#write(this.#layout.action(action.key), encodeAction(action), 0o644);
    return Promise.resolve();
  }

  clearPartial(key: string): Promise<void> {
    removeIfThere(this.#layout.partial(key));
    return Promise.resolve();
  }

  checkpointSlot(key: string, warn?: (message: string) => void): CheckpointSlot {
    this.#prepare();
    const { temporary } = this.#layout;
    return checkpointSlot(this.#layout.partial(key), { temporary, ...(warn && { warn }) });
  }

  tryLease(key: string): Promise<Lease | Holder> {
    this.#prepare();
    return tryLease({ path: this.#layout.lease(key), temporary: this.#layout.temporary });
  }

  settle(keys: readonly string[]): Promise<void> {
    const nowMs = keys.length === 0 ? 0 : clockMs(this.#layout.temporary);
    for (const key of keys) {
      const path = this.#layout.notes(key);
      const notes = new Map(decodeNotes(readTextIfThere(path) ?? ""));
      for (const [digest, note] of notes) {
        const status = statusOf(this.#layout.blob(digest));
        if (status === undefined || !isSameStatus(status, note.status)) notes.delete(digest);
        else notes.set(digest, noteOf(status, nowMs));
      }
      this.#tryWrite(path, encodeNotes(notes));
    }
    return Promise.resolve();
  }

  #readAction(key: string, options: LookupOptions): Action | Damage | undefined {
    const path = this.#layout.action(key);
    const text = readTextIfThere(path);
    if (text === undefined) return undefined;
    try {
      return decodeAction(key, text);
    } catch (error) {
      if (!(error instanceof SyntaxError)) throw error;
      const moved = options.readOnly ? "" : `; ${this.#quarantine(path)}`;
      const message = `stage "${options.stage}": ${error.message}${moved}`;
      return { kind: "record", port: "", file: "", message };
    }
  }

  /** Undefined when the blob is good; otherwise what is wrong with it. */
  #checkBlob(
    { sha256, size }: StoredFile,
    note: BlobNote | undefined,
    renewed: Map<string, BlobNote>,
    { readOnly }: LookupOptions,
  ): string | undefined {
    const path = this.#layout.blob(sha256);
    const status = statusOf(path);
    if (status === undefined) {
      return `the stored bytes must have digest ${sha256}, but they are missing`;
    }
    if (provesUnchanged(note, status)) return undefined;
    // Before reading, so that a change while reading is seen as one later.
    const nowMs = readOnly ? 0 : clockMs(this.#layout.temporary);
    const found = status.size === size
      ? digestOf(Deno.readFileSync(path))
      : `of ${status.size} bytes`;
    if (found === sha256) {
      renewed.set(sha256, noteOf(status, nowMs));
      return undefined;
    }
    const expected = status.size === size ? sha256 : `${sha256} (${size} bytes)`;
    const moved = readOnly ? "" : `; ${this.#quarantine(path)}`;
    return `the stored bytes must have digest ${expected}, but found ${found}${moved}`;
  }

  /** Moves a damaged file to where nobody takes it for a good one, and says so. */
  #quarantine(path: string): string {
    const name = path.slice(this.#layout.root.length + 1).replaceAll("/", "-");
    const target = `${this.#layout.corrupt}/${name}-${crypto.randomUUID().slice(0, 8)}`;
    try {
      Deno.mkdirSync(this.#layout.corrupt, { recursive: true });
      Deno.renameSync(path, target);
    } catch (error) {
      if (error instanceof Deno.errors.NotFound) return "it is gone by now";
      throw asStoreError(error, `move the damaged file "${path}" away`);
    }
    return `moved to corrupt/${target.slice(this.#layout.corrupt.length + 1)}`;
  }

  #write(path: string, bytes: Uint8Array, mode: number): void {
    this.#prepare();
    writeDurably(path, bytes, { temporary: this.#layout.temporary, mode });
  }

  /** Writes what is only a memory: a store that cannot be written still serves. */
  #tryWrite(path: string, bytes: Uint8Array): void {
    try {
      writeDurably(path, bytes, { temporary: this.#layout.temporary, isFlushed: false });
    } catch (error) {
      if (!(error instanceof StoreError)) throw error;
    }
  }

  #prepare(): void {
    if (this.#isPrepared) return;
    const { root, temporary, leases } = this.#layout;
    try {
      for (const folder of [temporary, leases]) Deno.mkdirSync(folder, { recursive: true });
      sweep(temporary);
      if (statusOf(`${root}/CACHEDIR.TAG`) === undefined) {
        writeDurably(`${root}/CACHEDIR.TAG`, new TextEncoder().encode(CACHE_TAG), { temporary });
      }
    } catch (error) {
      throw asStoreError(error, `open the store "${root}"`);
    }
    this.#isPrepared = true;
  }
}

/** Removes what killed processes left unfinished long ago. */
function sweep(folder: string): void {
  for (const name of namesIn(folder)) {
    const status = statusOf(`${folder}/${name}`);
    if (status !== undefined && Date.now() - status.mtimeMs > ABANDONED_MS) {
      removeIfThere(`${folder}/${name}`);
    }
  }
}

function readTextIfThere(path: string): string | undefined {
  try {
    return Deno.readTextFileSync(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw asStoreError(error, `read "${path}"`);
  }
}

async function readIfThere(path: string): Promise<Uint8Array | undefined> {
  try {
    return await Deno.readFile(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}

function namesIn(folder: string): string[] {
  try {
    return [...Deno.readDirSync(folder)].map(({ name }) => name);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return [];
    throw error;
  }
}
