/** What is wrong with a config, at which place, and what would be right. */

import { locate, type Origin, type Position } from "./source.ts";

export interface Diagnostic extends Position {
  readonly message: string;
  /** What to do: `Did you mean "steps"?` */
  readonly hint?: string;
}

/** A config that cannot be used; carries everything that is wrong with it. */
export class ConfigError extends Error {
  override readonly name = "ConfigError";
  readonly diagnostics: readonly Diagnostic[];

  constructor(diagnostics: readonly Diagnostic[]) {
    super(diagnostics.map(formatDiagnostic).join("\n"));
    this.diagnostics = diagnostics;
  }
}

/**
 * The place and message, the source line and a squiggle:
 *
 * ```
 * configs/tiny.yaml:5:5 Unknown key "parms"
 *       parms:
 *       ~~~~~
 *   Did you mean "params"?
 * ```
 */
export function formatDiagnostic(diagnostic: Diagnostic): string {
  const { file, line, column, message, hint } = diagnostic;
  const lines = [`${file}:${line}:${column} ${message}`, ...drawSource(diagnostic)];
  if (hint !== undefined) lines.push(`  ${hint}`);
  return lines.map(printable).join("\n");
}

/** The source line and a squiggle; nothing when there is no source to show, as for a missing file. */
function drawSource({ sourceLine, column, length }: Position): readonly string[] {
  if (sourceLine.trim() === "") return [];
  const before = sourceLine.slice(0, column - 1);
  // Wide lines are cut around the squiggle: a flow map may put a whole pipeline on one line.
  const cut = before.length > 80 ? before.length - 80 : 0;
  const shown = sourceLine.slice(cut, cut + 140);
  const pad = before.slice(cut).replace(/[^\t]/g, " ");
  const squiggle = "~".repeat(Math.max(1, Math.min(length, 140 - pad.length)));
  return [`    ${shown}`, `    ${pad}${squiggle}`];
}

/** Collects diagnostics, so that a person sees all of them at once. */
export class Diagnostics {
  /** Beyond this nobody reads on, and each near-name search costs time. */
  static readonly limit = 100;
  readonly #found: Diagnostic[] = [];
  /** By place and message, whatever the point of a sweep: where it is in `#found`, and how often more. */
  readonly #seen = new Map<string, { readonly index: number; points: number }>();
  #dropped = 0;

  get isEmpty(): boolean {
    return this.#found.length === 0;
  }

  /** @param hint Computed only when the diagnostic is kept. */
  add(origin: Origin, message: string, hint?: () => string | undefined): void {
    const { file } = origin.source;
    const same = `${file} ${origin.start} ${origin.end} ${message.replace(/@[^"]*"/g, '"')}`;
    const seen = this.#seen.get(same);
    if (seen !== undefined) {
      if (this.#found[seen.index]?.message !== message) seen.points++;
      return;
    }
    if (this.#found.length >= Diagnostics.limit) {
      this.#dropped++;
      return;
    }
    const text = hint?.();
    this.#seen.set(same, { index: this.#found.length, points: 0 });
    this.#found.push({ ...locate(origin), message, ...(text === undefined ? {} : { hint: text }) });
  }

  /** @throws {ConfigError} When anything was added. */
  throwIfAny(): void {
    if (this.isEmpty) return;
    for (const { index, points } of this.#seen.values()) {
      const found = this.#found[index];
      if (found === undefined || points === 0) continue;
      const more = `the same at ${points} more point${points === 1 ? "" : "s"}`;
      this.#found[index] = { ...found, hint: found.hint ? join(found.hint, more) : capital(more) };
    }
    this.#seen.clear();
    sortByPlace(this.#found);
    const last = this.#found.at(-1);
    if (this.#dropped > 0 && last !== undefined) {
      const more = `${this.#dropped} more like these are not shown`;
      this.#found[this.#found.length - 1] = { ...last, hint: join(last.hint, more) };
      this.#dropped = 0;
    }
    throw new ConfigError(this.#found);
  }
}

/** Files in the order they came up, each from top to bottom. */
function sortByPlace(diagnostics: Diagnostic[]): void {
  const files = [...new Set(diagnostics.map(({ file }) => file))];
  const rank = new Map(files.map((file, index) => [file, index]));
  diagnostics.sort((a, b) =>
    (rank.get(a.file) ?? 0) - (rank.get(b.file) ?? 0) || a.line - b.line || a.column - b.column
  );
}

/** A config is a stranger's text: no terminal escape of it may reach the terminal. */
export function printable(text: string): string {
  return text.replace(/(?![\t\n])[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, "\ufffd");
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

function join(hint: string | undefined, more: string): string {
  return hint === undefined ? more : `${hint} (${more})`;
}
