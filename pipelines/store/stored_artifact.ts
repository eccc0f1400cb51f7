/** Values in and out of a store: encoded by their kind, hashed file by file. */

import type {
  ArtifactFiles,
  ArtifactKindId,
  ArtifactKinds,
  ArtifactKindTable,
} from "../../artifacts/artifact.ts";
import { canonicalJson } from "../key/canonical_json.ts";
import { digestOf } from "../key/digest.ts";
import { DamagedBlobError, type Store, type StoredArtifact, type StoredFile } from "./store.ts";

const FILE_NAME = /^[a-z0-9][a-z0-9_.-]{0,63}$/;

/** The digest of an artifact: of its file names, sizes and contents, and of nothing else. */
export function artifactDigest(files: readonly StoredFile[]): string {
  return digestOf(canonicalJson(files));
}

/** Encodes a value and stores its files. @throws {Error} When the kind chooses a name that is not a file name. */
export async function storeArtifact<Id extends ArtifactKindId>(
  store: Store,
  kinds: ArtifactKindTable,
  kind: Id,
  value: ArtifactKinds[Id],
): Promise<StoredArtifact> {
  const codec = kinds[kind];
  const files: StoredFile[] = [];
  for (const [path, bytes] of [...codec.encode(value)].sort(([a], [b]) => (a < b ? -1 : 1))) {
    if (!FILE_NAME.test(path)) {
      throw new Error(`Cannot store ${kind}: a file must be named ${FILE_NAME}, not "${path}"`);
    }
    files.push({ path, size: bytes.length, sha256: await store.putBlob(bytes) });
  }
  const bytes = files.reduce((sum, { size }) => sum + size, 0);
  return { kind, kindVersion: codec.version, digest: artifactDigest(files), bytes, files };
}

/** Reads an artifact's value; every byte is verified. @throws {Error} Naming the file that is damaged. */
export function loadArtifact<Id extends ArtifactKindId>(
  store: Store,
  kinds: ArtifactKindTable,
  kind: Id,
  artifact: StoredArtifact,
): Promise<ArtifactKinds[Id]> {
  if (artifact.kind !== kind) {
    throw new TypeError(`Cannot load ${kind}: the stored artifact is ${artifact.kind}`);
  }
  return kinds[kind].decode(artifactFiles(store, artifact));
}

/** The files of an artifact; reading one verifies it. */
export function artifactFiles(store: Store, artifact: StoredArtifact): ArtifactFiles {
  return {
    names: artifact.files.map(({ path }) => path),
    async read(name) {
      const file = artifact.files.find(({ path }) => path === name);
      if (file === undefined) {
        throw new Error(`Cannot read "${name}": the artifact has no such file`);
      }
      try {
        return await store.readBlob(file.sha256);
      } catch (error) {
        if (!(error instanceof DamagedBlobError)) throw error;
        throw new DamagedBlobError(file.sha256, error.found, name);
      }
    },
  };
}
