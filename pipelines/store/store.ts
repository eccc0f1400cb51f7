/**
 * The contract of a store: blobs by content, actions by cache key.
 *
 * A store never hands out bytes that it has not checked. What it cannot vouch for, it says.
 */

import type { ArtifactKindId } from "../../artifacts/artifact.ts";
import type { Json } from "../../artifacts/weights.ts";
import type { CheckpointSlot } from "../stage.ts";

/** One file of an artifact. */
export interface StoredFile {
  /** Name inside the artifact, `[a-z0-9][a-z0-9_.-]*`. */
  readonly path: string;
  readonly size: number;
  /** Of the bytes, hex; the name of the blob. */
  readonly sha256: string;
}

/** An artifact in the store. */
export interface StoredArtifact {
  readonly kind: ArtifactKindId;
  /** Version of the codec that wrote the files. */
  readonly kindVersion: number;
  /** sha256 of the canonical JSON of `files`: equal content has an equal digest, whatever made it. */
  readonly digest: string;
  /** Sum of the file sizes. */
  readonly bytes: number;
  /** Sorted by path. */
  readonly files: readonly StoredFile[];
}

/** What ran once and what came out of it. */
export interface Action {
  readonly format: 1;
  /** sha256 of the canonical JSON of `document`, hex. */
  readonly key: string;
  /** Everything that the key covers, kept so that `why` can show what differs. */
  readonly document: Json;
  /** Name that the stage had in its pipeline; for people. */
  readonly stage: string;
  readonly outputs: Readonly<Record<string, StoredArtifact>>;
  /** Blob with what the stage printed; absent when it printed nothing. */
  readonly log?: string;
  readonly warnings: readonly string[];
  /** Time that computing took. */
  readonly seconds: number;
  /** ISO 8601, UTC, of the end; for people and for garbage collection. */
  readonly finishedAt: string;
  /** Versions and machine; for people. */
  readonly provenance: Readonly<Record<string, string>>;
}

/** Something stored that is not what was stored. */
export interface Damage {
  /** "output" when a blob is damaged, "record" when the action's own file is. */
  readonly kind: "output" | "record";
  /** Output port and file; empty for a record. */
  readonly port: string;
  readonly file: string;
  /** One sentence with the stage, port, file, expected and found digest. */
  readonly message: string;
}

/** Answer to "is this computed?". */
export type Lookup =
  | { readonly state: "hit"; readonly action: Action }
  | { readonly state: "miss" }
  | { readonly state: "damaged"; readonly damages: readonly Damage[] };

export interface LookupOptions {
  /** Name of the stage, for messages. */
  readonly stage: string;
  /** Do not move what is damaged out of the way, and write nothing: for `plan` and `why`. */
  readonly readOnly?: boolean;
}

/** Who computes a key now. */
export interface Holder {
  readonly host: string;
  readonly pid: number;
  /** ISO 8601, UTC. */
  readonly since: string;
}

/** The right to compute a key; only one process has it. */
export interface Lease {
  /** Names a child process that works under the lease: it lives while either of them does. */
  adopt(pid: number): void;
  release(): void;
}

export interface Store {
  /** Absolute path or address; for messages. */
  readonly location: string;

  /**
   * Looks a key up and checks every output: each blob is there, has its size, and its bytes are known
   * to be good (by hash, or by a file status that has not changed since they were).
   */
  lookup(key: string, options: LookupOptions): Promise<Lookup>;

  /** All readable action records, newest first; damaged ones are left out. */
  listActions(): Promise<readonly Action[]>;

  /** Stores bytes and returns their sha256; storing the same bytes again is free. */
  putBlob(bytes: Uint8Array): Promise<string>;

  /** @throws {DamagedBlobError} When the blob is missing or its bytes are not those that were stored. */
  readBlob(digest: string): Promise<Uint8Array>;

  /** Makes an action visible; its blobs must be stored already. */
  putAction(action: Action): Promise<void>;

  /** Removes what a finished key no longer needs: its checkpoints. */
  clearPartial(key: string): Promise<void>;

  /**
   * The checkpoint slot of a key that is not finished.
   *
   * @param warn Told about each damaged checkpoint that is passed over.
   */
  checkpointSlot(key: string, warn?: (message: string) => void): CheckpointSlot;

  /** Takes the lease of a key, or says who has it. */
  tryLease(key: string): Promise<Lease | Holder>;

  /**
   * Remembers a folder of runs or a lock file, an absolute path: garbage collection keeps their results.
   */
  addRoot(path: string): Promise<void>;

  /** Remembers that the outputs of these keys are good, so that the next lookup need not hash them. */
  settle(keys: readonly string[]): Promise<void>;
}

/** A blob whose bytes are not those that were stored. */
export class DamagedBlobError extends Error {
  override readonly name = "DamagedBlobError";
  constructor(readonly digest: string, readonly found: string, file?: string) {
    const what = file === undefined ? `blob ${digest.slice(0, 12)}` : `"${file}"`;
    super(`Cannot read ${what}: its digest must be ${digest}, but ${found}`);
  }
}

/** The store itself cannot be used: read-only, full, not a folder. Exit code 4. */
export class StoreError extends Error {
  override readonly name = "StoreError";
}
