import assert from "node:assert/strict";
import { planDifferences, resultDifference } from "../../../pipelines/run/frozen.ts";
import { type LockedStage, lockedStage, type LockFile } from "../../../pipelines/run/lock_file.ts";
import { parseConfig } from "../../../pipelines/config/parse_config.ts";
import { planPipeline } from "../../../pipelines/plan/plan.ts";
import type { Action } from "../../../pipelines/store/store.ts";
import { keyContext, tinyRun, withFolder } from "../../support/tiny_run.ts";
import { tinyStages } from "../../support/tiny_stages.ts";

const chain = `name: chain
stages:
  a: { uses: tiny/numbers }
  b: { uses: tiny/scale, inputs: { curve: a.curve }, with: { by: 3 } }
  c: { uses: tiny/total, inputs: { curve: b.curve } }
`;

/** Runs `yaml` and gives the lock of its results, and the results. */
async function lockOf(folder: string, yaml: string) {
  const stages: Record<string, LockedStage> = {};
  const actions: Record<string, Action> = {};
  await tinyRun(folder, yaml, {
    inspect(planned, action) {
      stages[planned.name] = lockedStage(planned.stage.id, action);
      actions[planned.name] = action;
      return undefined;
    },
  });
  const lock: LockFile = { format: 1, results: "", stages };
  return { lock, actions };
}

async function differences(folder: string, yaml: string, lock: LockFile) {
  await Deno.writeTextFile(`${folder}/config.yaml`, yaml);
  const plan = await planPipeline(await parseConfig("config.yaml", { folder }), tinyStages);
  return { plan, found: await planDifferences(plan, lock, keyContext) };
}

Deno.test("planDifferences() finds none in the config that was locked, whatever its order and comments", () =>
  withFolder(async (folder) => {
    const { lock } = await lockOf(folder, chain);
    const other = chain.replace("with: { by: 3 }", "with: { by: 3.0, logEvery: 4 }") + "# more\n";
    for (const yaml of [chain, other]) {
      assert.deepEqual((await differences(folder, yaml, lock)).found, []);
    }
  }));

Deno.test("planDifferences() names the stage, both keys and the parameter, and nothing that only follows", () =>
  withFolder(async (folder) => {
    const { lock } = await lockOf(folder, chain);
    const { found } = await differences(folder, chain.replace("by: 3", "by: 4"), lock);
    assert.equal(found.length, 1);
    assert.match(
      found[0] ?? "",
      new RegExp(
        `^Stage "b": the lock file has key ${
          lock.stages["b"]?.key
        }, but it is [0-9a-f]{64}: with.by 3 -> 4$`,
      ),
    );
  }));

Deno.test("planDifferences() names the module graph, the seed and the engine by name", () =>
  withFolder(async (folder) => {
    const { lock } = await lockOf(folder, chain);
    const b = lock.stages["b"];
    assert.ok(b);
    const older = {
      ...b,
      key: "0".repeat(64),
      document: { ...b.document, seed: 9, code: "f".repeat(64) },
    };
    const { found } = await differences(folder, chain, {
      ...lock,
      stages: { ...lock.stages, b: older },
    });
    assert.match(found[0] ?? "", /: code ffffffffffff -> null, seed 9 -> 0$/);
  }));

Deno.test("planDifferences() names stages that one of the two does not have", () =>
  withFolder(async (folder) => {
    const { lock } = await lockOf(folder, chain);
    const { found } = await differences(folder, chain.replace("  c:", "  total:"), lock);
    assert.deepEqual(found, [
      'Stage "total" is not in the lock file',
      'Stage "c" of the lock file is not in the config',
    ]);
  }));

Deno.test("resultDifference() names stage, port and both digests", () =>
  withFolder(async (folder) => {
    const { lock, actions } = await lockOf(folder, chain);
    const { plan } = await differences(folder, chain, lock);
    const [planned] = plan.stages;
    const action = actions["a"];
    const a = lock.stages["a"];
    assert.ok(planned && action && a);
    assert.equal(resultDifference(planned, action, lock), undefined);
    const other = "0".repeat(64);
    const stages = { ...lock.stages, a: { ...a, outputs: { curve: other } } };
    assert.equal(
      resultDifference(planned, action, { ...lock, stages }),
      `Output "curve" of stage "a": the lock file has digest ${other}, but it is ${
        action.outputs["curve"]?.digest
      }`,
    );
  }));

Deno.test("a result that inspect() refuses fails its stage, cached or new, and nothing uses it", () =>
  withFolder(async (folder) => {
    for (const state of ["new", "cached"]) {
      const { states, record } = await tinyRun(folder, chain, {
        keepGoing: true,
        inspect: ({ name }) => name === "b" ? "other digest" : undefined,
      });
      assert.deepEqual(states, {
        a: state === "new" ? "ran" : "cached",
        b: "failed",
        c: "skipped",
      });
      const b = record.stages.find(({ name }) => name === "b");
      assert.deepEqual([b?.cause, b?.message], ["frozen", "other digest"]);
    }
  }));
