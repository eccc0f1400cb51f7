/** A store in a folder of this machine or of a shared file system. */

import { decodeAction, encodeAction } from "./action_record.ts";
import { type BlobNote, decodeNotes, encodeNotes, noteOf, provesUnchanged } from "./blob_notes.ts";
import { checkpointSlot } from "./checkpoint_slot.ts";
import { digestOf, digestOfFileSync } from "../key/digest.ts";
import { asStoreError, removeIfThere, writeDurably } from "./durable_file.ts";
import { clockMs, fileClock } from "./file_clock.ts";
import { statusOf } from "./file_status.ts";
import { LeaseWatch, tryLease } from "./lease.ts";
import { prepareStore } from "./prepare_store.ts";
import { quarantine } from "./quarantine.ts";
import { namesIn, readIfThere, readTextIfThere } from "./read_if_there.ts";
import { addRoot } from "./roots.ts";
import type { CheckpointSlot } from "../stage.ts";
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
import { touch } from "./touch.ts";
import { recoverBlob } from "./trash.ts";

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
  readonly #now: () => number;
  readonly #watch = new LeaseWatch();
  /** Records as they were last read: a run looks at each twice, to forecast and to take it. */
  readonly #decoded = new Map<string, { readonly text: string; readonly action: Action }>();
  #isPrepared = false;

  constructor(layout: StoreLayout) {
    this.#layout = layout;
    this.#now = fileClock(layout.temporary);
  }

  get location(): string {
    return this.#layout.root;
  }

  lookup(key: string, options: LookupOptions): Promise<Lookup> {
    const action = this.#readAction(key, options);
    if (action === undefined) return Promise.resolve({ state: "miss" });
    if ("message" in action) return Promise.resolve({ state: "damaged", damages: [action] });
    const notes = decodeNotes(readText(this.#layout.notes(key)) ?? "");
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
    // What is there already is believed only after reading it, and touched: garbage collection must see
    // that somebody wants it again.
    const isThere = statusOf(path)?.size === bytes.length && this.#digestOfBlob(path) === digest &&
      touch(path, this.#now());
    if (!isThere) this.#write(path, bytes, 0o444);
    return Promise.resolve(digest);
  }

  async readBlob(digest: string): Promise<Uint8Array> {
    const path = this.#layout.blob(digest);
    const bytes = await readIfThere(path).catch((error) => {
      throw asStoreError(error, `read "${path}"`);
    });
    if (bytes === undefined) throw new DamagedBlobError(digest, "it is missing");
    const found = digestOf(bytes);
    if (found === digest) return bytes;
    throw new DamagedBlobError(digest, `it is ${found}; ${quarantine(this.#layout, path)}`);
  }

  putAction(action: Action): Promise<void> {
    const notes = new Map<string, BlobNote>();
    const nowMs = clockMs(this.#layout.temporary);
    for (const { files } of Object.values(action.outputs)) {
      for (const { sha256, path } of files) {
        const blob = this.#layout.blob(sha256);
        if (statusOf(blob) === undefined) recoverBlob(this.#layout, sha256);
        const status = statusOf(blob);
        if (status === undefined) {
          throw new StoreError(
            `Cannot store the result of stage "${action.stage}": the bytes of "${path}" must be in ` +
              `"${blob}", but somebody has removed them`,
          );
        }
        notes.set(sha256, noteOf(status, nowMs));
      }
    }
    this.#tryWrite(this.#layout.notes(action.key), encodeNotes(notes));
    this.#write(this.#layout.action(action.key), encodeAction(action), 0o644);
    return Promise.resolve();
  }

  clearPartial(key: string): Promise<void> {
    const path = this.#layout.partial(key);
    try {
      removeIfThere(path);
    } catch (error) {
      throw asStoreError(error, `remove "${path}"`);
    }
    return Promise.resolve();
  }

  checkpointSlot(key: string, warn?: (message: string) => void): CheckpointSlot {
    this.#prepare();
    const { temporary } = this.#layout;
    return checkpointSlot(this.#layout.partial(key), { temporary, ...(warn && { warn }) });
  }

  tryLease(key: string): Promise<Lease | Holder> {
    this.#prepare();
    const { lease, temporary } = this.#layout;
    return tryLease({ path: lease(key), temporary, watch: this.#watch });
  }

  addRoot(path: string): Promise<void> {
    addRoot(this.#layout, path);
    return Promise.resolve();
  }

  settle(keys: readonly string[]): Promise<void> {
    const nowMs = keys.length === 0 ? 0 : clockMs(this.#layout.temporary);
    for (const key of keys) {
      const path = this.#layout.notes(key);
      const before = decodeNotes(readText(path) ?? "");
      const settled = [...before].flatMap(([digest, note]) => {
        if (note.isSettled) return [];
        const renewed = this.#settle(digest, nowMs);
        return renewed === undefined ? [] : [[digest, renewed] as const];
      });
      if (settled.length > 0) this.#tryWrite(path, encodeNotes(new Map([...before, ...settled])));
    }
    return Promise.resolve();
  }

  /** Reads a blob if its status is old enough by now to prove that nobody changes it later. */
  #settle(digest: string, nowMs: number): BlobNote | undefined {
    const path = this.#layout.blob(digest);
    const status = statusOf(path);
    if (status === undefined) return undefined;
    const note = noteOf(status, nowMs);
    return note.isSettled && this.#digestOfBlob(path) === digest ? note : undefined;
  }

  #readAction(key: string, options: LookupOptions): Action | Damage | undefined {
    const path = this.#layout.action(key);
    const text = readText(path);
    // What could be touched stays: so a hit is a hit also while garbage is collected.
    if (text === undefined || !options.readOnly && !touch(path, this.#now())) return undefined;
    const known = this.#decoded.get(key);
    if (known?.text === text) return known.action;
    try {
      const action = decodeAction(key, text);
      this.#decoded.set(key, { text, action });
      return action;
    } catch (error) {
      if (!(error instanceof SyntaxError)) throw error;
      const moved = options.readOnly ? "" : `; ${quarantine(this.#layout, path)}`;
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
    const found = status.size === size ? this.#digestOfBlob(path) : `of ${status.size} bytes`;
    if (found === sha256) {
      renewed.set(sha256, noteOf(status, nowMs));
      return undefined;
    }
    const expected = status.size === size ? sha256 : `${sha256} (${size} bytes)`;
    const moved = readOnly ? "" : `; ${quarantine(this.#layout, path)}`;
    return `the stored bytes must have digest ${expected}, but found ${found}${moved}`;
  }

  #digestOfBlob(path: string): string {
    try {
      return digestOfFileSync(path);
    } catch (error) {
      if (error instanceof Deno.errors.NotFound) return "nothing";
      throw asStoreError(error, `read "${path}"`);
    }
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
    if (!this.#isPrepared) prepareStore(this.#layout);
    this.#isPrepared = true;
  }
}

/** Text of a file, or undefined when there is none. @throws {StoreError} When it cannot be read. */
function readText(path: string): string | undefined {
  try {
    return readTextIfThere(path);
  } catch (error) {
    throw asStoreError(error, `read "${path}"`);
  }
}
