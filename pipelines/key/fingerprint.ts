/** What is in a cache key, and why. Whatever is not named here cannot cause a stage to run again. */

import type { ArtifactKindId } from "../../artifacts/artifact.ts";
import type { Json } from "../../artifacts/weights.ts";
import { canonicalJson } from "./canonical_json.ts";
import type { Code } from "./code_digests.ts";
import { type CacheKey, type Digest, digestOf, parseCacheKey, parseDigest } from "./digest.ts";
import { omitLegacyDefaults } from "../plan/legacy_defaults.ts";
import type { PlannedStage } from "../plan/plan.ts";
import type { AnyStage } from "../stage.ts";
import { writtenParams } from "../plan/written_params.ts";

/**
 * Everything that may change a stage's result. Kept beside the result, so that `why` can name the
 * field that differs.
 *
 * Not in it, because none of it changes a result: the stage's name, the file and line of a value, the
 * order of keys, where the project lies, time, host, workers and threads, retries, and the parameters
 * that the stage declares as `ignored`. Deno's version is not in it either: ECMAScript fixes what our code
 * computes, tensors are the engine's, and an update of Deno would otherwise discard every training.
 */
export interface KeyDocument {
  /** Version of this very layout: an old record must not be taken for a new one. */
  readonly format: 2;
  /** The version may be raised by hand when equal inputs and equal code may give other outputs. */
  readonly stage: { readonly id: string; readonly version: number };
  /** All modules that the stage loads, and the pinned packages; null for a stage without a module. */
  readonly code: Code | null;
  /** Complete, so that a changed default is a change; without `ignored`, file and legacy parameters. */
  readonly params: { readonly [name: string]: Json };
  /** Content of files and folders that parameters name: a path says nothing about what is in them. */
  readonly files: { readonly [param: string]: Digest | readonly Digest[] };
  /** Content of inputs by port, not the keys that made them: equal bytes keep what follows cached. */
  readonly inputs: { readonly [port: string]: Digest };
  /** Of the run; every random number of a stage derives from it. */
  readonly seed: number;
  /** Another backend or library rounds differently; null for stages that compute no tensors. */
  readonly engine: EngineFacts | null;
  /** A new codec version writes other bytes, so old results cannot be compared with new ones. */
  readonly outputs: {
    readonly [port: string]: { readonly kind: ArtifactKindId; readonly version: number };
  };
  /**
   * Which of `params` the config writes: the rest are defaults of the stage. Kept for `why`, and the one
   * field that is not in the key, since writing a default out changes nothing.
   */
  readonly written: readonly string[];
}

/** The part of `EngineInfo` that changes numbers; the number of threads is not part of it. */
export interface EngineFacts {
  readonly backend: string;
  /** "onnxruntime 1.30.0". */
  readonly version: string;
}

/** Facts about this installation that keys depend on. */
export interface KeyContext {
  readonly engine: EngineFacts;
  /** Codec version of each artifact kind. */
  readonly kindVersions: Readonly<Record<ArtifactKindId, number>>;
  /**
   * The code of a stage as it is now, asked at each start of a stage: an edit during a run must not
   * store the result of new code under the key of the old.
   *
   * @param isNow Whether a look at the files of a moment ago is too old.
   */
  readonly codeOf: (stage: AnyStage, isNow?: boolean) => Promise<Code | null>;
  /** Digest of a file's content; may remember it. */
  readonly digestOfFile: (absolutePath: string) => Promise<Digest>;
  /** Digest of all that is in a folder of the project; may remember it. */
  readonly digestOfFolder: (absolutePath: string, projectFolder: string) => Promise<Digest>;
}

export interface Fingerprint {
  readonly key: CacheKey;
  readonly document: KeyDocument;
}

/**
 * The key of a stage, once the content of its inputs is known.
 *
 * @param inputs Digest of each connected input, by port.
 * @throws {Error} When a connected input has no digest.
 */
export async function keyOf(
  planned: PlannedStage,
  inputs: Readonly<Record<string, string>>,
  context: KeyContext,
): Promise<Fingerprint> {
  const { stage } = planned;
  const { ignored = [], files = [], folders = [] } = stage;
  const left = new Set<string>([...ignored, ...files, ...folders]);
  const params = Object.fromEntries(
    Object.entries(planned.params).filter(([name]) => !left.has(name)),
  );
  const document: KeyDocument = {
    format: 2,
    stage: { id: stage.id, version: stage.version },
    code: await context.codeOf(stage),
    params: omitLegacyDefaults(params, stage),
    files: await fileDigests(planned, context),
    inputs: inputDigests(planned, inputs),
    seed: planned.runSeed,
    engine: stage.permissions?.engine === true
      ? { backend: context.engine.backend, version: context.engine.version }
      : null,
    outputs: Object.fromEntries(
      Object.entries(stage.outputs).map(([port, kind]) => [
        port,
        { kind, version: context.kindVersions[kind] },
      ]),
    ),
    written: writtenParams(params, planned.config.with),
  };
  return { key: cacheKey(document), document };
}

/** sha256 of the document's canonical JSON without `written`, with the digest of `code` in its place. */
export function cacheKey({ written: _, code, ...rest }: KeyDocument): CacheKey {
  const hashed = { ...rest, code: code === null ? null : digestOfCode(code) };
  return parseCacheKey(digestOf(canonicalJson(hashed)));
}

const knownDigests = new WeakMap<Code, Digest>();

/** sha256 of canonical JSON; once per object, since stages of one kind share hundreds of modules. */
export function digestOfCode(code: Code): Digest {
  const known = knownDigests.get(code);
  if (known !== undefined) return known;
  const digest = digestOf(canonicalJson(code));
  knownDigests.set(code, digest);
  return digest;
}

async function fileDigests(
  planned: PlannedStage,
  context: KeyContext,
): Promise<KeyDocument["files"]> {
  const digests: Record<string, Digest | readonly Digest[]> = {};
  for (const { param, kind, paths, isList, projectFolder } of planned.files) {
    const digest = (path: string) =>
      kind === "file" ? context.digestOfFile(path) : context.digestOfFolder(path, projectFolder);
    const each = await Promise.all(paths.map((path) => digest(path.absolute)));
    const only = each[0];
    if (isList) digests[param] = each;
    else if (only !== undefined) digests[param] = only;
  }
  return digests;
}

function inputDigests(
  planned: PlannedStage,
  inputs: Readonly<Record<string, string>>,
): KeyDocument["inputs"] {
  return Object.fromEntries([...planned.inputs].map(([port, edge]) => {
    const digest = inputs[port];
    if (digest === undefined) {
      throw new Error(
        `Cannot compute the key of stage "${planned.name}": input "${port}" needs the digest of "${edge.stage}.${edge.output}", but it is not known`,
      );
    }
    return [port, parseDigest(digest)];
  }));
}
