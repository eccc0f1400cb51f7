import assert from "node:assert/strict";
import fc from "fast-check";
import { stableJson, stableJsonText } from "../../artifacts/stable_json.ts";

Deno.test("stableJson() reads back as the value, -0 and any string included", () => {
  fc.assert(fc.property(fc.jsonValue({ noUnicodeString: false }), (value) => {
    assert.deepEqual(JSON.parse(new TextDecoder().decode(stableJson(value))), value);
  }));
});

Deno.test("stableJsonText() does not depend on the order of members", () => {
  assert.equal(
    stableJsonText({ b: [1, { d: 2, c: 3 }], a: null }),
    '{"a":null,"b":[1,{"c":3,"d":2}]}',
  );
  assert.equal(
    stableJsonText({ a: null, b: [1, { c: 3, d: 2 }] }),
    '{"a":null,"b":[1,{"c":3,"d":2}]}',
  );
});

Deno.test("stableJsonText() leaves out members that are undefined", () => {
  assert.equal(stableJsonText({ a: undefined, b: 1 }), '{"b":1}');
});

Deno.test("stableJsonText() names the path of what JSON cannot hold", () => {
  assert.throws(
    () => stableJsonText({ a: [1, NaN] }),
    /\$\.a\[1\] must be a finite number, but it is NaN/,
  );
  assert.throws(
    () => stableJsonText({ a: new Date(0) }),
    /\$\.a must be a JSON value, but it is a Date/,
  );
  assert.throws(() => stableJsonText([1n]), /\$\[0\] must be a JSON value, but it is bigint/);
  assert.throws(() => stableJsonText([, 1]), /\$\[0\] must be a JSON value, but it is undefined/);
});
