/**
 * Times the training step of one reference network on one backend and prints one line of JSON.
 *
 * Usage: deno run -A bench/gpu/measure.ts --backend webgpu|cuda|onnx --network a --steps 20
 */

import { parseArgs } from "node:util";
import { createEngine } from "../../engine/create_engine.ts";
import type { EngineOptions } from "../../engine/engine.ts";
import { findNetwork } from "../networks/mod.ts";
import { stepsOf } from "../training_program.ts";

const { values } = parseArgs({
  options: {
    backend: { type: "string", default: "webgpu" },
    network: { type: "string", default: "a" },
    steps: { type: "string", default: "20" },
  },
});
// What createEngine() does not know it refuses.
const backend = values.backend as EngineOptions["backend"];
const engine = await createEngine({ backend, threads: 0 });
const steps = stepsOf(engine, findNetwork(values.network));
const losses: number[] = [];
const stepsMs: number[] = [];
for (let k = 0; k < Number(values.steps) + 3; k++) {
  const start = performance.now();
  // Reads the loss, which waits for the whole step.
  losses.push((await steps.step())());
  // The first steps compile and allocate.
  if (k >= 3) stepsMs.push(performance.now() - start);
}
const result = { version: engine.info.version, losses: losses.slice(0, 3), stepsMs };
await Deno.stdout.write(new TextEncoder().encode(`${JSON.stringify(result)}\n`));
Deno.exit(0);
