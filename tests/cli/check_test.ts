import assert from "node:assert/strict";
import { command } from "../support/fake_host.ts";
import { withFolder } from "../support/tiny_run.ts";

async function check(files: Readonly<Record<string, string>>, ...options: string[]) {
  return await withFolder(async (folder) => {
    for (const [name, text] of Object.entries(files)) {
      await Deno.writeTextFile(`${folder}/${name}`, text);
    }
    return await command(folder, ["check", ...Object.keys(files), ...options]);
  });
}

const good = "stages:\n  numbers: { uses: tiny/numbers }\n";

Deno.test("check of a good config says so", async () => {
  const { code, out, err } = await check({ "a.yaml": good });
  assert.deepEqual([code, out, err], [0, "ok  a.yaml  1 stage\n", ""]);
});

Deno.test("check goes on after a bad config, and ends with 3", async () => {
  const { code, out, err } = await check({ "a.yaml": "stages: 3\n", "b.yaml": good });
  assert.equal(code, 3);
  assert.equal(out, "ok  b.yaml  1 stage\n");
  assert.match(err, /^a.yaml:1:9 "stages" must be a map, but is 3\n/);
});

Deno.test("check --json lists each config with its diagnostics", async () => {
  const { code, out } = await check({ "a.yaml": "stages: 3\n", "b.yaml": good }, "--json");
  const { valid, configs } = JSON.parse(out);
  assert.deepEqual([code, valid], [3, false]);
  assert.deepEqual(configs.map(({ config }: { config: string }) => config), ["a.yaml", "b.yaml"]);
  assert.equal(configs[0].diagnostics[0].column, 9);
  assert.deepEqual(configs[1].diagnostics, []);
});

Deno.test("check passes over the lock files that a pattern names beside configs", async () => {
  await withFolder(async (folder) => {
    await Deno.writeTextFile(`${folder}/a.yaml`, "stages: { a: { uses: tiny/numbers } }\n");
    await Deno.writeTextFile(`${folder}/a.lock.yaml`, "format: 1\n...\n");
    const both = await command(folder, ["check", "a.lock.yaml", "a.yaml"]);
    assert.deepEqual([both.code, both.out], [0, "ok  a.yaml  1 stage\n"]);
    const alone = await command(folder, ["check", "a.lock.yaml"]);
    assert.deepEqual([alone.code, alone.err], [2, '"a.lock.yaml" is a lock file, no config\n']);
  });
});
