import assert from "node:assert/strict";
import { describeOrigin, locate, type Source } from "../../../pipelines/config/source.ts";

const source: Source = { file: "x.yaml", text: "one\r\ntwo: 2\n\nlast", kind: "file" };

function at(start: number, end: number) {
  return locate({ source, start, end });
}

Deno.test("locate() counts lines and columns from 1", () => {
  assert.deepEqual(at(0, 3), { file: "x.yaml", line: 1, column: 1, length: 3, sourceLine: "one" });
  assert.deepEqual(at(10, 11), {
    file: "x.yaml",
    line: 2,
    column: 6,
    length: 1,
    sourceLine: "two: 2",
  });
  assert.equal(at(13, 17).line, 4);
});

Deno.test("locate() underlines on one line only, and at least one character", () => {
  assert.equal(at(5, 17).length, 6);
  assert.equal(at(12, 12).length, 1);
});

Deno.test("locate() of a place beyond the text is its end", () => {
  assert.deepEqual([at(99, 100).line, at(99, 100).column], [4, 5]);
});

Deno.test("describeOrigin() shows an option as it was typed", () => {
  const option: Source = { file: "--set", text: "a.b=1", kind: "option" };
  assert.equal(describeOrigin({ source: option, start: 4, end: 5 }), "--set a.b=1");
  assert.equal(describeOrigin({ source, start: 5, end: 8 }), "x.yaml:2:1");
});
