/** Which syntax is gone when a module runs: what TypeScript adds to JavaScript. */

import type ts from "typescript";

type TypeScript = typeof ts;

/** Whether nothing of a node is left at run time. The node's parent must be known. */
export function isErased(ts: TypeScript, node: ts.Node): boolean {
  // `class A extends B<C>`, and `f<C>` without a call, are expressions.
  if (ts.isExpressionWithTypeArguments(node)) return false;
  return isType(ts, node) || isErasedPart(ts, node) || isErasedDeclaration(ts, node);
}

/** Whether a node stands for the expression in it and nothing else: `(x)`, `x as T`, `x!`, `f<T>`. */
export function isWrapper(
  ts: TypeScript,
  node: ts.Node,
): node is ts.Node & { readonly expression: ts.Expression } {
  return ts.isParenthesizedExpression(node) || ts.isAsExpression(node) ||
    ts.isNonNullExpression(node) || ts.isSatisfiesExpression(node) ||
    ts.isTypeAssertionExpression(node) || ts.isExpressionWithTypeArguments(node);
}

function isType(ts: TypeScript, node: ts.Node): boolean {
  return ts.isTypeNode(node) || ts.isTypeParameterDeclaration(node) ||
    ts.isInterfaceDeclaration(node) || ts.isTypeAliasDeclaration(node) ||
    ts.isIndexSignatureDeclaration(node) || ts.isNamespaceExportDeclaration(node) ||
    ts.isHeritageClause(node) && node.token === ts.SyntaxKind.ImplementsKeyword ||
    ts.isParameter(node) && ts.isIdentifier(node.name) && node.name.text === "this";
}

/** Marks within what is left: `?` and `!` of declarations, `private`, stray semicolons. */
function isErasedPart(ts: TypeScript, node: ts.Node): boolean {
  switch (node.kind) {
    case ts.SyntaxKind.EmptyStatement:
    case ts.SyntaxKind.SemicolonClassElement:
    case ts.SyntaxKind.ExclamationToken:
      return true;
    case ts.SyntaxKind.QuestionToken:
      return !ts.isConditionalExpression(node.parent);
    case ts.SyntaxKind.ExportKeyword:
    case ts.SyntaxKind.DefaultKeyword:
    case ts.SyntaxKind.AsyncKeyword:
    case ts.SyntaxKind.StaticKeyword:
    case ts.SyntaxKind.AccessorKeyword:
      return false;
    default:
      return ts.isModifier(node);
  }
}

function isErasedDeclaration(ts: TypeScript, node: ts.Node): boolean {
  if (ts.isExportSpecifier(node)) return node.isTypeOnly;
  if (ts.isExportDeclaration(node)) return node.isTypeOnly || exportsOnlyTypes(ts, node);
  // The signatures of an overload and of an abstract method.
  if (ts.isFunctionLike(node) && (!("body" in node) || node.body === undefined)) return true;
  if (!ts.canHaveModifiers(node)) return false;
  const has = (kind: ts.SyntaxKind) => node.modifiers?.some((each) => each.kind === kind) === true;
  const isAbstractMember = ts.isClassElement(node) && has(ts.SyntaxKind.AbstractKeyword);
  return has(ts.SyntaxKind.DeclareKeyword) || isAbstractMember;
}

/** Deno then does not load the module; but `export {} from "./x.ts"` loads it. */
function exportsOnlyTypes(ts: TypeScript, node: ts.ExportDeclaration): boolean {
  const { exportClause, moduleSpecifier } = node;
  if (exportClause === undefined || !ts.isNamedExports(exportClause)) return false;
  if (exportClause.elements.length === 0) return moduleSpecifier === undefined;
  return exportClause.elements.every(({ isTypeOnly }) => isTypeOnly);
}
