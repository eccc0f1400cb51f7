import assert from "node:assert/strict";
import { command } from "../support/fake_host.ts";
import { withFolder } from "../support/tiny_run.ts";

Deno.test("schema writes the file, and --check then accepts it", async () => {
  await withFolder(async (folder) => {
    const missing = await command(folder, ["schema", "--out", "schema.json", "--check"]);
    assert.equal(missing.code, 1);
    assert.match(missing.err, /schema.json is missing: run "deno task schema"/);
    assert.equal(
      (await command(folder, ["schema", "--out", "schema.json"])).out,
      "Wrote schema.json\n",
    );
    const current = await command(folder, ["schema", "--out", "schema.json", "--check"]);
    assert.deepEqual([current.code, current.out], [0, "schema.json is current\n"]);
  });
});

Deno.test("schema --check fails on a file that is out of date, and leaves it alone", async () => {
  await withFolder(async (folder) => {
    await Deno.writeTextFile(`${folder}/schema.json`, "{}");
    const { code } = await command(folder, ["schema", "--out", "schema.json", "--check"]);
    assert.equal(code, 1);
    assert.equal(await Deno.readTextFile(`${folder}/schema.json`), "{}");
  });
});
