/** Digests of all code that a stage's modules reach. */

import { type Digest, digestOf } from "./digest.ts";
import type { CodeMemory, CodeNote } from "./code_notes.ts";
import { isSameStatus, isSettled, statusOf } from "../store/file_status.ts";
import { readSyntax } from "./module_syntax.ts";
import { type ImportMap, resolveImport } from "./resolve_import.ts";

/**
 * By module path relative to the root the digest of its syntax; by package name its pinned specifier.
 * Sorted, and one and the same object as long as nothing changes.
 */
export type Code = Readonly<Record<string, string>>;

export interface CodeDigestsOptions {
  /** Absolute folder that paths of modules are relative to; the import map's. */
  readonly root: string;
  readonly imports: ImportMap;
  readonly memory: CodeMemory;
  /** How long a look at the files is believed; 0 looks anew each time. */
  readonly believedMs?: number;
}

export interface CodeDigests {
  /**
   * Follows what the entries load: value imports and re-exports, `import()` and `import.meta.resolve()` of
   * plain text. Imports of types load nothing.
   *
   * @param entries Paths relative to the root.
   * @param isNow Whether a look at the files of a moment ago is too old.
   * @returns Null when there is no file of the first entry; other entries without a file are left out.
   * @throws {SyntaxError} When a module cannot be parsed, or loads what only running it would tell.
   * @throws {Error} When a file that is imported is missing.
   */
  of(entries: readonly string[], isNow?: boolean): Promise<Code | null>;
}

/**
 * Much shorter than a process takes to start and load its modules, and long enough that planning
 * thousands of stages does not look at the same files thousands of times.
 */
const BELIEVED_MS = 50;

export function codeDigests(options: CodeDigestsOptions): CodeDigests {
  return new Digests(options);
}

/** One walk over modules. */
interface Walk {
  /** Looks from before, by performance.now(), are too old. */
  readonly sinceMs: number;
  /** By the clock that file times are in; known once it is needed. */
  clockMs?: number;
}

class Digests implements CodeDigests {
  readonly #options: CodeDigestsOptions;
  readonly #believedMs: number;
  #notes: Map<string, CodeNote> | undefined;
  readonly #lookedAtMs = new Map<string, number>();
  readonly #known = new Map<string, { code: Code; atMs: number }>();
  #last: Promise<unknown> = Promise.resolve();

  constructor(options: CodeDigestsOptions) {
    this.#options = options;
    this.#believedMs = options.believedMs ?? BELIEVED_MS;
  }

  of(entries: readonly string[], isNow = false): Promise<Code | null> {
    const sinceMs = performance.now() - (isNow ? 0 : this.#believedMs);
    const known = this.#known.get(entries.join("\n"));
    if (known !== undefined && known.atMs > sinceMs) return Promise.resolve(known.code);
    // One after the other: a module that is being read for one must not count as looked at for another.
    const found = this.#last.then(() => this.#walk(entries, { sinceMs }));
    this.#last = found.catch(() => undefined);
    return found;
  }

  async #walk(entries: readonly string[], walk: Walk): Promise<Code | null> {
    const name = entries.join("\n");
    const atMs = performance.now();
    const { root, memory } = this.#options;
    const found = entries.filter((path) => isFile(`${root}/${path}`));
    if (found[0] !== entries[0]) return null;
    const modules = await this.#reach(found, walk);
    if (walk.clockMs !== undefined) memory.save(this.#notesNow());
    const code = sameOrNew(this.#known.get(name)?.code, modules);
    this.#known.set(name, { code, atMs });
    return code;
  }

  async #reach(entries: readonly string[], walk: Walk): Promise<ReadonlyMap<string, string>> {
    const found = new Map<string, string>();
    const waiting = entries.map((path) => ({ path, from: "" }));
    for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
      const { path, from } = next;
      if (found.has(path)) continue;
      const { digest, imports } = await this.#note(path, from, walk);
      found.set(path, digest);
      for (const specifier of imports) {
        const target = resolveImport(specifier, path, this.#options.imports);
        if (target.kind === "package") found.set(target.name, target.pinned);
        else if (target.kind === "file") waiting.push({ path: target.path, from: path });
      }
    }
    return found;
  }

  async #note(path: string, from: string, walk: Walk): Promise<CodeNote> {
    const notes = this.#notesNow();
    const known = notes.get(path);
    const lookedAtMs = this.#lookedAtMs.get(path) ?? -Infinity;
    if (known !== undefined && lookedAtMs > walk.sinceMs) return known;
    this.#lookedAtMs.set(path, performance.now());
    const absolute = `${this.#options.root}/${path}`;
    const seen = statusOf(absolute);
    if (known?.isSettled && seen !== undefined && isSameStatus(known.status, seen)) return known;
    // Before the status, and that before the bytes, so that a change meanwhile is seen as one later.
    walk.clockMs ??= this.#options.memory.clockMs();
    const status = statusOf(absolute);
    const bytes = readModule(absolute, path, from);
    const content = digestOf(bytes);
    const syntax = known?.content === content ? known : await syntaxOf(path, bytes, content);
    const note: CodeNote = {
      status: status ?? noStatus,
      isSettled: status !== undefined && isSettled(status, walk.clockMs),
      content,
      digest: syntax.digest,
      imports: syntax.imports,
    };
    notes.set(path, note);
    return note;
  }

  #notesNow(): Map<string, CodeNote> {
    return this.#notes ??= new Map(this.#options.memory.load());
  }
}

/** Of a link: whatever it leads to is read each time. */
const noStatus = { ino: 0, size: 0, mtimeMs: 0, ctimeMs: 0 };

/** Also through links. */
function isFile(path: string): boolean {
  try {
    return Deno.statSync(path).isFile;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}

function readModule(absolute: string, path: string, from: string): Uint8Array {
  try {
    return Deno.readFileSync(absolute);
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
    throw new Error(`Cannot digest the code of ${from}: it imports "${path}", but there is none`, {
      cause: error,
    });
  }
}

/** Data that a module imports counts by content: JSON by its values, the rest by its bytes. */
async function syntaxOf(path: string, bytes: Uint8Array, content: Digest) {
  if (/\.[cm]?[jt]s$/.test(path)) return await readSyntax(path, new TextDecoder().decode(bytes));
  if (!path.endsWith(".json")) return { digest: content, imports: [] };
  const value: unknown = JSON.parse(new TextDecoder().decode(bytes));
  return { digest: digestOf(JSON.stringify(value)), imports: [] };
}

/** Sorted; the code of before where it says the same, so that what is known of the object stays known. */
function sameOrNew(before: Code | undefined, found: ReadonlyMap<string, string>): Code {
  const isSame = before !== undefined && Object.keys(before).length === found.size &&
    [...found].every(([name, value]) => before[name] === value);
  if (isSame) return before;
  return Object.fromEntries([...found].sort(([a], [b]) => a < b ? -1 : 1));
}
