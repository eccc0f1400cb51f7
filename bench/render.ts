/** One network's summary as a table of text. */

import type { ContestantSummary, NetworkSummary } from "./summary.ts";

const header = ["", "median", "p10 - p90", "ours/it", "processor", "first call", "peak RSS"];

/** @param peakGflops What the machine's processors can do per second, if it was measured. */
export function renderNetwork(network: NetworkSummary, peakGflops: number | undefined): string {
  const { id, summary, parameters, firstLoss, contestants, failures } = network;
  const rows = contestants.map((one) => [
    one.title,
    ms(one.medianMs),
    `${ms(one.p10Ms)} - ${ms(one.p90Ms)}`,
    one.id === "ours" ? "" : one.oursOverIt.toFixed(2),
    ms(one.cpuMs),
    `${(one.firstMs / 1000).toFixed(2)} s`,
    `${one.peakRssMb.toFixed(0)} MB`,
  ]);
  const disturbed = contestants.reduce((sum, one) => sum + one.disturbed, 0);
  const all = contestants.reduce((sum, one) => sum + one.rounds, 0);
  return [
    "",
    `(${id}) ${summary}`,
    `${(parameters / 1e6).toFixed(2)} M parameters, first loss ${firstLoss.toPrecision(6)} by all`,
    ...table([header, ...rows]),
    ...contestants.flatMap((one) => costs(one, peakGflops)),
    ratios(network),
    ...failures.map(({ title, reason }) => `  not timed: ${title}: ${reason}`),
    ...(disturbed > 0
      ? [`  warning: other processes disturbed ${disturbed} of ${all} measurements`]
      : []),
  ].join("\n");
}

function ratios({ ratios }: NetworkSummary): string {
  const names = { eager: "best eager format", compile: "torch.compile", jax: "JAX", ours: "ours" };
  const parts = Object.entries(ratios).map(([family, ratio]) =>
    `${ratio.toFixed(2)} to ${names[family as keyof typeof names]}`
  );
  return parts.length === 0 ? "  no peer to compare with" : `  ratio of ours ${parts.join(", ")}`;
}

function costs({ title, own }: ContestantSummary, peakGflops: number | undefined): string[] {
  if (own === undefined) return [];
  const { gflop, gflopPerSecond, nodeCount, traceMs, encodeMs, sessionMs, blockSize } = own;
  const share = peakGflops === undefined
    ? ""
    : ` (${(100 * gflopPerSecond / peakGflops).toFixed(0)} % of the peak)`;
  return [
    `  ${title}: block ${blockSize}, ${gflop.toFixed(1)} GFLOP at ${gflopPerSecond.toFixed(0)} ` +
    `GFLOP/s${share}, ${nodeCount} nodes; trace ${traceMs.toFixed(0)} ms, ` +
    `encode ${encodeMs.toFixed(0)} ms, session ${sessionMs.toFixed(0)} ms`,
  ];
}

/** Cells of a column in one width: the first column to the left, numbers to the right. */
export function table(rows: readonly (readonly string[])[]): string[] {
  const widths = (rows[0] ?? []).map((_, column) =>
    Math.max(...rows.map((row) => (row[column] ?? "").length))
  );
  return rows.map((row) =>
    "  " +
    row.map((cell, column) =>
      column === 0 ? cell.padEnd(widths[0]!) : cell.padStart(widths[column]!)
    ).join("  ").trimEnd()
  );
}

function ms(value: number): string {
  return `${value.toFixed(1)} ms`;
}
