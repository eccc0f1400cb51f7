import assert from "node:assert/strict";
import fc from "fast-check";
import { config } from "../../../report/sections/config.ts";
import { goldenRecord } from "../../fixtures/golden_record.ts";

Deno.test("config section marks keys, literals and comments", () => {
  assert.equal(render("steps: 1200 # not epochs"), "<b>steps</b>:<u> 1200 </u><i># not epochs</i>");
  assert.equal(render("  - uses: train/next_frame"), "  - <b>uses</b>: train/next_frame");
  assert.equal(render("joint: false"), "<b>joint</b>:<u> false</u>");
});

Deno.test("config section takes no comment from inside quotes or from a word with #", () => {
  assert.equal(render(`a: "x # y"`), `<b>a</b>: &quot;x # y&quot;`);
  assert.equal(render("a: x#y"), "<b>a</b>: x#y");
});

Deno.test("config section keeps every character of any text", () => {
  fc.assert(fc.property(fc.string({ unit: "grapheme-ascii", minLength: 1 }), (line) => {
    const plain = render(`k${line}`).replaceAll(/<\/?[biu]>/g, "").replaceAll("&lt;", "<")
      .replaceAll("&gt;", ">").replaceAll("&quot;", '"').replaceAll("&#39;", "'")
      .replaceAll("&amp;", "&");
    assert.equal(plain, `k${line}`.trimEnd());
  }));
});

Deno.test("config section takes linear time on a long line of open quotes and marks", () => {
  const started = performance.now();
  render(`${"\"'# ".repeat(20_000)}"`);
  render(`a: ${"#'".repeat(20_000)}`);
  // Backtracking over the alternatives would take hours; linear time is some milliseconds.
  assert.ok(performance.now() - started < 2_000);
});

function render(text: string): string {
  const record = { ...goldenRecord([]), config: text };
  const section = String(config.render({ record, images: [], previews: [], drawings: [] }));
  return /<pre[^>]*>([^]*)\n<\/pre>/.exec(section)?.[1] ?? "";
}
