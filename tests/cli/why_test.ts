import assert from "node:assert/strict";
import type { Json } from "../../artifacts/weights.ts";
import { digestOf } from "../../pipelines/key/digest.ts";
import { openLocalStore } from "../../pipelines/store/local_store.ts";
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
    out.replaceAll(/[0-9a-f]{6} ->/g, "123456 ->"),
    `numbers  will run
  with.count 3 -> 4 (config.yaml:3:49)
scaled  is unknown until numbers ran
  inputs.curve 123456 -> ? (numbers.curve, config.yaml:4:65)
  numbers runs before it: with.count 3 -> 4 (config.yaml:3:49)
total  is unknown until scaled ran
  inputs.curve 123456 -> ? (scaled.curve, config.yaml:5:47)
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

Deno.test("why names the code that changed, and --trust-code takes the result all the same", async () => {
  await withFolder(async (folder) => {
    await Deno.writeTextFile(`${folder}/config.yaml`, text);
    const code = { "models/silu.ts": "1".repeat(64), "models/unet.ts": "2".repeat(64) };
    await fillStore(folder, { codeOf: () => Promise.resolve(code) });
    // The tiny stages have no modules by the rule of the house: all code is gone.
    const { out } = await command(folder, ["why", "config.yaml", "numbers"]);
    assert.equal(out, 'numbers  will run\n  code "2 modules" -> (none)\n');
    const trusting = await command(folder, ["why", "config.yaml", "numbers", "--trust-code"]);
    assert.match(
      trusting.out,
      /^numbers {2}is cached \([0-9a-f]{6}; code changed, trusted\)\n {2}code "2 modules" -> \(none\)\n$/,
    );
    const plan = await command(folder, ["plan", "config.yaml", "--trust-code", "--check"]);
    assert.match(plan.out, /^cached {3}scaled .*tiny\/scale {4}code changed, trusted$/m);
    assert.equal(plan.code, 0);
    const run = await command(folder, ["run", "config.yaml", "--trust-code"]);
    assert.match(run.out, /numbers {2}cached {3}[0-9a-f]{6} \(code changed, trusted\)/);
    assert.equal(run.code, 0);
    // Nothing was stored under the key of the code there is, and no lock file names what there is not.
    assert.equal((await command(folder, ["plan", "config.yaml", "--check"])).code, 6);
    await assert.rejects(Deno.stat(`${folder}/config.lock.yaml`), Deno.errors.NotFound);
  });
});

Deno.test("why says that a result was removed, which the lock file still names", async () => {
  await withFolder(async (folder) => {
    await Deno.writeTextFile(`${folder}/config.yaml`, text);
    await fillStore(folder);
    assert.equal((await command(folder, ["run", "config.yaml"])).code, 0);
    await Deno.remove(`${folder}/.zoetrope`, { recursive: true });
    const { out } = await command(folder, ["why", "config.yaml", "numbers"]);
    assert.equal(out, "numbers  will run\n  its result was removed from the store\n");
    await Deno.writeTextFile(`${folder}/config.lock.yaml`, "<<<<<<< ours\n");
    const first = await command(folder, ["why", "config.yaml", "numbers"]);
    assert.equal(first.out, "numbers  will run\n  first run\n");
  });
});

Deno.test("why of a damaged result names the file", async () => {
  await withFolder(async (folder) => {
    await Deno.writeTextFile(`${folder}/config.yaml`, text);
    await fillStore(folder);
    const { out: cached } = await command(folder, ["why", "config.yaml", "numbers", "--json"]);
    const [{ key }] = JSON.parse(cached);
    const path = `${folder}/.zoetrope/actions/${key.slice(0, 2)}/${key.slice(2)}.json`;
    await Deno.writeTextFile(path, (await Deno.readTextFile(path)).slice(0, -20));
    const { out } = await command(folder, ["why", "config.yaml", "numbers"]);
    assert.match(out, /^numbers {2}will run\n {2}stage "numbers": Cannot read the record of key/);
  });
});

Deno.test("results of the first format count as no history", async () => {
  await withFolder(async (folder) => {
    await Deno.writeTextFile(`${folder}/config.yaml`, text);
    await fillStore(folder);
    const root = `${folder}/.zoetrope`;
    const store = openLocalStore(root);
    for (const action of await store.listActions()) {
      const document = { ...(action.document as Record<string, Json>), format: 1 };
      await Deno.remove(`${root}/actions/${action.key.slice(0, 2)}/${action.key.slice(2)}.json`);
      await store.putAction({ ...action, key: digestOf(action.key), document });
    }
    const { code, out } = await command(folder, ["why", "config.yaml", "--trust-code"]);
    assert.equal(code, 0);
    assert.equal(out.match(/will run\n {2}first run\n/g)?.length, 3);
  });
});

Deno.test("why of a stage of a sweep shows its points, or the one that is named", async () => {
  const sweep = text.replace("stages:", "matrix: { by: [2, 3] }\nstages:").replace(
    "by: 2",
    'by: "${matrix.by}"',
  );
  assert.match(
    (await why(sweep, "scaled")).out,
    /^scaled@by=2 {2}is cached \(.*\)\nscaled@by=3 {2}will run\n {2}with.by 2 -> 3 \(config.yaml:2:19\)\n$/,
  );
  assert.match((await why(sweep, "scaled@by=2")).out, /^scaled@by=2 {2}is cached \(.*\)\n$/);
});

Deno.test("why of an unknown stage is a usage error that names the nearest", async () => {
  const { code, err } = await why(text, "scalde");
  assert.deepEqual([code, err], [2, 'Unknown stage "scalde". Did you mean "scaled"?\n']);
});
