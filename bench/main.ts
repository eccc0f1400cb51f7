/**
 * Times steps of the reference networks (training: forward, backward and AdamW; or sampling) by our engine, PyTorch
 * and JAX: same weights, data and threads. All contestants live at once and take turns, so that a slow phase of the
 * machine meets everyone; who computes something else than we is not timed. docs/speed.md tells how to read it.
 *
 * Usage: deno task bench [--only a,b] [--peers contiguous,channels_last,compile,autotune,jax] [--block 8,0]
 *        [--rounds 5] [--seconds 1] [--threads N] [--minutes 12] [--python /path/to/python3] [--profile] [--growth]
 *        [--json]
 * The Python of the peers is also found by ZOETROPE_BENCH_PYTHON.
 */

import { parseArgs } from "node:util";
import { benchNetwork } from "./bench_network.ts";
import { type Contestant, ourContestant, peerContestant, peerIds } from "./contestant.ts";
import { findModule } from "./find_peer.ts";
import type { HotNodes } from "./hot_nodes.ts";
import { waitForIdle } from "./idle_machine.ts";
import { describeMachine } from "./machine.ts";
import { measureGrowth, renderGrowth } from "./measure_growth.ts";
import { measurePeak } from "./measure_peak.ts";
import { findNetwork, networks } from "./networks/mod.ts";
import { profileNetwork, renderProfile } from "./profile_network.ts";
import { renderNetwork } from "./render.ts";
import { type NetworkSummary, summarise } from "./summary.ts";

const { values } = parseArgs({
  options: {
    only: { type: "string", default: networks.map(({ id }) => id).join() },
    peers: { type: "string", default: peerIds.filter((id) => id !== "autotune").join() },
    block: { type: "string", default: "" },
    rounds: { type: "string", default: "5" },
    seconds: { type: "string", default: "1" },
    threads: { type: "string", default: `${navigator.hardwareConcurrency}` },
    minutes: { type: "string", default: "12" },
    python: { type: "string", default: Deno.env.get("ZOETROPE_BENCH_PYTHON") ?? "python3" },
    profile: { type: "boolean", default: false },
    growth: { type: "boolean", default: false },
    json: { type: "boolean", default: false },
  },
});
const rounds = positive("rounds", values.rounds);
const seconds = positive("seconds", values.seconds);
const threads = positive("threads", values.threads);
const deadline = performance.now() + 60_000 * positive("minutes", values.minutes);
const chosen = values.only.split(",").map(findNetwork);

/** One compilation may take this long, and less when time is short. */
const longestPatienceMs = 180_000;
/** What each network that is still to come needs at least. */
const reservedMs = 30_000;
const growthSteps = 2000;

const machine = describeMachine();
print(`${machine.processor}; ${machine.cores} cores, ${machine.memoryGb} GB; ${machine.system}`);
const contestants = await findContestants();
const isIdle = await waitForIdle(20_000);
if (!isIdle) {
  print("warning: other processes use this machine: times say little, ratios may still do");
}
const peak = await attempt(() => measurePeak(threads));
const peakText = (gflops: number | undefined) => gflops?.toFixed(0) ?? "not measured";
print(
  `${threads} threads; GFLOP/s: peak ${peakText(peak?.registers)}, ` +
    `our MatMul of 1024 ${peakText(peak?.matMul)}`,
);

const summaries: (NetworkSummary & { readonly hotNodes?: HotNodes })[] = [];
for (const [i, network] of chosen.entries()) {
  const left = deadline - performance.now();
  const toCome = chosen.length - i - 1;
  const spare = Math.max(reservedMs, left - toCome * reservedMs);
  // Some networks need less than an equal share, so others may take more.
  const share = Math.max(reservedMs, 1.3 * left / (toCome + 1));
  const result = await benchNetwork(network, contestants, {
    threads,
    rounds,
    seconds,
    isGuarded: isIdle,
    deadline: performance.now() + Math.min(share, spare),
    patienceMs: longestPatienceMs,
    latestStart: performance.now() + spare,
    onProgress: showProgress,
  });
  const summary = summarise(result);
  showProgress("");
  print(renderNetwork(summary, peak?.registers));
  const hotNodes = values.profile
    ? await attempt(() => profileNetwork(network.id, threads))
    : undefined;
  if (hotNodes !== undefined) print(renderProfile(hotNodes));
  summaries.push(hotNodes === undefined ? summary : { ...summary, hotNodes });
}
const growth = values.growth ? await attempt(() => measureGrowth(growthSteps, threads)) : undefined;
if (growth !== undefined) print(renderGrowth(growth));
if (values.json) {
  const all = { machine, threads, peak, isIdle, networks: summaries, growth };
  write(Deno.stdout, JSON.stringify(all) + "\n");
}

/** What fails is told, and the rest goes on. */
async function attempt<Result>(work: () => Promise<Result>): Promise<Result | undefined> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    print(`warning: ${error.message}`);
    return undefined;
  }
}

/** Ours, and those peers that this machine has; says which it has not. */
async function findContestants(): Promise<readonly Contestant[]> {
  const blocks = values.block.split(",").filter((text) => text !== "").map(blockSizeOf);
  const peers = values.peers.split(",").filter((text) => text !== "")
    .map((text) => peerContestant(peerIdOf(text), values.python));
  const present = new Set<string>();
  for (const module of new Set(peers.flatMap(({ needs }) => needs ?? []))) {
    const found = await findModule(values.python, module);
    print("version" in found ? `peer: ${module} ${found.version}` : `no peer: ${found.missing}`);
    if ("version" in found) present.add(module);
  }
  return [
    ourContestant(),
    ...blocks.map(ourContestant),
    ...peers.filter(({ needs }) => needs === undefined || present.has(needs)),
  ];
}

function peerIdOf(text: string) {
  const found = peerIds.find((id) => id === text);
  if (found !== undefined) return found;
  throw new RangeError(`Cannot bench peer "${text}": there are ${peerIds.join(", ")}`);
}

function blockSizeOf(text: string): 0 | 8 | 16 {
  const found = ([0, 8, 16] as const).find((size) => `${size}` === text);
  if (found !== undefined) return found;
  throw new RangeError(`Cannot bench: --block must be 0, 8 or 16, but is "${text}"`);
}

function positive(name: string, text: string): number {
  const value = Number(text);
  if (value > 0 && Number.isFinite(value)) return value;
  throw new RangeError(`Cannot bench: --${name} must be positive, but is "${text}"`);
}

/** Tables go where a person reads: beside --json that is stderr. */
function print(text: string): void {
  write(values.json ? Deno.stderr : Deno.stdout, `${text}\n`);
}

/** One line that replaces itself, on terminals only. */
function showProgress(text: string): void {
  if (Deno.stderr.isTerminal()) write(Deno.stderr, `\r\x1b[2K${text}`);
}

function write(stream: typeof Deno.stdout | typeof Deno.stderr, text: string): void {
  stream.writeSync(new TextEncoder().encode(text));
}
