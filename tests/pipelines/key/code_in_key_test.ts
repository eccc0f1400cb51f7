/** What an edit of code does to runs of tiny stages, whose modules lie in a folder of the test. */

import assert from "node:assert/strict";
import { codeDigests } from "../../../pipelines/key/code_digests.ts";
import type { KeyContext } from "../../../pipelines/key/fingerprint.ts";
import { formatChange } from "../../../pipelines/key/format_change.ts";
import { forecast } from "../../../pipelines/key/forecast.ts";
import { openLocalStore } from "../../../pipelines/store/local_store.ts";
import { parseConfig } from "../../../pipelines/config/parse_config.ts";
import { planPipeline } from "../../../pipelines/plan/plan.ts";
import { trustedLookup } from "../../../pipelines/key/trust_code.ts";
import { keyContext, type TinyOptions, tinyRun, withFolder } from "../../support/tiny_run.ts";
import { tinyStages } from "../../support/tiny_stages.ts";

const yaml = `stages:
  numbers: { uses: tiny/numbers, with: { count: 3 } }
  scaled: { uses: tiny/scale, with: { by: 2 }, inputs: { curve: numbers.curve } }
  total: { uses: tiny/total, inputs: { curve: scaled.curve } }
  drawing: { uses: tiny/sketch }
`;

const modules: Readonly<Record<string, string>> = {
  "stages/tiny/numbers.ts": "export const numbers = 1;",
  "stages/tiny/scale.ts": `import { times } from "../../models/times.ts"; times();`,
  "stages/tiny/total.ts": "export const total = 1;",
  "stages/tiny/sketch.ts": "export const sketch = 1;",
  "models/times.ts": "export function times(): void {}",
};

const edited = { "models/times.ts": "export function times() { return 1; }" };

async function edit(root: string, files: Readonly<Record<string, string>>): Promise<void> {
  for (const [path, text] of Object.entries(files)) {
    await Deno.mkdir(`${root}/${path}`.replace(/\/[^/]*$/, ""), { recursive: true });
    await Deno.writeTextFile(`${root}/${path}`, text);
  }
}

function keysOf(root: string): KeyContext {
  const memory = { load: () => new Map(), save: () => undefined, clockMs: () => 0 };
  const digests = codeDigests({ root, imports: {}, memory, believedMs: 0 });
  return { ...keyContext, codeOf: ({ id }) => digests.of([`stages/${id}.ts`]) };
}

/** A folder with `modules` in `code/`; `run` runs the config above with the modules there. */
async function withCode(
  use: (
    folder: string,
    run: (options?: TinyOptions) => ReturnType<typeof tinyRun>,
  ) => Promise<void>,
): Promise<void> {
  await withFolder(async (folder) => {
    await edit(`${folder}/code`, modules);
    await use(
      folder,
      (options) => tinyRun(folder, yaml, { keys: keysOf(`${folder}/code`), ...options }),
    );
  });
}

const allCached = { numbers: "cached", scaled: "cached", total: "cached", drawing: "cached" };

Deno.test("editing a helper runs the stage that loads it; equal bytes keep what follows cached", async () => {
  await withCode(async (folder, run) => {
    await run();
    assert.deepEqual((await run()).states, allCached);
    await edit(`${folder}/code`, edited);
    assert.deepEqual((await run()).states, { ...allCached, scaled: "ran" });
    assert.deepEqual((await run()).states, allCached);
    await edit(`${folder}/code`, modules);
    assert.deepEqual((await run()).states, allCached, "the old code's results are still there");
  });
});

Deno.test("editing the module of an unrelated stage runs nothing else", async () => {
  await withCode(async (folder, run) => {
    await run();
    await edit(`${folder}/code`, { "stages/tiny/sketch.ts": "export const sketch = 2;" });
    assert.deepEqual((await run()).states, { ...allCached, drawing: "ran" });
    await edit(`${folder}/code`, { "stages/tiny/other.ts": "export const other = 2;" });
    assert.deepEqual((await run()).states, allCached);
  });
});

Deno.test("a comment, a type, another layout and a moved checkout run nothing", async () => {
  await withCode(async (folder, run) => {
    await run();
    await edit(`${folder}/code`, {
      "models/times.ts": "/** Nothing. */\nexport function times(this: void) {\n}\n",
    });
    assert.deepEqual((await run()).states, allCached);
    await Deno.rename(`${folder}/code`, `${folder}/moved`);
    const keys = keysOf(`${folder}/moved`);
    assert.deepEqual((await run({ keys })).states, allCached);
  });
});

Deno.test("an edit during a run: what starts later has the key of the new code", async () => {
  await withCode(async (folder, run) => {
    await run({
      onEvent(event) {
        if (event.kind !== "stage-started" || event.stage !== "numbers") return;
        for (const [path, text] of Object.entries(edited)) {
          Deno.writeTextFileSync(`${folder}/code/${path}`, text);
        }
      },
    });
    assert.deepEqual((await run()).states, allCached);
    await edit(`${folder}/code`, modules);
    assert.deepEqual((await run()).states, { ...allCached, scaled: "ran" });
  });
});

Deno.test("trusted code: the old result counts, keeps its key, and a later run computes anew", async () => {
  await withCode(async (folder, run) => {
    const first = await run();
    await edit(`${folder}/code`, { ...edited, "stages/tiny/total.ts": "export const total = 2;" });
    const store = openLocalStore(`${folder}/store`);
    const second = await run({ trusted: trustedLookup(store) });
    assert.deepEqual(second.states, allCached);
    assert.deepEqual(second.digests, first.digests);
    const keys = ({ record }: typeof first) => record.stages.map(({ key }) => key);
    assert.deepEqual(keys(second), keys(first));
    assert.deepEqual(
      second.events.filter((event) => event.kind === "stage-cached" && event.isTrusted)
        .map((event) => "stage" in event ? event.stage : ""),
      ["scaled", "total"],
    );
    const messages = second.record.stages.map(({ message }) => message);
    const said = "Its code was edited since, and trusted";
    assert.deepEqual(messages, [undefined, said, said, undefined]);
    assert.deepEqual((await run()).states, { ...allCached, scaled: "ran", total: "ran" });
  });
});

Deno.test("trusted code: any other change runs the stage", async () => {
  await withCode(async (folder, run) => {
    await run();
    await edit(`${folder}/code`, edited);
    const trusted = trustedLookup(openLocalStore(`${folder}/store`));
    const { states } = await run({ trusted, set: ["scaled.with.by=3"] });
    assert.deepEqual(states, { ...allCached, scaled: "ran", total: "ran" });
    const forced = await run({ trusted, force: true });
    assert.deepEqual(new Set(Object.values(forced.states)), new Set(["ran"]));
  });
});

Deno.test("trusted code: a damaged result is not taken", async () => {
  await withCode(async (folder, run) => {
    const { record } = await run();
    await edit(`${folder}/code`, edited);
    for (const key of record.stages.map(({ key }) => key)) {
      const path = `${folder}/store/actions/${key.slice(0, 2)}/${key.slice(2)}.json`;
      const text = await Deno.readTextFile(path);
      if (text.includes(`"tiny/scale"`)) {
        await Deno.writeTextFile(path, text.replace("tiny", "tidy"));
      }
    }
    const trusted = trustedLookup(openLocalStore(`${folder}/store`));
    assert.equal((await run({ trusted })).states["scaled"], "ran");
  });
});

Deno.test("forecast() names the modules that changed, and those that are trusted", async () => {
  await withCode(async (folder, run) => {
    await run();
    await edit(`${folder}/code`, edited);
    const plan = await planPipeline(await parseConfig("config.yaml", { folder }), tinyStages);
    const store = openLocalStore(`${folder}/store`);
    const keys = keysOf(`${folder}/code`);
    const [numbers, scaled, total] = await forecast(plan, store, keys);
    assert.equal(numbers?.state, "cached");
    assert(scaled?.state === "run");
    assert.equal(scaled.reason, "code models/times.ts changed");
    assert.equal(total?.state, "unknown");
    const trusting = await forecast(plan, store, keys, { trusted: trustedLookup(store) });
    assert.deepEqual(trusting.map(({ state }) => state), Array(4).fill("cached"));
    const changes = trusting.map((each) =>
      each.state === "cached" ? each.trusted?.map(formatChange) : []
    );
    assert.deepEqual(changes, [undefined, ["code models/times.ts changed"], undefined, undefined]);
  });
});
