/** The syntax tree of a module as text, with all that is gone at run time left out. */

import type ts from "typescript";
import { isErased, isWrapper } from "./erased_syntax.ts";

/** TypeScript itself, which is loaded only when some text is not known. */
export type TypeScript = typeof ts;

export interface WrittenSyntax {
  readonly text: string;
  /** Specifiers of all that the module loads. */
  readonly imports: readonly string[];
}

/**
 * Writes `(Kind child child)` for every node that exists at run time.
 *
 * What a formatter may add or remove is written in one form: parentheses that only group, braces around
 * one statement, quotes around names of properties.
 *
 * @param file Its nodes know their parents.
 * @throws {SyntaxError} For an import whose target is computed.
 */
export function writeSyntax(library: TypeScript, file: ts.SourceFile): WrittenSyntax {
  return new Writer(library, file).write();
}

class Writer {
  readonly #ts: TypeScript;
  readonly #file: ts.SourceFile;
  readonly #kinds: readonly string[];
  readonly #imports: string[] = [];
  #parts: string[] = [];

  constructor(library: TypeScript, file: ts.SourceFile) {
    this.#ts = library;
    this.#file = file;
    this.#kinds = kindNames(library);
  }

  write(): WrittenSyntax {
    const { statements } = this.#file;
    const written = new Map<ts.Statement, readonly string[]>();
    for (const node of statements) {
      if (!this.#ts.isImportDeclaration(node)) {
        written.set(
          node,
          this.#apart(() => this.#node(node)),
        );
      }
    }
    // Only now it is known which imported names the module uses.
    const used = new Set([...written.values()].flat());
    for (const node of statements) {
      if (!this.#ts.isImportDeclaration(node)) continue;
      written.set(node, this.#apart(() => this.#importDeclaration(node, used)));
    }
    const parts = statements.flatMap((node) => written.get(node) ?? []);
    return { text: parts.join(""), imports: this.#imports };
  }

  #apart(write: () => void): readonly string[] {
    this.#parts = [];
    write();
    return this.#parts;
  }

  #node(node: ts.Node): void {
    const ts = this.#ts;
    if (isErased(ts, node)) return;
    if (isWrapper(ts, node)) return this.#node(node.expression);
    if (ts.isExportDeclaration(node)) this.#noteExport(node);
    if (ts.isCallExpression(node)) this.#noteCall(node);
    if (ts.isNewExpression(node)) this.#noteUrl(node);
    this.#parts.push("(", this.#kinds[node.kind] ?? String(node.kind));
    const own = this.#own(node);
    if (own !== "") this.#parts.push(" ", own);
    ts.forEachChild(node, (child) => this.#child(child, node));
    this.#parts.push(")");
  }

  #child(child: ts.Node, parent: ts.Node): void {
    const ts = this.#ts;
    const role = roleOf(ts, child, parent);
    if (role !== "") this.#parts.push(" ", role, ":");
    const isName = "name" in parent && parent.name === child;
    if (isName && (ts.isStringLiteral(child) || ts.isNumericLiteral(child))) {
      this.#parts.push("(Identifier ", child.text, ")");
    } else if (isBody(ts, child, parent) && !ts.isBlock(child)) {
      this.#parts.push("(Block");
      this.#node(child);
      this.#parts.push(")");
    } else {
      this.#node(child);
    }
  }

  /** What a node says beyond its kind and its children. */
  #own(node: ts.Node): string {
    const ts = this.#ts;
    if (ts.isIdentifier(node) || ts.isPrivateIdentifier(node)) return node.text;
    if (ts.isTemplateLiteralToken(node)) {
      return JSON.stringify((node.rawText ?? node.text).replace(/\r\n?/g, "\n"));
    }
    if (ts.isLiteralExpression(node)) return JSON.stringify(node.text);
    if (ts.isPrefixUnaryExpression(node) || ts.isPostfixUnaryExpression(node)) {
      return this.#kinds[node.operator] ?? "";
    }
    if (ts.isMetaProperty(node)) return this.#kinds[node.keywordToken] ?? "";
    if (ts.isVariableDeclarationList(node)) return String(node.flags & ts.NodeFlags.BlockScoped);
    if (ts.isParameterPropertyDeclaration(node, node.parent)) return "property";
    // `(a?.b).c` is not `a?.b.c`.
    return (node.flags & ts.NodeFlags.OptionalChain) !== 0 ? "chain" : "";
  }

  /** Names that no value refers to are types: Deno does not load a module for them. */
  #importDeclaration(node: ts.ImportDeclaration, used: ReadonlySet<string>): void {
    const { importClause, moduleSpecifier, attributes } = node;
    const names = importClause === undefined ? [] : this.#usedNames(importClause, used);
    if (importClause !== undefined && names.length === 0) return;
    const phase = importClause?.phaseModifier;
    this.#parts.push("(ImportDeclaration ", phase === undefined ? "" : this.#kinds[phase] ?? "");
    for (const name of names) this.#node(name);
    this.#node(moduleSpecifier);
    if (attributes !== undefined) this.#node(attributes);
    this.#parts.push(")");
    this.#note(moduleSpecifier);
  }

  #usedNames(clause: ts.ImportClause, used: ReadonlySet<string>): readonly ts.Node[] {
    const ts = this.#ts;
    const { name, namedBindings, phaseModifier } = clause;
    if (phaseModifier === ts.SyntaxKind.TypeKeyword) return [];
    const names: ts.Node[] = name !== undefined && used.has(name.text) ? [name] : [];
    if (namedBindings === undefined) return names;
    const named = ts.isNamedImports(namedBindings) ? namedBindings.elements : [namedBindings];
    for (const each of named) {
      const isType = ts.isImportSpecifier(each) && each.isTypeOnly;
      if (!isType && used.has(each.name.text)) names.push(each);
    }
    return names;
  }

  #noteExport({ moduleSpecifier }: ts.ExportDeclaration): void {
    if (moduleSpecifier !== undefined) this.#note(moduleSpecifier);
  }

  /** `import(x)`, `import.meta.resolve(x)`, `require(x)`. */
  #noteCall({ expression, arguments: [target] }: ts.CallExpression): void {
    const ts = this.#ts;
    const isLoading = expression.kind === ts.SyntaxKind.ImportKeyword ||
      ts.isIdentifier(expression) && expression.text === "require" ||
      this.#isOfMeta(expression, "resolve");
    if (isLoading && target !== undefined) this.#note(target);
  }

  /** `new URL("../run/worker.ts", import.meta.url)`; what has no ending is a folder. */
  #noteUrl({ expression, arguments: [target, base] = [] as never }: ts.NewExpression): void {
    const ts = this.#ts;
    if (!ts.isIdentifier(expression) || expression.text !== "URL") return;
    if (target === undefined || base === undefined || !this.#isOfMeta(base, "url")) return;
    if (ts.isStringLiteralLike(target) && /^\.{1,2}\/.*\w\.\w+$/.test(target.text)) {
      this.#note(target);
    }
  }

  #isOfMeta(node: ts.Expression, name: string): boolean {
    const ts = this.#ts;
    return ts.isPropertyAccessExpression(node) && ts.isMetaProperty(node.expression) &&
      node.name.text === name;
  }

  #note(specifier: ts.Expression): void {
    if (this.#ts.isStringLiteralLike(specifier)) {
      this.#imports.push(specifier.text);
      return;
    }
    const file = this.#file;
    const { line, character } = file.getLineAndCharacterOfPosition(specifier.getStart(file));
    throw new SyntaxError(
      `Cannot tell what "${file.fileName}:${line + 1}:${character + 1}" loads: ` +
        `it must name a module as plain text, but is ${specifier.getText(file)}`,
    );
  }
}

/** Names of kinds as TypeScript declares them, without the marks of ranges that share their numbers. */
function kindNames({ SyntaxKind }: TypeScript): readonly string[] {
  const names: string[] = [];
  for (const [name, value] of Object.entries(SyntaxKind)) {
    if (typeof value === "number") names[value] ??= name;
  }
  return names;
}

/** Whether a child is what a condition or a loop governs: braces around one statement say nothing. */
function isBody(ts: TypeScript, child: ts.Node, parent: ts.Node): boolean {
  if (ts.isIfStatement(parent)) return child !== parent.expression;
  return ts.isIterationStatement(parent, false) && child === parent.statement;
}

/** Which of several like children it is, where the others may be missing. */
function roleOf(ts: TypeScript, child: ts.Node, parent: ts.Node): string {
  if (ts.isBindingElement(parent)) return child === parent.initializer ? "default" : "";
  if (!ts.isForStatement(parent)) return "";
  if (child === parent.initializer) return "first";
  if (child === parent.condition) return "while";
  return child === parent.incrementor ? "then" : "";
}
