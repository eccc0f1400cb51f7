import assert from "node:assert/strict";
import { parallelHint } from "../../cli/parallel_hint.ts";
import type { Plan, PlannedStage } from "../../pipelines/plan/plan.ts";

/** The parts of a plan that count: cores asked for, by stages that compute tensors. */
function planOf(...cpus: readonly (number | undefined)[]): Plan {
  const stages = cpus.map((count) => ({
    config: { resources: count === undefined ? {} : { cpus: count } },
    stage: { permissions: { engine: true } },
  }));
  return { stages: stages as unknown as readonly PlannedStage[] } as Plan;
}

function hint(plan: Plan, jobs: number, cpus: number, threads = 0) {
  const machine = { cpus, gpus: 1, memoryMiB: 1 };
  return parallelHint(plan, { jobs, machine, engine: { backend: "onnx", threads } });
}

Deno.test("parallelHint() says how many threads would let stages run at once, where none do", () => {
  assert.match(hint(planOf(undefined, undefined), 4, 8) ?? "", /takes 8 of 8 .* --threads 2 /);
  assert.match(hint(planOf(5, 4), 2, 8) ?? "", /takes 4 of 8 .* --threads 4 /);
  assert.match(hint(planOf(undefined, undefined), 9, 8) ?? "", /--threads 1 /);
});

Deno.test("parallelHint() says nothing where two fit, or nothing could be done", () => {
  assert.equal(hint(planOf(undefined, undefined), 1, 8), undefined, "-j 1");
  assert.equal(hint(planOf(undefined), 4, 8), undefined, "one stage");
  assert.equal(hint(planOf(undefined, 4, 4), 4, 8), undefined, "cpus: 4 twice");
  assert.equal(hint(planOf(undefined, undefined), 4, 8, 4), undefined, "--threads 4");
  assert.equal(hint(planOf(undefined, undefined), 4, 1), undefined, "one core");
});
