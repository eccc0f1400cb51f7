/**
 * The lock file: keys and output digests of the last good run, beside the config.
 *
 * It is YAML that a person can compare line by line; it is written whole, in one order, and ends with
 * the line "...", so that a file that was cut is known for one.
 */

import { LineCounter, parseDocument, visit } from "yaml";
import { z } from "zod";
import type { Json } from "../../artifacts/weights.ts";
import { canonicalJson } from "../key/canonical_json.ts";
import { digestOf } from "../key/digest.ts";
import { findDeepPlace } from "../config/estimate_depth.ts";
import { limits } from "../config/limits.ts";
import type { Action } from "../store/store.ts";

export interface LockedStage {
  readonly uses: string;
  readonly key: string;
  /** Digest of each output's content, by port. */
  readonly outputs: Readonly<Record<string, string>>;
  /** What the key covers; of the code one digest only. */
  readonly document: { readonly [field: string]: Json };
}

export interface LockFile {
  readonly format: 1;
  /** Of all keys and output digests together; a file that was edited or merged by hand has another. */
  readonly results: string;
  /** By the stage's name. */
  readonly stages: Readonly<Record<string, LockedStage>>;
}

/** A lock file that cannot be used; the message names the file and the line. */
export class LockFileError extends Error {
  override readonly name = "LockFileError";
}

/** What git leaves in a file that two sides changed. */
const MARKER = /^(<{7}|={7}|>{7}|\|{7})/m;

const MAX_MIB = 64;
const ADVICE = "delete it, or take it from git again; the results in the store are not affected";

/** `x.yaml` with the profiles `p`, `q` -> `x.p.q.lock.yaml`. */
export function lockPathOf(config: string, profiles: readonly string[]): string {
  return [config.replace(/\.ya?ml$/, ""), ...profiles, "lock.yaml"].join(".");
}

export function isLockPath(path: string): boolean {
  return path.endsWith(".lock.yaml");
}

/**
 * Reads a lock file.
 *
 * @throws {LockFileError} When it has conflict markers, is cut, is of another format or no lock file.
 * @throws {Deno.errors.NotFound} When there is none.
 */
export function readLockFile(path: string): LockFile {
  return parseLockFile(Deno.readTextFileSync(path), path);
}

/** @param path For messages. @throws {LockFileError} */
export function parseLockFile(text: string, path: string): LockFile {
  const refuse = (line: number, found: string) =>
    new LockFileError(`Cannot read the lock file ${path}:${line}: ${found}; ${ADVICE}`);
  const lines = text.split("\n");
  const marker = lines.findIndex((line) => MARKER.test(line));
  if (marker >= 0) throw refuse(marker + 1, "git left the marker of a conflict here");
  if (text.length > MAX_MIB * 2 ** 20) throw refuse(1, `it must have at most ${MAX_MIB} MiB`);
  const end = text.trimEnd().split("\n").length;
  if (lines[end - 1] !== "...") throw refuse(end, 'it is cut: the last line must be "..."');
  if (findDeepPlace(text, limits.depth) !== undefined) throw refuse(1, "it nests too deep");
  const counter = new LineCounter();
  const options = { schema: "core", lineCounter: counter, prettyErrors: false } as const;
  const document = parseDocument(text, options);
  const lineAt = (offset: number) => counter.linePos(offset).line;
  const [error] = document.errors;
  if (error !== undefined) throw refuse(lineAt(error.pos[0]), error.message);
  const format = document.get("format");
  if (format !== 1) {
    const shown = JSON.stringify(format) ?? "none";
    throw refuse(lineOf(document, ["format"], lineAt), `its format must be 1, but is ${shown}`);
  }
  visit(document, {
    Alias(_, { range }) {
      throw refuse(lineAt(range?.[0] ?? 0), "a lock file has no aliases");
    },
  });
  const parsed = lockSchema.safeParse(document.toJS());
  if (parsed.success) {
    if (parsed.data.results === digestOfResults(parsed.data.stages)) return parsed.data;
    const line = lineOf(document, ["results"], lineAt);
    throw refuse(line, "it is not as a run wrote it, but was edited or merged");
  }
  const issue = parsed.error.issues[0];
  const field = issue?.path ?? [];
  throw refuse(lineOf(document, field, lineAt), `"${field.join(".")}": ${issue?.message}`);
}

/** Artifact digests of all outputs; each once. */
export function lockedDigests({ stages }: LockFile): string[] {
  return [...new Set(Object.values(stages).flatMap(({ outputs }) => Object.values(outputs)))];
}

/** Whether this text is a lock file with these results, found without reading all of it. */
export function isLockOf(text: string, stages: LockedResults): boolean {
  return text.includes(`\nresults: "${digestOfResults(stages)}"\n`) && text.endsWith("\n...\n") &&
    !MARKER.test(text);
}

type LockedResults = Readonly<Record<string, Pick<LockedStage, "key" | "outputs">>>;

function digestOfResults(stages: LockedResults): string {
  return digestOf(canonicalJson(
    Object.entries(stages).map(([name, { key, outputs }]) => [name, key, outputs])
      .sort(([a = ""], [b = ""]) => (a < b ? -1 : 1)),
  ));
}

/** What a lock file says of a result. */
export function lockedStage(uses: string, { key, document, outputs }: Action): LockedStage {
  const digests = Object.entries(outputs).map(([port, { digest }]) => [port, digest]);
  return { uses, key, outputs: Object.fromEntries(digests), document: hashedPart(document) };
}

/** A key document as a lock file keeps it: without what is not in the key, and of the code one digest. */
export function hashedPart(document: Json): LockedStage["document"] {
  if (typeof document !== "object" || document === null || !("stage" in document)) return {};
  const { written: _, code, ...rest } = document as { readonly [field: string]: Json };
  if (code === undefined) return rest;
  return { ...rest, code: code === null ? null : digestOf(canonicalJson(code)) };
}

/** The text of a lock file, in an order that depends on nothing but its content. */
export function lockFileText(stages: LockFile["stages"]): string {
  const results = digestOfResults(stages);
  const content = { format: 1, results, stages: stages as unknown as Json };
  const head =
    "# Keys and results of the last good run, which `run --frozen` proves. Nobody edits it.\n";
  return `${head}${yamlLines(content, "")}...\n`;
}

/** Block style for maps, JSON for everything else: YAML that differs in the lines that differ. */
function yamlLines(map: { readonly [key: string]: Json }, indent: string): string {
  const lines = Object.keys(map).sort().map((key) => {
    const value = map[key] ?? null;
    const name = isPlain(key) ? key : JSON.stringify(key);
    const isMap = typeof value === "object" && value !== null && !Array.isArray(value);
    if (!isMap || Object.keys(value).length === 0) {
      return `${indent}${name}: ${JSON.stringify(value)}\n`;
    }
    return `${indent}${name}:\n${yamlLines(value as { [key: string]: Json }, `${indent}  `)}`;
  });
  return lines.join("");
}

/** A key that YAML reads as this very text without quotes. */
function isPlain(key: string): boolean {
  return /^[a-z][a-z0-9_-]*$/i.test(key) && !/^(null|true|false)$/i.test(key);
}

function lineOf(
  document: ReturnType<typeof parseDocument>,
  path: readonly PropertyKey[],
  lineAt: (offset: number) => number,
): number {
  // The deepest part of the path that is there.
  for (let length = path.length; length > 0; length--) {
    const node = document.getIn(path.slice(0, length), true);
    if (typeof node === "object" && node !== null && "range" in node && Array.isArray(node.range)) {
      return lineAt(Number(node.range[0]));
    }
  }
  return 1;
}

const hex = z.string().regex(/^[0-9a-f]{64}$/);

const lockSchema = z.strictObject({
  format: z.literal(1),
  results: hex,
  stages: z.record(
    z.string(),
    z.strictObject({
      uses: z.string(),
      key: hex,
      outputs: z.record(z.string(), hex),
      document: z.record(z.string(), z.json()),
    }),
  ),
});
