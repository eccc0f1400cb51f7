/**
 * Takes some steps of a network under ONNX Runtime's profiler and prints where they spend their time as JSON.
 *
 * Usage: deno run -A bench/profile_steps.ts --network a|... --threads N
 */

import { parseArgs } from "node:util";
import { createEngine } from "../engine/create_engine.ts";
import { enableProfiling } from "./enable_profiling.ts";
import { hotNodes } from "./hot_nodes.ts";
import { findNetwork } from "./networks/mod.ts";
import { stepsOf } from "./training_program.ts";

/** Of which the first three warm up. */
const steps = 8;
const skipped = 3;

const { values } = parseArgs({
  options: { network: { type: "string", default: "" }, threads: { type: "string", default: "1" } },
});
const network = findNetwork(values.network);
const engine = await createEngine({ backend: "onnx", threads: Number(values.threads) });
const program = stepsOf(engine, network);
const folder = await Deno.makeTempDir({ prefix: "zoetrope-profile-" });
try {
  const end = enableProfiling(`${folder}/steps`);
  await program.inspect();
  end();
  for (let k = 0; k < steps; k++) await program.step();
  // Released sessions write their profiles.
  program.dispose();
  const found = hotNodes(await largestFile(folder), skipped);
  Deno.stdout.writeSync(new TextEncoder().encode(JSON.stringify(found) + "\n"));
} finally {
  await Deno.remove(folder, { recursive: true });
}

/** Small kernels that ran meanwhile have sessions, and profiles, of their own. */
async function largestFile(folder: string): Promise<string> {
  let largest = "";
  for await (const { name } of Deno.readDir(folder)) {
    const text = await Deno.readTextFile(`${folder}/${name}`);
    if (text.length > largest.length) largest = text;
  }
  if (largest === "") throw new Error("Cannot profile: ONNX Runtime wrote no profile");
  return largest;
}
