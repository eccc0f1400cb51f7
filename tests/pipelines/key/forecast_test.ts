import assert from "node:assert/strict";
import { forecast } from "../../../pipelines/key/forecast.ts";
import { openLocalStore } from "../../../pipelines/store/local_store.ts";
import { parseConfig } from "../../../pipelines/config/parse_config.ts";
import { planPipeline } from "../../../pipelines/plan/plan.ts";
import { tinyStages } from "../../support/tiny_stages.ts";
import { keyContext, tinyRun, withFolder } from "../../support/tiny_run.ts";

const text = `seed: 1
stages:
  numbers: { uses: tiny/numbers, with: { count: 3 } }
  scaled: { uses: tiny/scale, with: { by: 2 }, inputs: { curve: numbers.curve } }
  total: { uses: tiny/total, inputs: { curve: scaled.curve } }
`;

/** State and reason of each stage, for a config laid over the store of `folder`. */
async function forecastOf(folder: string, yaml: string) {
  await Deno.writeTextFile(`${folder}/next.yaml`, yaml);
  const plan = await planPipeline(await parseConfig("next.yaml", { folder }), tinyStages);
  const stages = await forecast(plan, openLocalStore(`${folder}/store`), keyContext);
  return stages.map((each) => [
    each.planned.name,
    each.state,
    each.state === "cached" ? "" : each.reason,
  ]);
}

Deno.test("forecast() on an empty store: everything is a first run, and nothing is created", async () => {
  await withFolder(async (folder) => {
    assert.deepEqual(await forecastOf(folder, text), [
      ["numbers", "run", "first run"],
      ["scaled", "run", "first run"],
      ["total", "run", "first run"],
    ]);
    assert.deepEqual([...Deno.readDirSync(folder)].map(({ name }) => name), ["next.yaml"]);
  });
});

Deno.test("forecast() after a run: everything is cached, whatever the stages are called", async () => {
  await withFolder(async (folder) => {
    await tinyRun(folder, text);
    const renamed = `# moved\n${
      text.replaceAll("numbers", "data").replace("tiny/data", "tiny/numbers")
    }`;
    assert.deepEqual(await forecastOf(folder, renamed), [
      ["data", "cached", ""],
      ["scaled", "cached", ""],
      ["total", "cached", ""],
    ]);
  });
});

Deno.test("forecast() names the change, and what cannot be known yet", async () => {
  await withFolder(async (folder) => {
    await tinyRun(folder, text);
    assert.deepEqual(await forecastOf(folder, text.replace("by: 2", "by: 3")), [
      ["numbers", "cached", ""],
      ["scaled", "run", "with.by 2 -> 3 (next.yaml:4:43)"],
      ["total", "unknown", "unknown until scaled ran"],
    ]);
  });
});

Deno.test("forecast() knows that a changed stage runs even while its inputs are unknown", async () => {
  await withFolder(async (folder) => {
    await tinyRun(folder, text);
    const yaml = text.replace("by: 2", "by: 3").replace("count: 3", "count: 4");
    assert.deepEqual(await forecastOf(folder, yaml), [
      ["numbers", "run", "with.count 3 -> 4 (next.yaml:3:49)"],
      ["scaled", "run", "with.by 2 -> 3 (next.yaml:4:43)"],
      ["total", "unknown", "unknown until scaled ran"],
    ]);
  });
});

Deno.test("forecast() agrees with what the run then does, early cut-off included", async () => {
  await withFolder(async (folder) => {
    await tinyRun(folder, text);
    // The note is in the key of "scaled", but its output is the same: "total" stays cached.
    const yaml = text.replace("by: 2", "by: 2, note: x");
    assert.deepEqual(await forecastOf(folder, yaml), [
      ["numbers", "cached", ""],
      ["scaled", "run", 'with.note "" (default) -> "x" (next.yaml:4:52)'],
      ["total", "unknown", "unknown until scaled ran"],
    ]);
    const { states } = await tinyRun(folder, yaml);
    assert.deepEqual(states, { numbers: "cached", scaled: "ran", total: "cached" });
    assert.deepEqual((await forecastOf(folder, yaml)).map(([, state]) => state), [
      "cached",
      "cached",
      "cached",
    ]);
  });
});

Deno.test("forecast() says when a result is damaged, and does not touch it", async () => {
  await withFolder(async (folder) => {
    const { record } = await tinyRun(folder, text);
    const before = await listing(`${folder}/store`);
    const blobs = before.filter((path) => path.includes("/objects/"));
    for (const path of blobs) {
      await Deno.chmod(path, 0o644);
      await Deno.writeTextFile(path, "damaged");
    }
    const [numbers] = await forecastOf(folder, text);
    assert.equal(numbers?.[1], "run");
    assert.match(numbers?.[2] ?? "", /must have digest/);
    assert.deepEqual(await listing(`${folder}/store`), before);
    assert.equal(record.stages.length, 3);
  });
});

async function listing(folder: string): Promise<string[]> {
  const paths: string[] = [];
  for await (const { name, isDirectory } of Deno.readDir(folder)) {
    const path = `${folder}/${name}`;
    if (isDirectory) paths.push(...await listing(path));
    else paths.push(path);
  }
  return paths.sort();
}
