import assert from "node:assert/strict";
import { linesOf } from "../../bench/lines.ts";

Deno.test("linesOf() joins parts, splits lines, and gives an unended last one", async () => {
  const bytes = new TextEncoder().encode('{"a": "é"}\nplain\n\nend');
  // Cut inside the two bytes of é too.
  const parts = [bytes.slice(0, 8), bytes.slice(8, 14), bytes.slice(14)];
  const lines = await Array.fromAsync(linesOf(ReadableStream.from(parts)));
  assert.deepEqual(lines, ['{"a": "é"}', "plain", "", "end"]);
});
