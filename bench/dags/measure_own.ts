/**
 * Times parts of the runner within one process and prints one line of JSON.
 *
 * Usage: deno run -A bench/dags/measure_own.ts plan|fill|process|hash <folder>
 */

import { digestOfFile } from "../../pipelines/key/digest.ts";
import { digestOfKnownFile } from "../../pipelines/key/folder_digest.ts";
import { folderMemory } from "../../pipelines/key/folder_notes.ts";
import { planDag, runDag } from "./run_dag.ts";

const PLANS = 5;

const [what, folder] = Deno.args;
if (folder === undefined) throw new Error("Cannot measure: a folder is missing");
const result = await measure(what, folder);
Deno.stdout.writeSync(new TextEncoder().encode(`${JSON.stringify(result)}\n`));

async function measure(what: string | undefined, folder: string): Promise<object> {
  switch (what) {
    case "plan": {
      const times: number[] = [];
      let stages = 0;
      for (let i = 0; i < PLANS; i++) {
        times.push(
          await milliseconds(async () => {
            stages = (await planDag(folder)).plan.stages.length;
          }),
        );
      }
      return { stages, times, rssMb: Deno.memoryUsage().rss / 2 ** 20 };
    }
    case "fill":
    case "process": {
      let ran = 0;
      const time = await milliseconds(async () => {
        ran = await runDag(folder, { inProcesses: what === "process" });
      });
      return { ran, time };
    }
    case "hash": {
      const file = `${folder}/large.bin`;
      const bytes = Deno.statSync(file).size;
      const times: number[] = [];
      for (let i = 0; i < PLANS; i++) {
        times.push(await milliseconds(async () => void await digestOfFile(file)));
      }
      // As a second run does: the file is older than two seconds, and its digest is remembered.
      await new Promise((resolve) => setTimeout(resolve, 2500));
      Deno.mkdirSync(`${folder}/.zoetrope/tmp`, { recursive: true });
      const memory = folderMemory(`${folder}/.zoetrope`, false);
      await digestOfKnownFile(file, memory);
      const before = bytesRead();
      const again = await milliseconds(async () => void await digestOfKnownFile(file, memory));
      return { bytes, times, again: { time: again, bytesRead: bytesRead() - before } };
    }
    default:
      throw new Error(`Cannot measure "${what}": it must be plan, fill, process or hash`);
  }
}

/** Bytes that this process has read from anything; NaN where the system does not say. */
function bytesRead(): number {
  try {
    return Number(/rchar: (\d+)/.exec(Deno.readTextFileSync("/proc/self/io"))?.[1]);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return NaN;
    throw error;
  }
}

async function milliseconds(work: () => Promise<void>): Promise<number> {
  const started = performance.now();
  await work();
  return performance.now() - started;
}
