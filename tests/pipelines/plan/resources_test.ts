import assert from "node:assert/strict";
import type { Resources } from "../../../pipelines/config/config.ts";
import type { PlannedStage } from "../../../pipelines/plan/plan.ts";
import { fits, threadsOf } from "../../../pipelines/plan/resources.ts";

const machine = { cpus: 8, gpus: 1, memoryMiB: 1000 };

/** The parts of a planned stage that count. */
function stage(resources: Resources, computes = false): PlannedStage {
  return {
    config: { resources },
    stage: { permissions: { engine: computes } },
  } as unknown as PlannedStage;
}

function fit(resources: Resources, others: readonly PlannedStage[], threads = 0, computes = false) {
  const options = { machine, engine: { backend: "onnx", threads } } as const;
  return fits(stage(resources, computes), others, options);
}

Deno.test("fits() adds up cores, accelerators and memory of what runs", () => {
  assert.ok(fit({ cpus: 3 }, [stage({ cpus: 5 })]));
  assert.ok(!fit({ cpus: 4 }, [stage({ cpus: 5 })]));
  assert.ok(!fit({ gpu: 1 }, [stage({ gpu: 1 })]));
  assert.ok(fit({ gpu: 1 }, [stage({ cpus: 8 })]));
  assert.ok(fit({ memoryMiB: 400 }, [stage({ memoryMiB: 300 }), stage({ memoryMiB: 300 })]));
  assert.ok(!fit({ memoryMiB: 401 }, [stage({ memoryMiB: 300 }), stage({ memoryMiB: 300 })]));
});

Deno.test("fits() lets anything run alone, and what asks for nothing beside anything", () => {
  assert.ok(fit({ cpus: 99, gpu: 9, memoryMiB: 9999 }, []));
  assert.ok(fit({}, [stage({ cpus: 8, gpu: 1, memoryMiB: 1000 })]));
});

Deno.test("fits() counts the threads of stages that compute tensors as cores", () => {
  assert.ok(!fit({}, [stage({}, true)], 0, true), "all cores each");
  assert.ok(fit({}, [stage({}, true)], 4, true), "--threads 4 on 8 cores");
  assert.ok(!fit({}, [stage({}, true)], 5, true), "--threads 5 on 8 cores");
  assert.ok(fit({ cpus: 4 }, [stage({ cpus: 4 }, true)], 0, true), "cpus: 4 each");
  assert.ok(fit({}, [stage({}, true)], 0, false), "a stage without tensors beside one with");
});

Deno.test("threadsOf() depends on the command line, the config and the machine, in this order", () => {
  const engine = (threads: number) => ({ backend: "onnx", threads }) as const;
  assert.equal(threadsOf(stage({ cpus: 3 }), engine(2), machine), 2);
  assert.equal(threadsOf(stage({ cpus: 3 }), engine(0), machine), 3);
  assert.equal(threadsOf(stage({}), engine(0), machine), 8);
});
