/**
 * What of a module decides its results: its syntax without types, comments and layout.
 *
 * The one place that imports TypeScript, whose start-up takes a third of a second: ask only about text
 * that is not known yet.
 */

import type ts from "typescript";
import { type Digest, digestOf } from "./digest.ts";
import { writeSyntax } from "./write_syntax.ts";

export interface ModuleSyntax {
  /** Equal for two texts that differ only in types, comments and layout. */
  readonly digest: Digest;
  /** What the module loads when it runs, as it is written there: sorted, each once. */
  readonly imports: readonly string[];
}

/** Raised when equal text may give another digest: what was remembered is then worth nothing. */
export const SYNTAX_VERSION = 1;

/**
 * Reads the text of a TypeScript or JavaScript module.
 *
 * Names, order, literals, operators, regular expressions and the text of templates count, and what an
 * `import` fetches. Quotes, semicolons, trailing commas, parentheses that only group, and imports of
 * types do not.
 *
 * @param path For messages; its ending says which language it is.
 * @throws {SyntaxError} When the text is no module, or when it loads what only running it would tell,
 * with the place.
 */
export async function readSyntax(path: string, text: string): Promise<ModuleSyntax> {
  const { default: ts } = await import("typescript");
  const kind = /\.[cm]?js$/.test(path) ? ts.ScriptKind.JS : ts.ScriptKind.TS;
  const file = ts.createSourceFile(path, text, ts.ScriptTarget.ESNext, true, kind);
  refuseErrors(ts, file);
  const written = writeSyntax(ts, file);
  return { digest: digestOf(written.text), imports: [...new Set(written.imports)].sort() };
}

/** The parser goes on after an error and leaves out what it does not understand. */
function refuseErrors(library: typeof ts, file: ts.SourceFile): void {
  if (!("parseDiagnostics" in file)) throw new Error("Internal error: TypeScript hides its errors");
  const [first] = file.parseDiagnostics as readonly ts.DiagnosticWithLocation[];
  if (first === undefined) return;
  const { line, character } = file.getLineAndCharacterOfPosition(first.start);
  const message = library.flattenDiagnosticMessageText(first.messageText, " ");
  throw new SyntaxError(`Cannot read "${file.fileName}:${line + 1}:${character + 1}": ${message}`);
}
