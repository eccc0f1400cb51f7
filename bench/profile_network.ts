/** Where our step of a network spends its time. */

import type { HotNode, HotNodes } from "./hot_nodes.ts";
import { table } from "./render.ts";
import { runScript } from "./run_script.ts";

/** Operators with less than this of all time are not shown. */
const shownShare = 0.01;

export function profileNetwork(network: string, threads: number): Promise<HotNodes> {
  return runScript("profile_steps.ts", ["--network", network, "--threads", `${threads}`]);
}

export function renderProfile({ operators, kinds }: HotNodes): string {
  const hot = operators.filter(({ share }) => share >= shownShare);
  return [
    "",
    ...table([["operator", "nodes", "ms", "share"], ...hot.map(cells)]),
    "",
    ...table([
      ["kind", "nodes", "ms", "share"],
      ...kinds.map(cells),
    ]),
  ].join("\n");
}

function cells({ what, count, ms, share }: HotNode): string[] {
  return [what, count.toFixed(0), ms.toFixed(2), `${(100 * share).toFixed(1)} %`];
}
