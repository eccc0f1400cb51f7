import assert from "node:assert/strict";
import { command } from "../support/fake_host.ts";
import { fillStore } from "../support/fill_store.ts";
import { withFolder } from "../support/tiny_run.ts";

const text = `name: demo
seed: 1
profiles:
  many: { stages: { numbers: { with: { count: 9 } } } }
stages:
  numbers: { uses: tiny/numbers, with: { count: 3 } }
  scaled: { uses: tiny/scale, with: { by: 2 }, inputs: { curve: numbers.curve } }
  total: { uses: tiny/total, inputs: { curve: scaled.curve } }
`;

async function inFolder(use: (folder: string) => Promise<void>): Promise<void> {
  await withFolder(async (folder) => {
    await Deno.writeTextFile(`${folder}/config.yaml`, text);
    await use(folder);
  });
}

Deno.test("plan of a new config says that everything runs, and writes nothing", async () => {
  await inFolder(async (folder) => {
    const { code, out, err } = await command(folder, ["plan", "config.yaml"]);
    assert.deepEqual([code, err], [0, ""]);
    assert.equal(
      out,
      `plan   demo  3 stages   to run: numbers scaled total
run      numbers  tiny/numbers  first run
run      scaled   tiny/scale    first run
run      total    tiny/total    first run
`,
    );
    assert.deepEqual([...Deno.readDirSync(folder)].map(({ name }) => name), ["config.yaml"]);
  });
});

Deno.test("plan after a run says what is cached, what changed and what cannot be known", async () => {
  await inFolder(async (folder) => {
    await fillStore(folder);
    const cached = await command(folder, ["plan", "config.yaml"]);
    assert.match(cached.out, /^plan {3}demo {2}3 stages {3}cached: numbers scaled total\n/);
    assert.match(cached.out, /^cached {3}numbers {2}tiny\/numbers {2}[0-9a-f]{6}$/m);
    const { out } = await command(folder, ["plan", "config.yaml", "--set", "scaled.with.by=3"]);
    assert.match(
      out,
      /^plan {3}demo {2}3 stages {3}cached: numbers {3}to run: scaled {3}unknown: total\n/,
    );
    assert.match(out, /^run .*scaled .* with.by 2 -> 3 \(--set scaled.with.by=3\)$/m);
    assert.match(out, /^unknown .*total .* unknown until scaled ran$/m);
  });
});

Deno.test("plan --json is one document with state, key and reason of each stage", async () => {
  await inFolder(async (folder) => {
    await fillStore(folder);
    const args = ["plan", "config.yaml", "--json", "--profile", "many"];
    const { out, err } = await command(folder, args);
    assert.equal(err, "");
    const { name, stages } = JSON.parse(out);
    assert.equal(name, "demo");
    assert.match(stages[0].key, /^[0-9a-f]{64}$/);
    assert.deepEqual(stages[0].changes, [
      { field: "with.count", before: 3, after: 9, at: "config.yaml:4:47" },
    ]);
    assert.deepEqual(stages.map(({ state }: { state: string }) => state), [
      "run",
      "unknown",
      "unknown",
    ]);
    assert.deepEqual(stages[1].waitsFor, ["numbers"]);
  });
});

Deno.test("plan --json marks inputs that are not known yet, and where they are connected", async () => {
  await inFolder(async (folder) => {
    await fillStore(folder);
    const args = ["plan", "config.yaml", "--json", "--profile", "many"];
    const { stages } = JSON.parse((await command(folder, args)).out);
    const [{ before, ...change }] = stages[1].changes;
    assert.match(before, /^[0-9a-f]{64}$/);
    assert.deepEqual(change, {
      field: "inputs.curve",
      at: "config.yaml:7:65",
      from: "numbers.curve",
      isPending: true,
    });
  });
});

Deno.test("plan --check exits with 6 when something would run, and with 0 when nothing would", async () => {
  await inFolder(async (folder) => {
    const plan = async (...args: string[]) =>
      (await command(folder, ["plan", "config.yaml", "--check", ...args])).code;
    assert.equal(await plan(), 6);
    await fillStore(folder);
    assert.equal(await plan(), 0);
    assert.equal(await plan("--json"), 0);
    assert.equal(await plan("--set", "total.timeout=5s"), 0);
    assert.equal(await plan("--set", "scaled.with.by=3"), 6);
  });
});

Deno.test("plan with another engine finds results of stages without tensors", async () => {
  await inFolder(async (folder) => {
    await fillStore(folder);
    const { out } = await command(folder, ["plan", "config.yaml", "--engine", "cpu"]);
    assert.match(out, /cached: numbers scaled total/);
  });
});

Deno.test("plan --store looks elsewhere", async () => {
  await inFolder(async (folder) => {
    await fillStore(folder);
    const { out } = await command(folder, ["plan", "config.yaml", "--store", "other"]);
    assert.match(out, /to run: numbers scaled total/);
  });
});

Deno.test("plan --resolved prints the config that really runs, as YAML or JSON", async () => {
  await inFolder(async (folder) => {
    const { out } = await command(folder, ["plan", "config.yaml", "--resolved"]);
    assert.match(out, /^name: demo\nseed: 1\nstages:\n {2}numbers:\n {4}uses: tiny\/numbers\n/);
    assert.match(out, /logEvery: 1/);
    const json = await command(folder, ["plan", "config.yaml", "--resolved", "--json"]);
    assert.equal(JSON.parse(json.out).stages.numbers.with.count, 3);
  });
});

Deno.test("plan --resolved --origins says where each value is written", async () => {
  await inFolder(async (folder) => {
    await Deno.writeTextFile(
      `${folder}/config.yaml`,
      `extends: [base.yaml]
params: { n: 9 }
stages:
  numbers: { with: { count: "${"${params.n}"}" } }
`,
    );
    await Deno.writeTextFile(`${folder}/base.yaml`, text.slice(text.indexOf("seed")));
    const args = ["plan", "config.yaml", "--resolved", "--origins", "--set", "scaled.with.by=4"];
    const { out } = await command(folder, args);
    assert.equal(
      out,
      `name: config # default
seed: 1 # base.yaml:1:7
stages:
  numbers:
    uses: tiny/numbers # base.yaml:5:20
    with:
      count: 9 # config.yaml:2:14, used at config.yaml:4:29
      seed: 0 # default
  scaled:
    uses: tiny/scale # base.yaml:6:19
    with:
      by: 4 # --set scaled.with.by=4
      note: "" # default
      logEvery: 1 # default
    inputs:
      curve: numbers.curve # base.yaml:6:65
  total:
    uses: tiny/total # base.yaml:7:18
    inputs:
      curve: scaled.curve # base.yaml:7:47
`,
    );
    const json = JSON.parse((await command(folder, [...args, "--json"])).out);
    assert.deepEqual(json.origins[1], { path: ["seed"], at: "base.yaml:1:7" });
    assert.equal(json.config.stages.numbers.with.count, 9);
    assert.equal((await command(folder, ["plan", "config.yaml", "--origins"])).code, 2);
  });
});
