/** What cache keys need to know about this installation. */

import type { ArtifactKindId } from "../artifacts/artifact.ts";
import { artifactKinds } from "../artifacts/mod.ts";
import { digestOfFile } from "../pipelines/digest.ts";
import type { EngineFacts, KeyContext } from "../pipelines/fingerprint.ts";

export function keyContext(engine: EngineFacts): KeyContext {
  const versions = Object.values(artifactKinds).map(({ id, version }) => [id, version] as const);
  return {
    engine,
    // The table has every kind: its type says so.
    kindVersions: Object.fromEntries(versions) as Record<ArtifactKindId, number>,
    digestOfFile,
  };
}
