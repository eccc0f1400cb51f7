/** One network's measurements as lines of text. */

import { type Measurement, type OwnMeasurement, quantiles, type Round } from "./measurement.ts";
import type { Network } from "./networks/network.ts";

/** More than this of one core in other hands makes a time doubtful. */
const tolerableLoad = 0.05;

export interface Peer {
  readonly format: string;
  readonly rounds: readonly Round<Measurement>[];
}

/**
 * Times of all steps of all rounds together, then ratios: the median over rounds of our median step
 * over the peer's in the same round, below 1 where we are faster; likewise of processor time.
 */
export function renderNetwork(
  { id, summary }: Network,
  ours: readonly Round<OwnMeasurement>[],
  peers: readonly Peer[],
): string {
  const own = ours.map(({ measurement }) => measurement);
  const [first] = own;
  if (first === undefined) return `(${id}) ${summary}: not measured`;
  const { median } = quantiles(stepsOf(ours));
  const cost = (of: (measurement: OwnMeasurement) => number) =>
    `${quantiles(own.map(of)).median.toFixed(0)} ms`;
  const lines = [
    ``,
    `(${id}) ${summary}, ${(first.parameters / 1e6).toFixed(2)} M parameters`,
    line(`ours, ${first.version}, block ${first.blockSize}`, ours),
    `    ${(first.gflop / median * 1000).toFixed(0)} GFLOP/s (${first.gflop.toFixed(1)} GFLOP), ` +
    `${first.nodeCount} nodes, trace ${cost((m) => m.traceMs)}, encode ${
      cost((m) => m.encodeMs)
    }, ` +
    `session ${cost((m) => m.sessionMs)}, loss ${first.firstLoss.toPrecision(6)} -> ` +
    first.lastLoss.toPrecision(6),
    ...peers.map(({ format, rounds }) => line(`PyTorch ${format}`, rounds)),
    ...peers.map(({ format, rounds }) => `  ratio to ${format} ${ratio(ours, rounds)}`),
  ];
  const disturbed = [ours, ...peers.map(({ rounds }) => rounds)].flat()
    .filter(({ foreignLoad = 0 }) => foreignLoad > tolerableLoad).length;
  if (disturbed > 0) lines.push(`  warning: other processes disturbed ${disturbed} measurements`);
  return lines.join("\n");
}

function line(title: string, rounds: readonly Round<Measurement>[]): string {
  const { median, min, p90 } = quantiles(stepsOf(rounds));
  const measurements = rounds.map(({ measurement }) => measurement);
  const first = quantiles(measurements.map(({ firstMs }) => firstMs)).median;
  const rss = Math.max(...measurements.map(({ peakRssMb }) => peakRssMb));
  const cpu = quantiles(measurements.map(({ stepCpuMs }) => stepCpuMs)).median;
  return `  ${title.padEnd(36)} median ${ms(median)}  min ${ms(min)}  p90 ${ms(p90)}  ` +
    `processor ${ms(cpu)}  ` +
    `first ${(first / 1000).toFixed(2)} s  peak RSS ${rss.toFixed(0)} MB`;
}

function ratio(
  ours: readonly Round<Measurement>[],
  theirs: readonly Round<Measurement>[],
): string {
  const pairs = ours.flatMap((round, i) => {
    const other = theirs[i];
    return other === undefined ? [] : [{
      median: medianOf(round) / medianOf(other),
      min: minOf(round) / minOf(other),
      cpu: round.measurement.stepCpuMs / other.measurement.stepCpuMs,
    }];
  });
  const median = quantiles(pairs.map((pair) => pair.median)).median;
  const min = quantiles(pairs.map((pair) => pair.min)).median;
  const cpu = quantiles(pairs.map((pair) => pair.cpu)).median;
  return `${median.toFixed(2)} by medians, ${min.toFixed(2)} by minima, ` +
    `${cpu.toFixed(2)} by processor time`;
}

function medianOf({ measurement }: Round<Measurement>): number {
  return quantiles(measurement.stepsMs).median;
}

function minOf({ measurement }: Round<Measurement>): number {
  return quantiles(measurement.stepsMs).min;
}

function stepsOf(rounds: readonly Round<Measurement>[]): number[] {
  return rounds.flatMap(({ measurement }) => measurement.stepsMs);
}

function ms(value: number): string {
  return `${value.toFixed(1)} ms`.padStart(9);
}
