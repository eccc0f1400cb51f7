import assert from "node:assert/strict";
import { command } from "../support/fake_host.ts";
import { fillStore } from "../support/fill_store.ts";
import { withFolder } from "../support/tiny_run.ts";

const text = `seed: 1
stages:
  numbers: { uses: tiny/numbers, with: { count: 3 } }
  scaled: { uses: tiny/scale, with: { by: 2 }, inputs: { curve: numbers.curve } }
  total: { uses: tiny/total, inputs: { curve: scaled.curve } }
`;

/** What `why` says of a changed config, after a run of the text above. */
async function why(changed: string, ...args: string[]) {
  return await withFolder(async (folder) => {
    await Deno.writeTextFile(`${folder}/config.yaml`, text);
    await fillStore(folder);
    await Deno.writeTextFile(`${folder}/config.yaml`, changed);
    return await command(folder, ["why", "config.yaml", ...args]);
  });
}

Deno.test("why of a cached stage gives its key", async () => {
  const { code, out } = await why(text, "scaled");
  assert.equal(code, 0);
  assert.match(out, /^scaled {2}is cached \([0-9a-f]{6}\)\n$/);
});

Deno.test("why of a changed stage names each field, old and new value, and place", async () => {
  const { out } = await why(text.replace("by: 2", "by: 3, note: hello"), "scaled");
  assert.equal(
    out,
    `scaled  will run
  with.by 2 -> 3 (config.yaml:4:43)
  with.note "" (default) -> "hello" (config.yaml:4:52)
`,
  );
});

Deno.test("why of all stages says what waits for what", async () => {
  const { out } = await why(text.replace("count: 3", "count: 4"));
  assert.equal(
    out,
    `numbers  will run
  with.count 3 -> 4 (config.yaml:3:49)
scaled  is unknown until numbers ran
  numbers runs before it: with.count 3 -> 4 (config.yaml:3:49)
total  is unknown until scaled ran
  scaled may run before it: unknown until numbers ran
`,
  );
});

Deno.test("why of a stage that never ran says so", async () => {
  const changed = `${text}  more: { uses: tiny/count }\n`;
  assert.equal((await why(changed, "more")).out, "more  will run\n  first run\n");
});

Deno.test("why --json is machine readable", async () => {
  const { out } = await why(text.replace("by: 2", "by: 3"), "scaled", "--json");
  const [scaled] = JSON.parse(out);
  assert.deepEqual([scaled.stage, scaled.state], ["scaled", "run"]);
  assert.deepEqual(scaled.changes, [
    { field: "with.by", before: 2, after: 3, at: "config.yaml:4:43" },
  ]);
});

Deno.test("why of an unknown stage is a usage error that names the nearest", async () => {
  const { code, err } = await why(text, "scalde");
  assert.deepEqual([code, err], [2, 'Unknown stage "scalde". Did you mean "scaled"?\n']);
});
