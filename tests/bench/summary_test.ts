import assert from "node:assert/strict";
import type { Entry } from "../../bench/bench_network.ts";
import { type Contestant, ourContestant, peerContestant } from "../../bench/contestant.ts";
import { convStack } from "../../bench/networks/conv_stack.ts";
import { summarise } from "../../bench/summary.ts";
import { renderNetwork } from "../../bench/render.ts";

const network = convStack({ layers: 1, channels: 16, batch: 1, edge: 8 });

Deno.test("summarise() takes ratios within rounds, and the family's fastest peer", () => {
  const summary = summarise({
    network,
    // A phase of the machine three times as slow: medians over all rounds would hide the ratio.
    entries: [
      entry(ourContestant(), [[10, 10, 10], [30, 30, 30]]),
      entry(peerContestant("contiguous", "python"), [[20, 20, 20], [60, 60, 60]]),
      entry(peerContestant("channels_last", "python"), [[8, 8, 8], [24, 24, 24]]),
    ],
    failures: [{ contestant: peerContestant("jax", "python"), reason: "it failed: out of memory" }],
  });
  const [ours, contiguous, last] = summary.contestants;
  assert.deepEqual(
    [contiguous!.oursOverIt, last!.oursOverIt, ours!.medianMs, ours!.disturbed],
    [0.5, 1.25, 20, 0],
  );
  assert.deepEqual(summary.ratios, { eager: 1.25 });
  // 16 * 8 * 8 * 16 * 9 * 2 in 20 ms.
  assert.equal(ours!.own!.gflopPerSecond, 0.5 / 0.02);
  const text = renderNetwork(summary, 100);
  assert.match(text, /25 GFLOP\/s \(25 % of the peak\)/);
  assert.match(text, /ratio of ours 1\.25 to best eager format$/m);
  assert.match(text, /not timed: JAX jit: it failed: out of memory/);
});

Deno.test("summarise() without peers has no ratios, and without ours NaN", () => {
  const alone = summarise({ network, entries: [entry(ourContestant(), [[1]])], failures: [] });
  assert.deepEqual(alone.ratios, {});
  assert.match(renderNetwork(alone, undefined), /no peer to compare with/);
  const jax = [entry(peerContestant("jax", "python"), [[1]])];
  assert.deepEqual(summarise({ network, entries: jax, failures: [] }).ratios, { jax: NaN });
});

function entry(contestant: Contestant, rounds: readonly (readonly number[])[]): Entry {
  const own = {
    blockSize: 16,
    gflop: 0.5,
    traceMs: 1,
    encodeMs: 1,
    sessionMs: 1,
    nodeCount: 1,
  };
  return {
    contestant,
    ready: {
      version: "1",
      parameters: 2304,
      firstMs: 100,
      stepMs: 10,
      losses: [1, 1, 1],
      ...(contestant.family === "ours" ? { own } : {}),
    },
    rounds: rounds.map((stepsMs) => ({
      stepsMs,
      stepCpuMs: 1,
      cpuMs: 3,
      peakRssMb: 100,
      foreignLoad: 0,
    })),
  };
}
