import assert from "node:assert/strict";
import { openLocalStore } from "../../../pipelines/store/local_store.ts";
import { keyContext, tinyRun, withFolder } from "../../support/tiny_run.ts";

const yaml = `stages:
  count: { uses: tiny/count, with: { to: 2 } }
  numbers: { uses: tiny/numbers }
`;

Deno.test("an edit while a stage's process starts: it does not run, and nothing is stored", async () => {
  await withFolder(async (folder) => {
    const [a, b] = ["a".repeat(64), "b".repeat(64)];
    let isLoaded = false;
    const keys = {
      ...keyContext,
      // As a module is that is written between the key and the start of the process.
      codeOf: ({ id }: { readonly id: string }, isNow = false) => {
        isLoaded ||= isNow;
        return Promise.resolve({ "models/x.ts": isNow && id === "tiny/count" ? b : a });
      },
    };
    const { record } = await tinyRun(folder, yaml, { keys, inProcesses: true, keepGoing: true });
    assert(isLoaded);
    const [count, numbers] = record.stages;
    assert.equal(count?.state, "failed");
    assert.equal(
      count?.message,
      "Its code was edited while it started: models/x.ts. Nothing was stored; run it again",
    );
    assert.equal(numbers?.state, "ran");
    const actions = await openLocalStore(`${folder}/store`).listActions();
    assert.deepEqual(actions.map(({ stage }) => stage), ["numbers"]);
  });
});

Deno.test("a second attempt does not run code that was edited since the first", async () => {
  await withFolder(async (folder) => {
    const text = `stages:
  count: { uses: tiny/count, with: { behaviour: exit, failAt: 1 }, retry: { times: 2, on: [lost], backoff: 1s } }
`;
    let attempts = 0;
    const keys = {
      ...keyContext,
      codeOf: (_stage: unknown, isNow = false) => {
        if (isNow) attempts++;
        return Promise.resolve({ "models/x.ts": (attempts > 1 ? "b" : "a").repeat(64) });
      },
    };
    const { record } = await tinyRun(folder, text, { keys, inProcesses: true });
    assert.equal(attempts, 2);
    assert.match(record.stages[0]?.message ?? "", /^Its code was edited while it started/);
  });
});
