/** What cache keys need to know about this installation. */

import type { ArtifactKindId } from "../artifacts/artifact.ts";
import { artifactKinds } from "../artifacts/mod.ts";
import { digestOfFile } from "../pipelines/digest.ts";
import { digestOfFolder } from "../pipelines/folder_digest.ts";
import { folderMemory } from "../pipelines/folder_notes.ts";
import type { EngineFacts, KeyContext } from "../pipelines/fingerprint.ts";

/** Where digests of files in folders are remembered. */
export interface KeyMemory {
  /** Folder of the store. */
  readonly store: string;
  readonly isReadOnly: boolean;
}

export function keyContext(engine: EngineFacts, { store, isReadOnly }: KeyMemory): KeyContext {
  const memory = folderMemory(store, isReadOnly);
  const versions = Object.values(artifactKinds).map(({ id, version }) => [id, version] as const);
  return {
    engine,
    // The table has every kind: its type says so.
    kindVersions: Object.fromEntries(versions) as Record<ArtifactKindId, number>,
    digestOfFile,
    digestOfFolder: (folder, projectFolder) => digestOfFolder(folder, projectFolder, memory),
  };
}
