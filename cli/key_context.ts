/** What cache keys need to know about this installation. */

import { fileURLToPath } from "node:url";
import type { ArtifactKindId } from "../artifacts/artifact.ts";
import { artifactKinds } from "../artifacts/mod.ts";
import manifest from "../deno.json" with { type: "json" };
import { type Code, codeDigests } from "../pipelines/key/code_digests.ts";
import { codeMemory } from "../pipelines/key/code_notes.ts";
import { digestOfFolder, digestOfKnownFile } from "../pipelines/key/folder_digest.ts";
import { folderMemory } from "../pipelines/key/folder_notes.ts";
import type { EngineFacts, KeyContext } from "../pipelines/key/fingerprint.ts";
import { SYNTAX_VERSION } from "../pipelines/key/module_syntax.ts";
import type { AnyStage } from "../pipelines/stage.ts";

/** Where digests of files in folders, and of modules, are remembered. */
export interface KeyMemory {
  /** Folder of the store. */
  readonly store: string;
  readonly isReadOnly: boolean;
  /** Folder of the modules that stages are made of; this program's own unless given. */
  readonly root?: URL;
}

export function keyContext(engine: EngineFacts, keys: KeyMemory): KeyContext {
  const memory = folderMemory(keys.store, keys.isReadOnly);
  const versions = Object.values(artifactKinds).map(({ id, version }) => [id, version] as const);
  return {
    engine,
    // The table has every kind: its type says so.
    kindVersions: Object.fromEntries(versions) as Record<ArtifactKindId, number>,
    codeOf: codeReader(keys),
    digestOfFile: (path) => digestOfKnownFile(path, memory),
    digestOfFolder: (folder, projectFolder) => digestOfFolder(folder, projectFolder, memory),
  };
}

function codeReader({ store, isReadOnly, root = ownRoot }: KeyMemory): KeyContext["codeOf"] {
  // A program that was not installed as files has an address, and that has its version.
  if (root.protocol !== "file:") return () => Promise.resolve(code);
  const folder = fileURLToPath(root).replace(/[/\\]$/, "");
  const version = `${SYNTAX_VERSION} ${manifest.imports.typescript}`;
  const digests = codeDigests({
    root: folder,
    imports: manifest.imports,
    memory: codeMemory({ store, isReadOnly, root: folder, version }),
  });
  return (stage, isNow) => digests.of(entriesOf(stage), isNow);
}

const ownRoot = new URL("../", import.meta.url);
const code: Code = { zoetrope: manifest.version };

/**
 * By the rule of the house a stage's id is its file, and a kind's codec is the file of its name. What
 * turns the seed of the run into the stage's is reached by the planner, not by the stage.
 */
function entriesOf({ id, inputs, outputs }: AnyStage): readonly string[] {
  const kinds = [...Object.values(inputs), ...Object.values(outputs)];
  const codecs = new Set(kinds.map((kind) => `artifacts/${kind.replace("?", "")}.ts`));
  return [`stages/${id}.ts`, "pipelines/plan/stage_seed.ts", ...codecs];
}
