/** A network's result in numbers: what tables and JSON show. */

import type { Entry, NetworkResult } from "./bench_network.ts";
import { tolerableLoad } from "./bench_network.ts";
import { medianOf, type OwnCosts, quantiles } from "./measurement.ts";

export interface ContestantSummary {
  readonly id: string;
  readonly title: string;
  readonly family: Entry["contestant"]["family"];
  readonly version: string;
  readonly medianMs: number;
  readonly p10Ms: number;
  readonly p90Ms: number;
  readonly minMs: number;
  /** Processor time of a step. */
  readonly cpuMs: number;
  readonly peakRssMb: number;
  /** From nothing compiled to the first result. */
  readonly firstMs: number;
  /** Our time over its: below 1 where we are faster. Median over rounds of the ratio of medians. */
  readonly oursOverIt: number;
  readonly rounds: number;
  /** Rounds beside which other processes computed. */
  readonly disturbed: number;
  readonly own?: OwnCosts & { readonly gflopPerSecond: number };
}

export interface NetworkSummary {
  readonly id: string;
  readonly summary: string;
  readonly parameters: number;
  readonly firstLoss: number;
  readonly contestants: readonly ContestantSummary[];
  readonly failures: readonly { readonly title: string; readonly reason: string }[];
  /** Ours over the fastest contestant of each family; absent where none of it was timed. */
  readonly ratios: Readonly<Partial<Record<Entry["contestant"]["family"], number>>>;
}

export function summarise({ network, entries, failures }: NetworkResult): NetworkSummary {
  const timed = entries.filter(({ rounds }) => rounds.length > 0);
  const ours = timed.find(({ contestant }) => contestant.id === "ours");
  const contestants = timed.map((entry) => summariseOne(entry, ours));
  const ratios: Partial<Record<Entry["contestant"]["family"], number>> = {};
  for (const family of ["eager", "compile", "jax"] as const) {
    const found = contestants.filter((one) => one.family === family)
      .map(({ oursOverIt }) => oursOverIt);
    // The fastest peer is the one beside which we look worst.
    if (found.length > 0) ratios[family] = Math.max(...found);
  }
  return {
    id: network.id,
    summary: network.summary,
    parameters: timed[0]?.ready.parameters ?? 0,
    firstLoss: timed[0]?.ready.losses[0] ?? NaN,
    contestants,
    failures: failures.map(({ contestant, reason }) => ({ title: contestant.title, reason })),
    ratios,
  };
}

function summariseOne(entry: Entry, ours: Entry | undefined): ContestantSummary {
  const { contestant, ready, rounds } = entry;
  const { p10, median, min, p90 } = quantiles(rounds.flatMap(({ stepsMs }) => stepsMs));
  return {
    id: contestant.id,
    title: contestant.title,
    family: contestant.family,
    version: ready.version,
    medianMs: median,
    p10Ms: p10,
    p90Ms: p90,
    minMs: min,
    cpuMs: medianOf(rounds.map(({ stepCpuMs }) => stepCpuMs)),
    peakRssMb: Math.max(...rounds.map(({ peakRssMb }) => peakRssMb)),
    firstMs: ready.firstMs,
    oursOverIt: ratioOf(ours, entry),
    rounds: rounds.length,
    disturbed: rounds.filter(({ foreignLoad = 0 }) => foreignLoad > tolerableLoad).length,
    ...(ready.own === undefined
      ? {}
      : { own: { ...ready.own, gflopPerSecond: ready.own.gflop / median * 1000 } }),
  };
}

function ratioOf(ours: Entry | undefined, theirs: Entry): number {
  const pairs = (ours?.rounds ?? []).flatMap(({ stepsMs }, i) => {
    const other = theirs.rounds[i];
    return other === undefined ? [] : [medianOf(stepsMs) / medianOf(other.stepsMs)];
  });
  return medianOf(pairs);
}
