import assert from "node:assert/strict";
import fc from "fast-check";
import { canonicalJson, toJson } from "../../../pipelines/key/canonical_json.ts";

Deno.test("canonicalJson() sorts keys at every level and writes no spaces", () => {
  const value = { b: [1, { d: null, c: true }], a: "x" };
  assert.equal(canonicalJson(value), '{"a":"x","b":[1,{"c":true,"d":null}]}');
});

Deno.test("canonicalJson() sorts keys by UTF-16 code units", () => {
  // RFC 8785, section 3.2.3: this order, not that of code points or of a locale.
  const value = { "\u20ac": 1, "\r": 2, "\ufb33": 3, "1": 4, "\u{1f600}": 5, "\u0080": 6, "ö": 7 };
  const order = [...canonicalJson(value).matchAll(/:(\d)/g)].map(([, digit]) => digit).join("");
  // U+FB33 is last but for NFC: it is composed of U+05D3 U+05BC, which sort before U+20AC.
  assert.equal(order, "2467315");
});

Deno.test("canonicalJson() writes numbers as the shortest text that reads back equal", () => {
  // RFC 8785, appendix B.
  const values = [1e21, 333333333.33333329, 1e-27, 0.002, 5e-324, 9007199254740991, 1e30, 4.5];
  assert.equal(
    canonicalJson(values),
    "[1e+21,333333333.3333333,1e-27,0.002,5e-324,9007199254740991,1e+30,4.5]",
  );
});

Deno.test("canonicalJson() writes text in NFC, so that two ways to type é are one", () => {
  assert.equal(canonicalJson("e\u0301"), canonicalJson("\u00e9"));
  assert.equal(canonicalJson({ "e\u0301": 1 }), canonicalJson({ "\u00e9": 1 }));
});

const refused: readonly (readonly [string, unknown, RegExp])[] = [
  ["NaN", { a: NaN }, /\$\.a must be plain JSON, but is NaN/],
  ["infinity", [Infinity], /\$\[0\] must be plain JSON, but is Infinity/],
  ["-0", -0, /but is -0/],
  ["undefined", { a: undefined }, /\$\.a must be plain JSON, but is undefined/],
  ["a hole", [1, , 3], /\$\[1\] must be plain JSON, but is undefined/],
  ["bigint", 1n, /bigint/],
  ["a date", new Date(0), /an instance of Date/],
  ["bytes", new Uint8Array(1), /an instance of Uint8Array/],
  ["a map", new Map(), /an instance of Map/],
  ["a function", () => 1, /function/],
  ["a symbol", Symbol("x"), /symbol/],
  ["a lone surrogate", "\ud800", /lone surrogate/],
  ["keys that are one under NFC", { "e\u0301": 1, "\u00e9": 2 }, /twice/],
];
for (const [name, value, message] of refused) {
  Deno.test(`canonicalJson() refuses ${name}`, () => {
    assert.throws(() => canonicalJson(value), message);
  });
}

Deno.test("canonicalJson() of a value and of its parsed text are equal, whatever the key order", () => {
  const json = fc.jsonValue({ noUnicodeString: false }).filter(isWritable);
  fc.assert(fc.property(json, (value) => {
    const text = canonicalJson(value);
    assert.equal(canonicalJson(JSON.parse(text)), text);
    assert.equal(canonicalJson(reversed(value)), text);
  }));
});

Deno.test("toJson() gives a copy without a prototype's surprises", () => {
  const value = Object.assign(Object.create(null), { a: [1] });
  const copy = toJson(value);
  assert.deepEqual(copy, { a: [1] });
  assert.notEqual(copy, value);
});

function isWritable(value: unknown): boolean {
  try {
    canonicalJson(value);
    return true;
  } catch (error) {
    assert(error instanceof TypeError);
    return false;
  }
}

function reversed(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(reversed);
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value).reverse();
  return Object.fromEntries(entries.map(([key, item]) => [key, reversed(item)]));
}
