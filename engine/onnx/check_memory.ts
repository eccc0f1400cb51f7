/** Refuses programs that would not fit, before the operating system ends the process for it. */

import { declaredMemory, estimateMemory } from "./graph/estimate_memory.ts";
import type { Graph } from "./graph/graph.ts";
import { printType } from "./graph/print_graph.ts";
import type { BlockSize } from "./trace.ts";

export interface MemoryCheck {
  readonly name: string;
  readonly blockSize: BlockSize;
  /** Bytes that a program may take; undefined for what is free now. */
  readonly limit: number | undefined;
}

/**
 * The estimate takes 30 ms for a U-Net's 6,300 nodes. Where all values that lowerings declare,
 * never mind when they live, fill no quarter of what there is, it is left out: what else lives at one
 * time is less than three times as much.
 */
const spare = 4;

/** @throws {RangeError} When the program wants more than there is. */
export function checkMemory(graph: Graph, { name, blockSize, limit }: MemoryCheck): void {
  const most = limit ?? freeMemory();
  if (most === undefined || spare * declaredMemory(graph) < most) return;
  const { held, peak, largest } = estimateMemory(graph, blockSize);
  const wanted = held + peak;
  if (wanted <= most) return;
  const values = largest === undefined
    ? ""
    : `; its largest value is ${printType(largest.type)}, made by ${largest.op}`;
  throw new RangeError(
    `Cannot compile "${name}": it may take ${inGigabytes(most)} ` +
      `(${limit === undefined ? "what is free" : "the limit"}), but wants about ` +
      `${inGigabytes(wanted)}: ${inGigabytes(held)} for arguments, constants and results and ` +
      `${inGigabytes(peak)} for values in between${values}. A smaller batch wants less`,
  );
}

/** Bytes that can be taken without swapping; undefined when the process may not ask. */
function freeMemory(): number | undefined {
  // Asked first, because a process without the permission would wait for an answer at a terminal.
  const permission = { name: "sys", kind: "systemMemoryInfo" } as const;
  if (Deno.permissions.querySync(permission).state !== "granted") return undefined;
  return Deno.systemMemoryInfo().available;
}

function inGigabytes(bytes: number): string {
  return bytes < 1e8 ? `${(bytes / 1e6).toFixed(1)} MB` : `${(bytes / 1e9).toFixed(1)} GB`;
}
