import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import fc from "fast-check";
import ts from "typescript";
import { isErased, isWrapper } from "../../../pipelines/key/erased_syntax.ts";
import { readSyntax } from "../../../pipelines/key/module_syntax.ts";
import { withFolder } from "../../support/tiny_run.ts";

const root = fileURLToPath(new URL("../../..", import.meta.url));

/** Real modules with much of what the language has. */
const samples = [
  "artifacts/pytorch/pickle_values.ts",
  "diffusion/mod.ts",
  "engine/onnx/runtime/library_path.ts",
  "models/layers/mod.ts",
  "pipelines/store/local_store.ts",
  "pipelines/stage.ts",
  "stages/dataset/read_mnist.ts",
  "stages/train/next_frame.ts",
  "training/mod.ts",
].filter((path) => isFile(`${root}${path}`));

const digestOf = async (text: string) => (await readSyntax("x.ts", text)).digest;

const same: Readonly<Record<string, readonly [string, string]>> = {
  "comments": ["a(b); // c", "/** D */ a(/* e */ b);"],
  "layout and semicolons": ["const a = 1;\nf(a);", "const a = 1\n\n  f( a )"],
  "quotes": [`f("it's \\"so\\"")`, `f('it\\'s "so"')`],
  "trailing commas": ["f([1, 2,], { a, }, )", "f([1, 2], { a })"],
  "parentheses that group": ["const f = (x) => ((x + 1)) * 2;", "const f = x => (x + 1) * 2;"],
  "braces around one statement": ["if (a) b(); else c();", "if (a) { b(); } else { c(); }"],
  "quotes around a property": [`f({ "a": 1, "b-c": 2 })`, `f({ a: 1, 'b-c': 2 })`],
  "forms of one number": ["f(1_000, 0x10, 1.50)", "f(1000, 16, 1.5)"],
  "annotations": [
    "function f<T extends A>(this: B, a: T, b?: string): asserts a is T { let c!: D; return c; }",
    "function f(a, b) { let c; return c; }",
  ],
  "as, satisfies, ! and <T>": [
    "f(<A> a, b as unknown as B, c!.d!, { e } satisfies E); (a as A).b; x satisfies never;",
    "f(a, b, c.d, { e }); a.b; x;",
  ],
  "type arguments": [
    "new A<B>(f<C>(d)); const g = h<I>; class J extends K<L> {}", //
    "new A(f(d)); const g = h; class J extends K {}",
  ],
  "interfaces and aliases": [
    "interface A { b: 1 } type C = A; export type { D } from './d.ts'; export interface E {} f();",
    "f();",
  ],
  "imports of types": [
    `import type { A } from "./a.ts"; import { type B, c } from "./b.ts"; import { D } from "./d.ts";
     export type { E } from "./e.ts"; export { type G } from "./g.ts"; const x: D = c; f(x);`,
    `import { c } from "./b.ts"; const x = c; f(x);`,
  ],
  "declarations without code": [
    "declare const a: A; declare module 'b' {} declare global { var c: D } declare function e(): F; f();",
    "f();",
  ],
  "overloads": [
    "export function f(a: string): string; export function f(a: number): number; export function f(a) { return a; }",
    "export function f(a) { return a; }",
  ],
  "what classes declare": [
    "abstract class A implements B { declare b: C; abstract c(): D; [key: string]: E; private readonly f: G = 1; override h?(): void {} }",
    "class A { f = 1; h() {} }",
  ],
  "const enums": ["const enum A { B = 1 }", "enum A { B = 1 }"],
};
for (const [name, [a, b]] of Object.entries(same)) {
  Deno.test(`readSyntax() does not see ${name}`, async () => {
    assert.deepEqual(await readSyntax("x.ts", a), await readSyntax("x.ts", b));
  });
}

const different: Readonly<Record<string, readonly [string, string]>> = {
  "a number": ["f(1)", "f(2)"],
  "a number of another kind": ["f(1)", "f(1n)"],
  "a string": [`f("a")`, `f("b")`],
  "a regular expression's flags": ["f(/a/)", "f(/a/u)"],
  "the text of a template": ["f(`a${b} c`)", "f(`a${b}  c`)"],
  "a name": ["f(a)", "f(b)"],
  "the order of statements": ["a(); b();", "b(); a();"],
  "an operator": ["f(a + b)", "f(a - b)"],
  "a unary operator": ["f(-a)", "f(+a)"],
  "before and after": ["a++", "++a"],
  "grouping": ["f(a * (b + c))", "f(a * b + c)"],
  "how far an optional chain goes": ["f(a?.b.c)", "f((a?.b).c)"],
  "an optional call": ["a.b()", "a.b?.()"],
  "const and let": ["const a = f();", "let a = f();"],
  "the parts of a for": ["for (a;;) b();", "for (;a;) b();"],
  "a default and another name": ["const { a: b } = c;", "const { a = b } = c;"],
  "in and of": ["for (const a in b) c();", "for (const a of b) c();"],
  "await in a loop": ["for await (const a of b) c();", "for (const a of b) c();"],
  "async": ["export async function f() {}", "export function f() {}"],
  "a generator": ["function* f() {}", "function f() {}"],
  "static": ["class A { static b = 1 }", "class A { b = 1 }"],
  "private names": ["class A { #b = 1 }", "class A { b = 1 }"],
  "a getter": ["class A { get b() { return 1; } }", "class A { b() { return 1; } }"],
  "a parameter property": [
    "class A { constructor(readonly b) {} }",
    "class A { constructor(b) {} }",
  ],
  "a field without a value": ["class A { b; }", "class A {}"],
  "what is exported": ["const a = 1; export { a };", "const a = 1;"],
  "new.target and import.meta": [
    "function f() { return new.target; }",
    "function f() { return f.target; }",
  ],
  "where an import comes from": [
    `import { a } from "./a.ts"; a();`,
    `import { a } from "./b.ts"; a();`,
  ],
  "an import for its effect": [`import "./a.ts"; f();`, "f();"],
  "the name an import has there": [
    `import { a as c } from "./a.ts"; c();`,
    `import { b as c } from "./a.ts"; c();`,
  ],
  "the value of an enum": ["enum A { B = 1 }", "enum A { B = 2 }"],
  "a hole in a list": ["f([1, , 2])", "f([1, 2])"],
  "a label": ["a: for (;;) break a;", "a: for (;;) break;"],
  "empty statements that matter": ["if (a) {} b();", "if (a) { b(); }"],
  "a decorator": ["@a class B {}", "class B {}"],
  "this as an argument": ["f(this)", "f()"],
};
for (const [name, [a, b]] of Object.entries(different)) {
  Deno.test(`readSyntax() sees ${name}`, async () => {
    assert.notEqual(await digestOf(a), await digestOf(b));
  });
}

Deno.test("readSyntax() lists what a module loads when it runs, each once and sorted", async () => {
  const text = `import b, * as all from "./b.ts"; import { type T } from "./types.ts";
    import data from "./data.json" with { type: "json" }; export * from "./c.ts";
    export { x } from "./d.ts"; import "./effect.ts"; import { u } from "./unused.ts";
    const lazy = () => import("./lazy.ts"); import.meta.resolve("pkg");
    createRequire(import.meta.url); require("pkg/package.json");
    new Worker(new URL("./worker.ts", import.meta.url)); new URL("../../", import.meta.url);
    new URL("./native", import.meta.url);
    f(b, all, data); import "./b.ts";`;
  assert.deepEqual((await readSyntax("x.ts", text)).imports, [
    "./b.ts",
    "./c.ts",
    "./d.ts",
    "./data.json",
    "./effect.ts",
    "./lazy.ts",
    "./worker.ts",
    "pkg",
    "pkg/package.json",
  ]);
});

Deno.test("readSyntax() refuses an import whose target only running would tell, with its place", async () => {
  await assert.rejects(readSyntax("models/x.ts", "f();\nawait import(`./${name}.ts`);"), {
    name: "SyntaxError",
    message: 'Cannot tell what "models/x.ts:2:14" loads: it must name a module as plain text, ' +
      "but is `./${name}.ts`",
  });
});

Deno.test("readSyntax() refuses text that is no module, with its place", async () => {
  await assert.rejects(readSyntax("models/x.ts", "f();\nconst = 1;"), {
    name: "SyntaxError",
    message: 'Cannot read "models/x.ts:2:7": Variable declaration expected.',
  });
});

Deno.test("readSyntax() erases what TypeScript itself erases", async () => {
  const compilerOptions = {
    target: ts.ScriptTarget.ESNext,
    module: ts.ModuleKind.ESNext,
    isolatedModules: true,
  };
  for (const path of samples) {
    const text = read(path);
    // TypeScript turns parameter properties into assignments, which is another tree.
    if (/constructor\([^)]*\b(readonly|private|public)\b/.test(text)) continue;
    const { outputText } = ts.transpileModule(text, { compilerOptions });
    assert.deepEqual(await readSyntax("x.js", outputText), await readSyntax("x.ts", text), path);
  }
});

Deno.test("readSyntax() does not see what deno fmt changes", async () => {
  await withFolder(async (folder) => {
    const names = samples.map((path) => `${folder}/${path.replaceAll("/", "-")}`);
    for (const [index, path] of samples.entries()) {
      await Deno.writeTextFile(names[index] ?? "", read(path));
    }
    const style = ["--line-width=40", "--single-quote", "--no-semicolons", "--use-tabs"];
    const args = ["fmt", "--quiet", "--no-config", ...style, ...names];
    assert((await new Deno.Command(Deno.execPath(), { args }).output()).success);
    for (const [index, path] of samples.entries()) {
      const text = Deno.readTextFileSync(names[index] ?? "");
      assert.notEqual(text, read(path));
      assert.equal(await digestOf(text), await digestOf(read(path)), path);
    }
  });
});

Deno.test("readSyntax() does not see a comment at the end of any token", async () => {
  const comment = fc.constantFrom("/* c */", "/** d */ ", " /*; f(1) */");
  for (const path of samples.slice(0, 4)) {
    const text = read(path);
    const ends = tokenEnds(text);
    const digest = await digestOf(text);
    const places = fc.array(fc.tuple(fc.constantFrom(...ends), comment), { maxLength: 8 });
    await fc.assert(
      fc.asyncProperty(places, async (inserts) => {
        assert.equal(await digestOf(insertAll(text, inserts)), digest);
      }),
      { numRuns: 15 },
    );
  }
});

Deno.test("readSyntax() sees any name, literal and operator that changes", async () => {
  for (const path of samples.slice(0, 4)) {
    const text = read(path);
    const digest = await digestOf(text);
    const edit = fc.constantFrom(...editsOf(text));
    await fc.assert(
      fc.asyncProperty(edit, async ({ start, end, to }) => {
        assert.notEqual(await digestOf(text.slice(0, start) + to + text.slice(end)), digest);
      }),
      { numRuns: 40 },
    );
  }
});

function read(path: string): string {
  return Deno.readTextFileSync(`${root}${path}`);
}

function isFile(path: string): boolean {
  try {
    return Deno.statSync(path).isFile;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}

function parse(text: string): ts.SourceFile {
  return ts.createSourceFile("x.ts", text, ts.ScriptTarget.ESNext, true);
}

/** Offsets after all tokens but those within templates, where a comment would be text. */
function tokenEnds(text: string): readonly number[] {
  const file = parse(text);
  const ends: number[] = [];
  const visit = (node: ts.Node) => {
    if (ts.isJSDoc(node)) return;
    const children = node.getChildren(file);
    const isOpen = node.kind === ts.SyntaxKind.EndOfFileToken;
    if (children.length > 0) children.forEach(visit);
    else if (node.end > node.pos && !isOpen) ends.push(node.end);
  };
  visit(file);
  return ends;
}

function insertAll(
  text: string,
  inserts: readonly (readonly [at: number, what: string])[],
): string {
  const sorted = inserts.toSorted(([a], [b]) => b - a);
  return sorted.reduce((made, [at, what]) => made.slice(0, at) + what + made.slice(at), text);
}

interface Edit {
  readonly start: number;
  readonly end: number;
  readonly to: string;
}

/** Changes of one name, literal or operator that exists at run time. */
function editsOf(text: string): readonly Edit[] {
  const file = parse(text);
  const edits: Edit[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isImportDeclaration(node) || isErased(ts, node)) return;
    if (isWrapper(ts, node)) return visit(node.expression);
    const [start, end] = [node.getStart(file), node.end];
    const written = text.slice(start, end);
    if (ts.isIdentifier(node)) edits.push({ start, end, to: `${written}Q` });
    if (ts.isStringLiteral(node)) edits.push({ start, end, to: `"q${written.slice(1, -1)}"` });
    if (ts.isNumericLiteral(node)) edits.push({ start, end, to: `1${written.replace(/^0x/, "")}` });
    if (ts.isBinaryExpression(node)) {
      const operator = node.operatorToken;
      const [from, to] = [operator.getStart(file), operator.end];
      const other = operator.getText(file) === "==="
        ? "!=="
        : operator.getText(file) === "&&"
        ? "||"
        : "";
      if (other !== "") edits.push({ start: from, end: to, to: other });
    }
    ts.forEachChild(node, visit);
  };
  visit(file);
  return edits;
}
