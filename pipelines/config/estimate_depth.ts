/** How deep a YAML text nests, found without recursion and before a recursive parser sees it. */

import { Lexer } from "yaml";

/** Tokens of the lexer that stand for no text: the next token is a scalar; a document; a broken flow. */
const scalarMark = "\u001f";
const marks: ReadonlySet<string> = new Set(["\u0002", "\u0018", scalarMark]);

export interface DeepPlace {
  /** Offset of the first character that nests too deep. */
  readonly offset: number;
}

/**
 * Where a text nests beyond `limit` levels, or undefined.
 *
 * The lexer of `yaml` is flat, so it cannot overflow the stack (its composer can: 20,000 "[" do).
 * The estimate counts open brackets, plus, outside of brackets, the distinct columns at which a line
 * or an indicator (`-`, `?`, `:`) opens something. A text within L true levels scores at most 2 L + 1,
 * and one that scores S has at most 4 S levels: exact counting is the parser's.
 */
export function findDeepPlace(text: string, limit: number): DeepPlace | undefined {
  const columns: number[] = [];
  let brackets = 0;
  let offset = 0;
  let lineStart = 0;
  let isLineOpen = false;
  let isScalar = false;
  for (const token of new Lexer().lex(text)) {
    if (!isScalar && marks.has(token)) {
      isScalar = token === scalarMark;
      continue;
    }
    const column = offset - lineStart;
    const opens = isScalar || /^[-?:&*!]|^[[{]$/.test(token);
    if (!isScalar && (token === "[" || token === "{")) brackets++;
    if (!isScalar && (token === "]" || token === "}")) brackets = Math.max(0, brackets - 1);
    if (brackets === 0 && opens) {
      if (!isLineOpen) { while ((columns.at(-1) ?? -1) > column) columns.pop(); }
      if (!isLineOpen || /^[-?:]$/.test(token)) {
        if ((columns.at(-1) ?? -1) < column) columns.push(column);
      }
      isLineOpen = true;
    }
    if (columns.length + brackets > 2 * limit + 2) return { offset };
    offset += token.length;
    const newline = token.lastIndexOf("\n");
    if (newline >= 0) {
      lineStart = offset - (token.length - newline - 1);
      isLineOpen = false;
    }
    isScalar = false;
  }
  return undefined;
}
