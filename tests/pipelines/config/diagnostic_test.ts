import assert from "node:assert/strict";
import {
  ConfigError,
  type Diagnostic,
  Diagnostics,
  formatDiagnostic,
} from "../../../pipelines/config/diagnostic.ts";
import type { Source } from "../../../pipelines/config/source.ts";

const diagnostic: Diagnostic = {
  file: "configs/tiny.yaml",
  line: 5,
  column: 3,
  length: 5,
  sourceLine: "  parms:",
  message: 'Unknown key "parms" in a config',
  hint: 'Did you mean "params"?',
};

Deno.test("formatDiagnostic() draws the place, the line, a squiggle and the hint", () => {
  assert.equal(
    formatDiagnostic(diagnostic),
    [
      'configs/tiny.yaml:5:3 Unknown key "parms" in a config',
      "      parms:",
      "      ~~~~~",
      '  Did you mean "params"?',
    ].join("\n"),
  );
});

Deno.test("formatDiagnostic() keeps tabs, so that the squiggle stays below its text", () => {
  const [, line, squiggle] = formatDiagnostic({ ...diagnostic, sourceLine: "\t\tparms:" }).split(
    "\n",
  );
  assert.equal(line, "    \t\tparms:");
  assert.equal(squiggle, "    \t\t~~~~~");
});

Deno.test("formatDiagnostic() cuts a wide line around the squiggle", () => {
  const sourceLine = `${"x".repeat(500)}parms${"y".repeat(500)}`;
  const [, line = "", squiggle = ""] = formatDiagnostic({ ...diagnostic, sourceLine, column: 501 })
    .split("\n");
  assert.equal(line.slice(squiggle.indexOf("~"), squiggle.lastIndexOf("~") + 1), "parms");
  assert(line.length <= 144);
});

Deno.test("formatDiagnostic() lets no control character of a config reach the terminal", () => {
  const hostile = "\u001b]0;owned\u0007\u202e\u0000";
  const text = formatDiagnostic({
    ...diagnostic,
    sourceLine: hostile,
    message: hostile,
    hint: hostile,
  });
  assert.doesNotMatch(text, /(?!\n)[\p{Cc}\p{Cf}]/u);
});

Deno.test("Diagnostics keeps the first 100, says how many more, and asks no hint for those", () => {
  const source: Source = { file: "x.yaml", text: "a", kind: "file" };
  const diagnostics = new Diagnostics();
  let hints = 0;
  for (let index = 0; index < 250; index++) {
    diagnostics.add({ source, start: 0, end: 1 }, `Problem ${index}`, () => {
      hints++;
      return undefined;
    });
  }
  assert.throws(() => diagnostics.throwIfAny(), (error) => {
    assert(error instanceof ConfigError);
    assert.equal(error.diagnostics.length, 100);
    assert.equal(error.diagnostics.at(-1)?.hint, "150 more like these are not shown");
    return true;
  });
  assert.equal(hints, 100);
});

Deno.test("Diagnostics.throwIfAny() without any does nothing", () => {
  new Diagnostics().throwIfAny();
});
