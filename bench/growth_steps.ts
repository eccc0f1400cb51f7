/**
 * Trains a small network for many steps and prints, as JSON, how much memory it held at which step.
 *
 * Usage: deno run -A --v8-flags=--expose-gc bench/growth_steps.ts --steps 2000 --threads N
 */

import { parseArgs } from "node:util";
import { createEngine } from "../engine/create_engine.ts";
import type { Growth } from "./measure_growth.ts";
import { unet } from "./networks/unet.ts";
import { rssMb } from "./process_usage.ts";
import { stepsOf } from "./training_program.ts";

const { values } = parseArgs({
  options: {
    steps: { type: "string", default: "2000" },
    threads: { type: "string", default: "1" },
  },
});
const steps = Number(values.steps);
const every = Math.max(1, Math.floor(steps / 10));
const network = unet({
  widths: [16, 32],
  blocks: 1,
  groups: 4,
  embedding: 32,
  batch: 4,
  edge: 16,
});
const engine = await createEngine({ backend: "onnx", threads: Number(values.threads) });
const program = stepsOf(engine, network);
const rss: Record<number, number> = {};
const tensors: Record<number, number> = {};
for (let step = 1; step <= steps; step++) {
  await program.step();
  if (step % every !== 0) continue;
  collectGarbage();
  rss[step] = rssMb();
  tensors[step] = engine.memory().tensors;
}
const growth: Growth = { rssMb: rss, tensors };
Deno.stdout.writeSync(new TextEncoder().encode(JSON.stringify(growth) + "\n"));

/** So that what remains is held, and not merely not yet collected. */
function collectGarbage(): void {
  const collect: unknown = Reflect.get(globalThis, "gc");
  if (typeof collect === "function") collect();
}
