import assert from "node:assert/strict";
import { checkLayout } from "../../tools/check_layout.ts";
import { repositoryRoot } from "../../tools/module_graph.ts";

Deno.test("checkLayout() finds no offence in this repository", async () => {
  assert.deepEqual(await checkLayout(repositoryRoot()), []);
});
