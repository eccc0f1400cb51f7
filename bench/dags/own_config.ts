/** A DAG as our config. */

import type { Dag, DagStage } from "./dag.ts";

/** Stages per file: a config may be composed of several, and one must not be larger than 256 KiB. */
const STAGES_PER_FILE = 2000;

/** Writes `config.yaml`, and what it extends, into a folder. */
export function writeOwnConfig({ stages }: Dag, folder: string): void {
  const files: string[] = [];
  for (let start = 0; start < stages.length; start += STAGES_PER_FILE) {
    const name = `part_${files.length}.yaml`;
    const lines = stages.slice(start, start + STAGES_PER_FILE).map(line);
    Deno.writeTextFileSync(`${folder}/${name}`, `stages:\n${lines.join("")}`);
    files.push(name);
  }
  Deno.writeTextFileSync(`${folder}/config.yaml`, `extends: [${files}]\nname: bench\n`);
}

function line({ name, needs }: DagStage): string {
  const inputs = needs.map((need, i) => `${"abc"[i]}: ${need}.curve`).join(", ");
  const edges = inputs === "" ? "" : `, inputs: { ${inputs} }`;
  return `  ${name}: { uses: bench/trivial, with: { of: ${name} }${edges} }\n`;
}
