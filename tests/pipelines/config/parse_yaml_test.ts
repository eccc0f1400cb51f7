import assert from "node:assert/strict";
import fc from "fast-check";
import { limits } from "../../../pipelines/config/limits.ts";
import { complaintsOf, nodeOf, valueOf } from "../../support/parse_text.ts";
import { describeOrigin } from "../../../pipelines/config/source.ts";
import { nodeAt } from "../../../pipelines/config/config_node.ts";

function complaints(text: string): string[] {
  return complaintsOf(() => valueOf(text));
}

Deno.test("parseYaml() reads the JSON part of YAML 1.2", () => {
  const text =
    "a: [1, 2.5, -3, 0x1F, 1e-3]\nb: {c: true, d: null, e: ~, f: yes}\ng: |\n  text\nh:\n";
  assert.deepEqual(valueOf(text), {
    a: [1, 2.5, -3, 31, 0.001],
    b: { c: true, d: null, e: null, f: "yes" },
    g: "text\n",
    h: null,
  });
});

Deno.test("parseYaml() leaves dates and odd numbers as text: YAML 1.2 knows no other types", () => {
  assert.deepEqual(valueOf("[2001-01-01, 1_000, 3:20, 012]"), ["2001-01-01", "1_000", "3:20", 12]);
});

Deno.test("parseYaml() remembers where each value is written", () => {
  const node = nodeOf("a:\n  - b: 1\n    c: two\n");
  const value = nodeAt(node, ["a", 0, "c"]);
  assert.equal(value && describeOrigin(value.origin), "x.yaml:3:8");
});

Deno.test("parseYaml() follows aliases", () => {
  assert.deepEqual(valueOf("a: &x {b: 1}\nc: *x\nd: [&y 2, *y]"), {
    a: { b: 1 },
    c: { b: 1 },
    d: [2, 2],
  });
});

const refused: readonly (readonly [string, string, readonly string[]])[] = [
  ["a syntax error", "a: [1,\nb: 2", [
    "2:1 Cannot read YAML: Flow sequence in block collection must be sufficiently indented and end with a ]",
  ]],
  ["tabs as indentation", "a:\n\tb: 1", [
    "2:1 Cannot read YAML: Tabs are not allowed as indentation",
  ]],
  ["two documents", "a: 1\n---\nb: 2", [
    "2:1 Cannot read YAML: Source contains multiple documents; please use YAML.parseAllDocuments()",
  ]],
  ["a directive", "%YAML 1.1\n---\na: yes", [
    "1:1 A config must be one YAML document without directives",
  ]],
  ["a duplicate key", "a: 1\nb: 2\na: 3", ['3:1 Key "a" is already set in this map']],
  ["a duplicate key in other quotes", "'a': 1\n\"a\": 3", [
    '2:1 Key "a" is already set in this map',
  ]],
  ["a merge key", "a: &a {b: 1}\nc:\n  <<: *a", [
    '3:3 Merge key "<<" is not allowed: compose files with "extends" instead',
  ]],
  ["prototype pollution", "__proto__: {a: 1}\nx: {constructor: 1, prototype: 2}", [
    '1:1 Key "__proto__" is not allowed',
    '2:5 Key "constructor" is not allowed',
    '2:21 Key "prototype" is not allowed',
  ]],
  ["keys that are not text", "1: a\n? [x]\n: b\nnull: c", [
    "1:1 A key must be text",
    "2:3 A key must be text",
    "4:1 A key must be text",
  ]],
  ["NaN and infinities", "[.nan, .inf, -.inf, 1e999]", [
    "1:2 A number must be finite",
    "1:8 A number must be finite",
    "1:14 A number must be finite",
    "1:21 A number must be finite",
  ]],
  ["-0", "[-0, -0.0]", [
    "1:2 A number must not be -0: write 0",
    "1:6 A number must not be -0: write 0",
  ]],
  ["an integer that would lose digits", "a: 9007199254740993", [
    "1:4 An integer must be within ±(2^53 - 1): quote it to keep its digits",
  ]],
  ["binary", "a: !!binary aGk=", [
    '1:13 Tag "!!binary" is not allowed: a config holds plain JSON values',
  ]],
  ["dates by tag", "a: !!timestamp 2001-01-01", [
    '1:16 Tag "!!timestamp" is not allowed: a config holds plain JSON values',
  ]],
  ["other tags", "a: !js/function 'x'\nb: !!set {c}", [
    '1:17 Tag "!js/function" is not allowed: a config holds plain JSON values',
    '2:10 Tag "!!set" is not allowed: a config holds plain JSON values',
  ]],
  ["lone surrogates", 'a: "\\ud800"', ["1:4 Text must be well-formed Unicode"]],
  ["an alias without anchor", "a: *b", ['1:4 Alias "*b" has no anchor before it']],
  ["a value that contains itself", "a: &a [*a]", ['1:8 Alias "*a" contains itself']],
];
for (const [name, text, expected] of refused) {
  Deno.test(`parseYaml() refuses ${name}, at its place`, () => {
    assert.deepEqual(complaints(text), expected);
  });
}

Deno.test("parseYaml() refuses a text of more than 256 KiB before it parses it", () => {
  const text = `# ${"x".repeat(limits.bytes)}`;
  assert.deepEqual(complaints(text), ["1:1 A config file must be at most 256 KiB"]);
});

Deno.test("parseYaml() allows 64 levels and refuses 65, in every notation", () => {
  const nest = (levels: number) => [
    "[".repeat(levels - 1) + "1" + "]".repeat(levels - 1),
    "{a: ".repeat(levels - 1) + "1" + "}".repeat(levels - 1),
    "- ".repeat(levels - 1) + "1",
    Array.from({ length: levels - 1 }, (_, i) => `${" ".repeat(i)}a:`).join("\n") + " 1",
  ];
  for (const text of nest(64)) assert.deepEqual(complaints(text), []);
  for (const text of nest(65)) {
    assert.match(complaints(text)[0] ?? "", /64 levels deep/);
  }
});

Deno.test("parseYaml() refuses endless nesting without running out of stack", () => {
  for (const piece of ["[", "{a: ", "- ", "? ", ": ", "a: b: ", "[{", "- - ? "]) {
    const text = piece.repeat(Math.floor((limits.bytes - 10) / piece.length));
    assert.match(complaints(text)[0] ?? "", /64 levels deep/);
  }
});

Deno.test("parseYaml() refuses an alias bomb in no time", () => {
  const lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"];
  for (let i = 1; i < 40; i++) {
    lines.push(`a${i}: &a${i} [${Array(10).fill(`*a${i - 1}`).join(", ")}]`);
  }
  const started = performance.now();
  assert.deepEqual(complaints(lines.join("\n")), [
    // 10^5 values: the fifth generation is the first that is too large.
    "5:9 A config must hold at most 100000 values, counted after aliases and interpolation",
  ]);
  // About 5 ms; expanded it would hold 10^40 values.
  assert(performance.now() - started < 2000);
});

Deno.test("parseYaml() counts levels that aliases add", () => {
  const chain = Array.from({ length: 200 }, (_, i) => `- &a${i} [${i ? `*a${i - 1}` : 1}]`);
  assert.match(complaints(chain.join("\n"))[0] ?? "", /64 levels deep/);
});

Deno.test("parseYaml() gives values or diagnostics for any text", () => {
  const pieces = fc.constantFrom(
    ..."[]{}:-?&*!|>'\"#%@,\n\t \\".split(""),
    ...["a", "b: ", "- ", "\n  ", "&x ", "*x", "<<: ", "!!binary ", "---\n", "...\n", "\r\n"],
    ...["\u0000", "\u0085", "\ufeff", "\ud800", "${params.a}", "1e999", ".nan", "__proto__: "],
  );
  const text = fc.oneof(
    fc.array(pieces, { maxLength: 60 }).map((parts) => parts.join("")),
    fc.string({ unit: "binary", maxLength: 200 }),
  );
  // complaintsOf() lets every error but a ConfigError through.
  fc.assert(fc.property(text, (text) => void complaints(text)), { numRuns: 2000 });
});

Deno.test("parseYaml() reads back any JSON value that is within limits", () => {
  const json = fc.jsonValue({ maxDepth: 5 }).filter((value) => !/-0\b/.test(show(value)));
  fc.assert(fc.property(json, (value) => {
    const text = JSON.stringify(value);
    const found = complaints(text);
    if (found.length === 0) assert.deepEqual(valueOf(text), JSON.parse(text));
    else assert.match(found.join(), /Key "|finite|-0|integer|Unicode|Cannot read YAML/);
  }));
});

function show(value: unknown): string {
  return Deno.inspect(value, { depth: 20, strAbbreviateSize: 1e6 });
}
