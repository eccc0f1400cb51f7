/** `deno task faults [moments] [seed]`: kills runs at many moments and prints what was left of them. */

import { withMemoryDisk } from "../support/memory_disk.ts";
import {
  killAndFinish,
  type KillResult,
  momentOf,
  type Phase,
  runUndisturbed,
} from "./kill_run.ts";

/** Bytes: a slow disk would make it a test of the disk. */
const ROOM = 2 ** 28;
const moments = Number(Deno.args[0] ?? 210);
const seed = Number(Deno.args[1] ?? 2);
const started = performance.now();
const results = new Map<Phase, KillResult[]>();

await withMemoryDisk(ROOM, async (outer) => {
  await Deno.mkdir(`${outer}/undisturbed`);
  const undisturbed = await runUndisturbed(`${outer}/undisturbed`);
  for (let index = 0; index < moments; index++) {
    const moment = momentOf(seed, index, undisturbed);
    const result = await killAndFinish(`${outer}/${index}`, moment, undisturbed);
    results.set(moment.phase, [...results.get(moment.phase) ?? [], result]);
    await Deno.remove(`${outer}/${index}`, { recursive: true });
  }
});

const count = (list: readonly KillResult[], of: (result: KillResult) => number) =>
  list.reduce((sum, result) => sum + of(result), 0);
const lines = [...results].map(([phase, list]) =>
  [
    phase.padEnd(9),
    `${list.length} moments`,
    `${count(list, ({ wasKilled }) => Number(wasKilled))} killed in time`,
    `${count(list, ({ kept }) => kept)} results kept`,
    `${count(list, ({ resumed }) => resumed)} stages resumed`,
  ].join("  ")
);
const seconds = ((performance.now() - started) / 1000).toFixed(0);
const summary = `${moments} moments in ${seconds} s, seed ${seed}: all outputs byte-identical, ` +
  "no damage, no orphan, every store verifies";
await Deno.stdout.write(new TextEncoder().encode(`${[...lines, summary].join("\n")}\n`));
